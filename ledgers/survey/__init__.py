"""The recording half of 入户排查: a household's card, a visit and its answers as facts, its receipt and its undoing."""
