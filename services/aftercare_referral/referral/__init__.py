"""Referrals (one need of one client) and their offers (one agency asked)."""
