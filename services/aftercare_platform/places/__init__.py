"""Places: ZIP codes and distances."""
