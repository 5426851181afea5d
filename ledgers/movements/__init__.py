"""Ledgers between two days that reconcile like a bank statement (rules 4, Movements).

What others build on: `between.counts_at` (a day as known at a moment), `between.movements` and `folding.statement`
(who went where and why), `folding.dose_splits` (given in the period, 补录以前, 更正), `between.movers` and
`folding.behind` (the people of a figure), and `registry.versions.cut_off` (a moment that stays what it is).
"""
