"""一村一策: what a village sets out to do itself."""
