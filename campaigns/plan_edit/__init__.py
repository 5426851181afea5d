"""Changing a plan in the browser: proposed, rehearsed, then applied by one action or dropped."""
