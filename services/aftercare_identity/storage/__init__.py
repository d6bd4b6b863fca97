"""Where identity keeps what it knows."""
