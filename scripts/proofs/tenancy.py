"""One program's things as seen from another: exactly like nothing.

Every method of referral that takes the id of something owned is called with ids of another program's
things, of each kind, and with random ids; by every role of a second program, by agencies that were asked
nothing, and by the agency that was asked, through its account with another program. The value counts
answers that differ from the one refusal for what is not there (by a byte, or between foreign and random
ids), and tables that changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import grpc
import grpc.aio

from aftercare.directory.v1 import resources_pb2
from aftercare_cli.connection.desk import Desk
from aftercare_platform.access.caller import Agency, Caller, Member
from aftercare_platform.access.keys import load_identity
from aftercare_platform.access.rules import Rule
from aftercare_platform.kernel.ids import new_id
from aftercare_platform.kernel.roles import Role
from aftercare_platform.rpc.channel import open_channel
from aftercare_referral.access import RULES
from proofs.cases import add_person, add_places, ask, open_case, sign
from proofs.finding import Asked, Finding
from proofs.probes import Target, targets
from proofs.records import count, fingerprints
from proofs.system import System, open_system, until

_KEPT_APART: Final = frozenset({"audit", "lease", "idempotency", "outbox", "sqlite_sequence"})
"""Tables that may change while nothing happens: who asked what is noted, leases are renewed."""
_WAITING_OFFERS: Final = frozenset({"RecallOffer", "OpenOffer", "AcceptOffer", "DeclineOffer"})
_ETAGS: Final = ("1", "2", "3", "4")
_MATCHING: Final = "matching"

_AS_IT_IS: Final = bytes
"""Requests and replies are bytes here."""

Answer = tuple[str, bytes, bytes]
"""The code, the rich status with its sentence and details, and the body."""
_EMPTY: Final[Answer] = ("OK", b"", b"")


@dataclass(frozen=True, slots=True)
class Owned:
    """A case with everything that can be had, by the kind of thing."""

    ids: Mapping[str, str]
    listing: resources_pb2.Listing


@dataclass(slots=True)
class Seen:
    """What came back."""

    probes: int = 0
    answers: dict[tuple[str, str], Counter[Answer]] = field(default_factory=lambda: defaultdict(Counter))
    """By method and caller."""
    forbidden: set[tuple[str, str]] = field(default_factory=set)
    """Methods that the caller's role may not call at all."""
    filters: set[str] = field(default_factory=set)
    """Methods of which the id only narrows a list: what is not there narrows it to nothing."""

    def faults(self) -> int:
        """Answers that are not the one refusal."""
        absent = Counter[Answer]()
        wrong = 0
        for key, answers in self.answers.items():
            if key[0] in self.filters and key not in self.forbidden:
                wrong += sum(number for answer, number in answers.items() if answer != _EMPTY)
                continue
            expected = "PERMISSION_DENIED" if key in self.forbidden else "NOT_FOUND"
            wrong += (
                len(answers) - 1 + sum(number for (code, *_), number in answers.items() if code != expected)
            )
            absent.update({answer: 1 for answer in answers if key not in self.forbidden})
        return wrong + max(len(absent) - 1, 0)


async def prove(asked: Asked) -> Finding:
    """Run it."""
    found = list(targets())
    async with open_system(asked.folder, has_demo_clock=True) as system:
        listing = await _listing(system)
        owner = system.member(Role.PLANNER, Role.CASE_MANAGER, Role.SUPERVISOR, Role.PRIVACY_OFFICER)
        async with system.desk(owner) as desk:
            own = await _owned(desk, listing)
            await _offers_out(system)
            await system.settled()
            record = system.database("referral")
            before = fingerprints(record, besides=_KEPT_APART)
            seen = await _probe(system, found, own, randoms=asked.size(full=20, small=1))
            after = fingerprints(record, besides=_KEPT_APART)
            reached = await _as_owner(system, desk, owner, found, listing)
    changed = [table for table in before if before[table] != after[table]]
    short = [target.path for target in found if target.path not in reached]
    return Finding(
        value=seen.faults() + len(changed),
        bar=0,
        control=f"in the owner's program {len(reached)} of {len({target.path for target in found})} methods "
        f"succeed with the same request{'; not ' + ', '.join(short) if short else ''}",
        control_shows=not short,
        seen={"methods": len({target.path for target in found}), "probes": seen.probes}
        | {"callers": len({who for _, who in seen.answers}), "tables compared": len(before)}
        | {f"{table} changed": 1 for table in changed},
    )


async def _listing(system: System) -> resources_pb2.Listing:
    async with system.desk(system.member(Role.ADMINISTRATOR)) as administrator:
        [listing] = await add_places(administrator, ["Alder House"])
    await system.settled()
    return listing


async def _owned(desk: Desk, listing: resources_pb2.Listing, *, upto: str = "offer") -> Owned:
    """A case with one of everything; up to "client" a client alone, whose first episode can be opened."""
    if upto == "client":
        return Owned({"client": await add_person(desk)}, listing)
    case = await open_case(desk)
    consent = await sign(desk, case, listing.organization_id)
    offer = (await ask(desk, case, listing)).id if upto == "offer" else new_id()
    ids = {"client": case.client_id, "episode": case.episode_id, "plan": case.plan.id}
    return Owned(ids | {"consent": consent, "referral": case.referral_id, "offer": offer}, listing)


async def _probe(system: System, found: list[Target], own: Owned, *, randoms: int) -> Seen:
    """Call everything as everyone who is not of the program."""
    seen = Seen(filters={target.path for target in found if target.is_filter})
    callers: dict[str, Member | Agency] = {
        role.value: Member(new_id(), new_id(), frozenset({role}), new_id()) for role in Role
    }
    asked_one, elsewhere = own.listing.organization_id, new_id()
    callers["agency never asked"] = system.agency(new_id())
    callers["agency of elsewhere"] = system.agency(new_id(), program_id=elsewhere)
    callers["account with another program"] = system.agency(asked_one, program_id=elsewhere)
    for name, person in callers.items():
        random_ids = [new_id() for _ in range(randoms)]
        async with _channel(system, person) as channel:
            for target in found:
                key = (target.path, name)
                if not RULES[target.path].permits(Caller(person=person)):
                    seen.forbidden.add(key)
                foreign = own.ids.values() if randoms > 1 else [own.ids[target.kind]]
                for id_ in (*foreign, *random_ids):
                    request = target.request(id_, etag="1", others=_public(own.listing))
                    seen.answers[key][await _call(channel, target.path, request)] += 1
                    seen.probes += 1
    return seen


async def _as_owner(
    system: System, desk: Desk, owner: Member, found: list[Target], listing: resources_pb2.Listing
) -> set[str]:
    """The control: the same requests by those who may, each on a new case; the methods that succeed."""
    waiting = [target for target in found if target.method.name in _WAITING_OFFERS]
    rest = [target for target in found if target not in waiting]
    reached = {
        target.path
        for target in rest
        if await _succeeds(system, owner, target, await _owned(desk, listing, upto=target.kind))
    }
    cases = [await _owned(desk, listing) for _ in waiting]
    await _offers_out(system)
    return reached | {
        target.path
        for target, case in zip(waiting, cases, strict=True)
        if await _succeeds(system, owner, target, case)
    }


async def _offers_out(system: System) -> None:
    """Let every offer go out, so that nothing falls due by itself for the next two days."""
    system.move_clock(timedelta(seconds=31))
    record = system.database("referral")
    if not await until(lambda: count(record, "offer", state="draft") == 0, seconds=20):
        raise TimeoutError("the offers did not go out")


async def _succeeds(system: System, owner: Member, target: Target, case: Owned) -> bool:
    """Whether the owner's call succeeds; it has seen the newest etag."""
    person = _permitted(RULES[target.path], owner, system.agency(case.listing.organization_id))
    async with _channel(system, person) as channel:
        for etag in _ETAGS:
            request = target.request(case.ids[target.kind], etag=etag, others=_public(case.listing))
            code, _, body = await _call(channel, target.path, request)
            if code != "ABORTED":
                return code == "OK" and not (target.is_filter and not body)
    return False


def _permitted(rule: Rule, *people: Member | Agency) -> Member | Agency | None:
    """The first who may; None where only a service may."""
    return next((person for person in people if rule.permits(Caller(person=person))), None)


def _channel(system: System, person: Member | Agency | None) -> grpc.aio.Channel:
    """As a person, or as matching."""
    identity = load_identity(system.data_dir / "keys", _MATCHING, clock=system.place.clock)
    return open_channel(
        system.place.addresses["referral"],
        to="referral",
        identity=None if person else identity,
        person_token=system.token(person) if person else None,
    )


def _public(listing: resources_pb2.Listing) -> dict[str, str]:
    """Ids that anyone may know."""
    return {"listing_id": listing.id}


async def _call(channel: grpc.aio.Channel, path: str, request: bytes) -> Answer:
    """Call by path, in bytes."""
    try:
        body: bytes = await channel.unary_unary(path, _AS_IT_IS, _AS_IT_IS)(request)
    except grpc.aio.AioRpcError as error:
        trailers = dict(error.trailing_metadata() or ())
        return error.code().name, bytes(trailers.get("grpc-status-details-bin", b"")), b""
    return "OK", b"", body
