"""What the directory reads of other services' events."""
