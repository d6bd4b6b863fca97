"""How a command reaches the services: where they are, and as whom it speaks."""
