"""Consents, what they permit, and the one door through which anything about a client leaves."""
