"""Matched sets."""

from __future__ import annotations

from datetime import UTC

from aftercare.type.v1 import match_set_pb2
from aftercare_matching.conversions.listing import capacity_from_proto, capacity_to_proto
from aftercare_matching.conversions.words import (
    ELIGIBILITIES,
    ELIGIBILITY_OF,
    OUTCOME_OF,
    OUTCOMES,
    kept_time_to_proto,
    time_in,
)
from aftercare_matching.domain.match_set import Blocker, Finding, KindMatches, MatchSet, Option
from aftercare_platform.contract.words import KIND_OF, KINDS, time_to_proto


def match_set_to_proto(found: MatchSet) -> match_set_pb2.MatchSet:
    """The set as a message, filled from the top: a part made by itself would be copied once per level."""
    message = match_set_pb2.MatchSet(
        weights_version=found.weights_version,
        directory_sequence=found.directory_sequence,
        as_of_time=time_to_proto(found.as_of),
    )
    for matches in found.kinds:
        _add_kind(message, matches)
    return message


def match_set_from_proto(message: match_set_pb2.MatchSet) -> MatchSet:
    """The message as a set."""
    return MatchSet(
        kinds=tuple(map(_kind_from_proto, message.kinds)),
        weights_version=message.weights_version,
        directory_sequence=message.directory_sequence,
        as_of=message.as_of_time.ToDatetime(UTC),
    )


def _add_kind(message: match_set_pb2.MatchSet, matches: KindMatches) -> None:
    kind = message.kinds.add(
        kind=KINDS[matches.kind],
        considered_count=matches.considered_count,
        fitting_count=matches.fitting_count,
        blockers=[match_set_pb2.Blocker(criterion=b.criterion, count=b.count) for b in matches.blockers],
    )
    for option in matches.options:
        _add_option(kind, option)


def _kind_from_proto(message: match_set_pb2.KindMatches) -> KindMatches:
    return KindMatches(
        kind=KIND_OF[message.kind],
        options=tuple(map(_option_from_proto, message.options)),
        considered_count=message.considered_count,
        fitting_count=message.fitting_count,
        blockers=tuple(Blocker(each.criterion, each.count) for each in message.blockers),
    )


def _add_option(kind: match_set_pb2.KindMatches, option: Option) -> None:
    message = kind.options.add(
        listing_id=option.listing_id,
        listing_version=option.listing_version,
        name=option.name,
        organization_id=option.organization_id,
        organization_name=option.organization_name,
        rank=option.rank,
        eligibility=ELIGIBILITIES[option.eligibility],
        score=option.score,
        score_low=option.score_low,
        score_high=option.score_high,
        coverage=option.coverage,
        distance_meters=option.meters,
        is_distance_approximate=option.is_distance_approximate,
        capacity=capacity_to_proto(option.capacity) if option.capacity else None,
        city=option.city,
        phone=option.phone,
    )
    for finding in option.findings:
        _add_finding(message, finding)


def _option_from_proto(message: match_set_pb2.Option) -> Option:
    return Option(
        listing_id=message.listing_id,
        listing_version=message.listing_version,
        name=message.name,
        organization_id=message.organization_id,
        organization_name=message.organization_name,
        rank=message.rank,
        eligibility=ELIGIBILITY_OF[message.eligibility],
        score=message.score,
        score_low=message.score_low,
        score_high=message.score_high,
        coverage=message.coverage,
        meters=message.distance_meters if message.HasField("distance_meters") else None,
        is_distance_approximate=message.is_distance_approximate,
        capacity=capacity_from_proto(message.capacity) if message.HasField("capacity") else None,
        findings=tuple(map(_finding_from_proto, message.findings)),
        city=message.city,
        phone=message.phone,
    )


def _add_finding(option: match_set_pb2.Option, finding: Finding) -> None:
    option.findings.add(
        criterion=finding.criterion,
        outcome=OUTCOMES[finding.outcome],
        sentence=finding.sentence,
        source=finding.source,
        as_of_time=kept_time_to_proto(finding.as_of),
        points=finding.points,
        points_possible=finding.points_possible,
        is_constraint=finding.is_constraint,
        question=finding.question,
    )


def _finding_from_proto(message: match_set_pb2.Finding) -> Finding:
    return Finding(
        criterion=message.criterion,
        outcome=OUTCOME_OF[message.outcome],
        sentence=message.sentence,
        source=message.source,
        as_of=time_in(message, "as_of_time"),
        points=message.points,
        points_possible=message.points_possible,
        is_constraint=message.is_constraint,
        question=message.question,
    )
