"""What every page stands on: sessions, forms, problems, headers."""
