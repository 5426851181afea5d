"""Splitting the street's task to villages and departments, and keeping each locked version."""
