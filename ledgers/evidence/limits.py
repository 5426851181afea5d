"""What both sides of the pipe know: the limits of a picture, and what the child's exit status means."""

from pathlib import Path

# The largest phone cameras have 108 million; told by the header, before anything is unfolded.
MAX_PIXELS = 110_000_000
# Longest side kept: a sheet of A4 stays readable to its small print.
LONGEST_SIDE = 2000
# What a village's network carries; quality is lowered until a picture fits.
WANTED_BYTES = 800_000

# Exit statuses; any other, such as that of a killed process, means unreadable too.
UNREADABLE, TOO_MANY_PIXELS = 3, 4
ROOT = Path(__file__).resolve().parents[2]
