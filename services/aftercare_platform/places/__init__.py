"""Places: ZIP codes."""
