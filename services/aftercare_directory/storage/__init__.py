"""The directory's tables and what is stored in them."""
