"""Households on the ground: numbers, grids, caretakers, rounds, the pages of 入户, and acts on a household."""
