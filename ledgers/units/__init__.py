"""Units and schools: their members, consent, classes, and 清零 of units and villages (plan 五(三), 六(二)1)."""
