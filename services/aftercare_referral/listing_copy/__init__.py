"""What referral knows of listings: a copy kept by the directory's events, so that no call waits for it."""
