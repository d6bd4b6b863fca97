"""How listings answer the offers made to them, as `referral` tells."""

from __future__ import annotations

from aftercare_directory.ports import Answer, Shelves


async def note_answer(answer: Answer, records: Shelves) -> None:
    """Keep the answer as the listing's last, unless a later one is known."""
    known = (await records.answers([answer.listing_id])).get(answer.listing_id)
    if known is None or known.answered_at <= answer.answered_at:
        await records.keep_answer(answer)
