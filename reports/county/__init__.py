"""上级通报: the county's own figures beside ours, with the difference and its known parts."""
