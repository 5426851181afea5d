"""Rosters: read, matched against the registry, previewed, approved and undone."""
