"""Clients and their episodes: who they are, sealed with a key of their own."""
