"""Who may sign in, and with what rights: programs, members, agencies, sessions. Knows no client."""
