"""What every Aftercare service stands on: calls, events, storage, access, time.

Nothing here knows a listing, a client or a referral; the services do.
"""
