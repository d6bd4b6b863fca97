"""Ranks listings for a person's needs: a copy of the directory in memory, and nothing of a person kept."""
