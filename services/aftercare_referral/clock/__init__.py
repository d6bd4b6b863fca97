"""What falls due: rows, taken by one loop each second, fired at least once, acting at most once."""
