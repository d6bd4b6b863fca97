"""Consents: recorded as signed, element by element."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from aftercare.referral.v1 import consent_pb2 as pb
from aftercare_cli.connection.desk import Desk
from aftercare_cli.shown.words import number_of
from aftercare_platform.kernel.errors import invalid

STANDARD: Final = "standard"
TEMPLATES: Final = (STANDARD,)
STANDARD_LIFE: Final = timedelta(days=180)


def recorded(
    episode_id: str,
    *,
    recipients: Sequence[str],
    categories: Sequence[str] = (),
    purposes: Sequence[str] = (),
    signer: str = "",
    signed_at: datetime | None = None,
    expires: str = "",
    expiration_event: str = "",
    discloser: str = "",
) -> pb.RecordConsentRequest:
    """A consent with these elements and no others; what is not said stays missing."""
    request = pb.RecordConsentRequest(
        episode_id=episode_id,
        discloser=discloser,
        recipient_organization_ids=recipients,
        categories=[
            pb.Category.ValueType(number_of(pb.Category.DESCRIPTOR, word, field="--tell"))
            for word in categories
        ],
        purposes=[
            pb.Purpose.ValueType(number_of(pb.Purpose.DESCRIPTOR, word, field="--purpose"))
            for word in purposes
        ],
        signer_name=signer,
        expiration_date=expires,
        expiration_event=expiration_event,
    )
    if signed_at is not None:
        request.sign_time.CopyFrom(_timestamp(signed_at))
    return request


def fill_standard(request: pb.RecordConsentRequest, *, program: str, now: datetime) -> None:
    """Fill what our printed form states, where nothing else was said; never a signature, never a recipient.

    The form names the program as discloser, every category, referral as the purpose, 180 days, and
    states the right to revoke, redisclosure, its limit, and the consequences of refusing.
    """
    request.discloser = request.discloser or program
    if not request.categories:
        request.categories.extend(number for number in pb.Category.values() if number)
    if not request.purposes:
        request.purposes.append(pb.PURPOSE_REFERRAL)
    if not request.expiration_date and not request.expiration_event:
        request.expiration_date = (now + STANDARD_LIFE).date().isoformat()
    request.states_right_to_revoke = True
    request.states_redisclosure = True
    request.states_consequences_of_refusal = True
    request.states_hipaa_redisclosure = True


async def record(
    desk: Desk, request: pb.RecordConsentRequest, *, template: str = "", program: str = ""
) -> pb.Consent:
    """Record a consent; `missing_elements` of the answer names what it lacks."""
    if template and template not in TEMPLATES:
        raise invalid("--template", f"{template!r} is not one of: {', '.join(TEMPLATES)}")
    if template:
        fill_standard(request, program=program, now=desk.place.clock.now())
    return await desk.consents.RecordConsent(request)


async def list_consents(desk: Desk, episode_id: str) -> list[pb.Consent]:
    """The consents of an episode."""
    return list((await desk.consents.ListConsents(pb.ListConsentsRequest(episode_id=episode_id))).consents)


async def revoke(desk: Desk, consent_id: str, *, channel: str) -> pb.Consent:
    """Withdraw a consent; from then on nothing leaves under it."""
    return await desk.consents.RevokeConsent(pb.RevokeConsentRequest(id=consent_id, channel=channel))


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
