"""Our own ledgers, filled in by villages and sent back."""
