"""核查名单: lists handed down are matched, asked of whoever is responsible, and go back filled in (plan 六(二)2)."""
