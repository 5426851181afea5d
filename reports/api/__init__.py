"""Interfaces for others: figures as JSON and CSV for other offices' programs, no personal data (docs/decisions)."""
