"""Plans, referrals, offers, consents and clients: the only place where a person has a name."""
