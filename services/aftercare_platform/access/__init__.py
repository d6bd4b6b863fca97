"""Who calls, what they may do, and how both are proved."""
