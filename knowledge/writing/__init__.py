"""One writer per format that offices read."""
