"""What the directory knows and decides, in plain Python."""
