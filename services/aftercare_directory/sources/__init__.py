"""Readers of the feeds that the directory takes in, one module per format; none of them stores anything."""
