"""The engine: listings as columns, criteria that judge them, scores, order and reasons. Pure."""
