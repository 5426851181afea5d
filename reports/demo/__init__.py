"""The invented street of `manage.py demo`: made without a database, then written in bulk.

The names of villages are the real ones; every person, number, phone, unit and dose is invented.
"""
