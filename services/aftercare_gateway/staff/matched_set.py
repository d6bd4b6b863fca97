"""The matched set as a page shows it: a column for each need, its options, and what can be done with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aftercare.referral.v1 import plan_pb2, referral_pb2
from aftercare.type.v1 import kind_pb2, match_set_pb2

_UNDER_WAY: Final = frozenset(
    {
        referral_pb2.OFFER_STATE_DRAFT,
        referral_pb2.OFFER_STATE_SENT,
        referral_pb2.OFFER_STATE_ACKNOWLEDGED,
        referral_pb2.OFFER_STATE_ACCEPTED,
    }
)
_ASKED_AGAIN: Final = frozenset(
    {
        referral_pb2.OFFER_STATE_DISCARDED,
        referral_pb2.OFFER_STATE_RECALLED,
        referral_pb2.OFFER_STATE_EXPIRED,
    }
)
_TOLD_ONLY: Final = frozenset({kind_pb2.KIND_SUPPORT_GROUP})


@dataclass(frozen=True, slots=True)
class Choice:
    """One option."""

    option: match_set_pb2.Option
    kind: kind_pb2.Kind.ValueType
    referral_id: str
    """Empty in a preview, where nothing can be offered."""
    offer: referral_pb2.Offer | None
    """The latest offer of this listing for this need."""
    can_ask: bool
    """Whether a button to offer it makes sense; the referral service decides in the end."""

    @property
    def is_informational(self) -> bool:
        """Whether the client is told and nobody is asked."""
        return self.kind in _TOLD_ONLY

    @property
    def reasons(self) -> list[match_set_pb2.Finding]:
        """What is known, what counts most first."""
        known = [one for one in self.option.findings if one.outcome != match_set_pb2.OUTCOME_UNKNOWN]
        return sorted(known, key=lambda finding: (not finding.is_constraint, -finding.points_possible))

    @property
    def questions(self) -> list[match_set_pb2.Finding]:
        """What nobody has said; what could rule the place out first."""
        unknown = [one for one in self.option.findings if one.outcome == match_set_pb2.OUTCOME_UNKNOWN]
        return sorted(unknown, key=lambda finding: (not finding.is_constraint, -finding.points_possible))


@dataclass(frozen=True, slots=True)
class Column:
    """One need: where it stands, and its options."""

    kind: kind_pb2.Kind.ValueType
    referral: referral_pb2.Referral | None
    matches: match_set_pb2.KindMatches | None
    choices: list[Choice]


def columns_of_plan(plan: plan_pb2.Plan) -> list[Column]:
    """A column for each referral of a plan, in the order of its needs."""
    found = {matches.kind: matches for matches in plan.match_set.kinds}
    places = {need.kind: place for place, need in enumerate(plan.criteria.needs)}
    # A need that a revision dropped keeps its closed referral, after those that are still needed.
    referrals = sorted(plan.referrals, key=lambda referral: places.get(referral.kind, len(places)))
    return [_column(referral.kind, referral, found.get(referral.kind)) for referral in referrals]


def columns_of_preview(match_set: match_set_pb2.MatchSet) -> list[Column]:
    """A column for each kind of a set that belongs to no plan yet."""
    return [_column(matches.kind, None, matches) for matches in match_set.kinds]


def _column(
    kind: kind_pb2.Kind.ValueType,
    referral: referral_pb2.Referral | None,
    matches: match_set_pb2.KindMatches | None,
) -> Column:
    options = matches.options if matches is not None else ()
    return Column(kind, referral, matches, [_choice(kind, referral, option) for option in options])


def _choice(
    kind: kind_pb2.Kind.ValueType, referral: referral_pb2.Referral | None, option: match_set_pb2.Option
) -> Choice:
    if referral is None:
        return Choice(option, kind, "", None, can_ask=False)
    own = [offer for offer in referral.offers if offer.listing_id == option.listing_id]
    latest = own[-1] if own else None
    is_open = referral.state != referral_pb2.REFERRAL_STATE_CLOSED
    is_free = kind in _TOLD_ONLY or not any(offer.state in _UNDER_WAY for offer in referral.offers)
    is_new = latest is None or latest.state in _ASKED_AGAIN
    return Choice(option, kind, referral.id, latest, can_ask=is_open and is_free and is_new)
