"""Which program an offer or a plan lies in, for callers who belong to none."""
