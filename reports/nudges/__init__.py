"""Pages of 督办: the sheets of `campaigns.nudges` beside the figures that they press for."""
