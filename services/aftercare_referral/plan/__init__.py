"""Aftercare plans: what a client needs, and the matched set that answers it."""
