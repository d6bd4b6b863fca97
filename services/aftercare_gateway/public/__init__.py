"""What faces outsiders."""
