"""Places that can be asked, and clients on their way to one of them; all made through the services' doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aftercare.directory.v1 import resources_pb2
from aftercare.referral.v1 import plan_pb2, referral_pb2
from aftercare.type.v1 import criteria_pb2, kind_pb2
from aftercare_cli.acts import clients, consents, entries, offers, plans
from aftercare_cli.acts.entries import Entries, Entry
from aftercare_cli.connection.desk import Desk

ZIP: Final = "20001"
ADMITTED: Final = "2026-10-01"
CRITERIA: Final = criteria_pb2.Criteria(
    needs=[criteria_pb2.Need(kind=kind_pb2.KIND_SOBER_LIVING, option_count=3)], zip=ZIP
)
"""What every client of a proof asks for, unless the proof says otherwise."""


@dataclass(frozen=True, slots=True)
class Case:
    """A client's episode and plan."""

    client_id: str
    episode_id: str
    plan: plan_pb2.Plan

    @property
    def referral_id(self) -> str:
        """The only need of the plan."""
        return self.plan.referrals[0].id


async def add_places(administrator: Desk, names: Sequence[str]) -> list[resources_pb2.Listing]:
    """Sober houses of one new organization, all in one ZIP code."""
    organization: Any = await entries.create(administrator, _entry("ORGANIZATIONS"), {"name": "Proof Homes"})
    service: Any = await entries.create(
        administrator, _entry("SERVICES"), {"organization_id": organization.id, "name": "Sober living"}
    )
    return [await _place(administrator, organization.id, service.id, name) for name in names]


async def open_case(planner: Desk, *, criteria: criteria_pb2.Criteria = CRITERIA) -> Case:
    """A client with an episode and a plan."""
    client_id, episode_id = await open_episode(planner)
    return Case(client_id, episode_id, await plans.create_plan(planner, episode_id, criteria))


async def open_episode(planner: Desk) -> tuple[str, str]:
    """A client and their episode, by id."""
    client_id = await add_person(planner)
    return client_id, (await clients.open_episode(planner, client_id, admitted=ADMITTED)).id


async def add_person(planner: Desk) -> str:
    """A client, by id."""
    made = await clients.add_client(planner, given_name="Proof", family_name="Person", born="1990-05-17")
    return made.id


async def sign(planner: Desk, case: Case, organization_id: str) -> str:
    """A whole consent of the client for an organization, by id."""
    request = consents.recorded(
        case.episode_id,
        recipients=[organization_id],
        signer="Proof Person",
        signed_at=planner.place.clock.now(),
    )
    return (await consents.record(planner, request, template=consents.STANDARD, program="Proof IOP")).id


async def ask(planner: Desk, case: Case, listing: resources_pb2.Listing) -> referral_pb2.Offer:
    """An offer to a place, under a whole consent; it goes out 30 seconds later."""
    await sign(planner, case, listing.organization_id)
    return await offers.send_offer(planner, case.referral_id, listing.id)


async def _place(
    administrator: Desk, organization_id: str, service_id: str, name: str
) -> resources_pb2.Listing:
    location: Any = await entries.create(
        administrator, _entry("LOCATIONS"), {"organization_id": organization_id, "zip": ZIP}
    )
    fields = {
        "service_id": service_id,
        "location_id": location.id,
        "name": name,
        "kinds": ["KIND_SOBER_LIVING"],
    }
    made = await entries.create(administrator, _entry("LISTINGS"), fields)
    if not isinstance(made, resources_pb2.Listing):
        raise TypeError(type(made))
    return made


def _entry(name: str) -> Entry:
    return Entries[name].value
