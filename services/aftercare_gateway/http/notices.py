"""What a page says after something was done. The address only names the notice."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

NOTICES: Final = MappingProxyType(
    {
        "signed_out": "You are signed out.",
        "ended": "Your sign-in has ended. Nothing was lost: sign in again and go on.",
        "client_added": "The client was added.",
        "episode_opened": "The episode was opened.",
        "discharged": "The discharge was recorded.",
        "consent_recorded": "The consent was recorded.",
        "consent_drafted": "The consent was recorded as a draft: while it lacks anything it permits nothing.",
        "consent_withdrawn": "The consent was withdrawn. From now on nothing more goes out on it.",
        "plan_revised": "The plan was revised; its matched set is being made again.",
        "match_requested": "The matched set was asked for again.",
        "offer_made": "The offer goes out in 30 seconds. Until then you can undo it.",
        "client_told": "It is noted that the client was told. Nothing was sent to anybody.",
        "offer_undone": "The offer was undone; it did not go out.",
        "offer_recalled": "The offer was taken back.",
        "accepted": "The acceptance was recorded.",
        "declined": "The refusal was recorded.",
        "closed": "The referral was closed.",
        "offer_accepted": "You accepted the offer. The program has been told and expects your call.",
        "offer_declined": "You declined the offer. The program has been told.",
        "capacity_reported": "The free places were reported.",
    }
)
"""By the name that stands in the address."""
