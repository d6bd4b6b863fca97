"""The work list: what waits, for whom, until when."""
