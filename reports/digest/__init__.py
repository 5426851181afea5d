"""一日一报: one digest a day per account, none after 21:00 (screens: rules against double work)."""
