"""督办: sheets to villages and units, their answers, and who may read and write them."""
