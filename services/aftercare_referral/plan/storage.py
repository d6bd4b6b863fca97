"""Plans and their revisions between rows and the model; what they say of a client is sealed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import UTC, datetime, time
from typing import Any

from google.protobuf.message import Message
from sqlmodel import col, select, update

from aftercare.type.v1 import criteria_pb2, match_set_pb2
from aftercare_platform.kernel.errors import NotFound, Stale
from aftercare_platform.sql.work import Unit
from aftercare_referral.client.keys import client_key
from aftercare_referral.client.sealing import ClientKey, Place
from aftercare_referral.client.tables import EpisodeRow
from aftercare_referral.plan.model import Plan, PlanState
from aftercare_referral.plan.tables import PlanRevisionRow, PlanRow
from aftercare_referral.referral.following import Awaited, MatchingState

_AWAITED = {
    PlanState.MATCHING: MatchingState.MATCHING,
    PlanState.MATCHED: MatchingState.MATCHED,
    PlanState.MATCH_FAILED: MatchingState.FAILED,
}


async def get_plan(unit: Unit, plan_id: str) -> Plan:
    """A plan of the unit's program; NotFound for any other id."""
    row = (await unit.session.exec(select(PlanRow).where(col(PlanRow.id) == plan_id))).one_or_none()
    if row is None:
        raise NotFound
    unit.touch("plan", row.id)
    return _plan(row)


async def list_plans(unit: Unit, *, episode_id: str, after: str, limit: int) -> list[Plan]:
    """Plans of an episode, or of the program for an empty one, oldest first."""
    query = select(PlanRow).where(col(PlanRow.id) > after)
    if episode_id:
        query = query.where(col(PlanRow.episode_id) == episode_id)
    return [_plan(row) for row in await unit.session.exec(query.order_by(col(PlanRow.id)).limit(limit))]


async def awaited_of_plans(unit: Unit, plan_ids: Collection[str]) -> dict[str, Awaited]:
    """What each plan still waits for."""
    rows = await unit.session.exec(
        select(PlanRow, EpisodeRow)
        .join(EpisodeRow, col(EpisodeRow.id) == col(PlanRow.episode_id))
        .where(col(PlanRow.id).in_(plan_ids))
    )
    return {
        plan.id: Awaited(_AWAITED[PlanState(plan.state)], plan.requested_at, _leaves_at(episode))
        for plan, episode in rows
    }


async def add_plan(unit: Unit, plan: Plan) -> None:
    """Store a new plan."""
    unit.session.add(PlanRow(program_id=unit.program_id, version=plan.version, **_columns(plan)))
    await unit.session.flush()
    unit.touch("plan", plan.id)


async def save_plan(unit: Unit, plan: Plan) -> Plan:
    """Store a plan's next state; Stale when it was changed since it was read."""
    changed = await unit.session.execute(
        update(PlanRow)
        .where(col(PlanRow.id) == plan.id, col(PlanRow.version) == plan.version)
        .values(**_columns(plan), version=plan.version + 1)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(what="plan")
    unit.session.expire_all()
    return await get_plan(unit, plan.id)


async def add_revision(unit: Unit, plan: Plan, criteria: criteria_pb2.Criteria) -> None:
    """Store the criteria of a plan's current revision."""
    key = await client_key(unit, plan.client_id)
    unit.session.add(
        PlanRevisionRow(
            program_id=unit.program_id,
            plan_id=plan.id,
            revision=plan.revision,
            criteria=_sealed(key, unit, "criteria", plan, criteria),
            created_at=unit.now,
            created_by=unit.caller.actor,
        )
    )
    await unit.session.flush()


async def save_match_set(unit: Unit, plan: Plan, match_set: match_set_pb2.MatchSet) -> None:
    """Freeze the matched set of a plan's current revision."""
    key = await client_key(unit, plan.client_id)
    row = await _revision(unit, plan)
    row.match_set = _sealed(key, unit, "match_set", plan, match_set)
    await unit.session.flush()


async def criteria_of(unit: Unit, plan: Plan) -> criteria_pb2.Criteria:
    """The criteria of a plan's current revision."""
    row = await _revision(unit, plan)
    text = (await client_key(unit, plan.client_id)).unseal(row.criteria, _place(unit, "criteria", plan))
    return criteria_pb2.Criteria.FromString(b64decode(text))


async def match_set_of(unit: Unit, plan: Plan) -> match_set_pb2.MatchSet | None:
    """The matched set of a plan's current revision; None until it is here."""
    row = await _revision(unit, plan)
    if row.match_set is None:
        return None
    text = (await client_key(unit, plan.client_id)).unseal(row.match_set, _place(unit, "match_set", plan))
    return match_set_pb2.MatchSet.FromString(b64decode(text))


def _leaves_at(episode: EpisodeRow) -> datetime | None:
    day = episode.discharged_on or episode.planned_discharge_on
    return datetime.combine(day, time.min, UTC) if day else None


async def _revision(unit: Unit, plan: Plan) -> PlanRevisionRow:
    query = select(PlanRevisionRow).where(
        col(PlanRevisionRow.plan_id) == plan.id, col(PlanRevisionRow.revision) == plan.revision
    )
    return (await unit.session.exec(query)).one()


def _sealed(key: ClientKey, unit: Unit, column: str, plan: Plan, message: Message) -> bytes:
    text = b64encode(message.SerializeToString(deterministic=True)).decode()
    return key.seal(text, _place(unit, column, plan))


def _place(unit: Unit, column: str, plan: Plan) -> Place:
    return Place(unit.program_id, "plan_revision", column, f"{plan.id}:{plan.revision}")


def _plan(row: PlanRow) -> Plan:
    return Plan(
        id=row.id,
        episode_id=row.episode_id,
        client_id=row.client_id,
        revision=row.revision,
        state=PlanState(row.state),
        failure=row.failure,
        created_at=row.created_at,
        requested_at=row.requested_at,
        version=row.version,
        event_version=row.event_version,
    )


def _columns(plan: Plan) -> dict[str, Any]:
    """The columns of a plan but for its program and its version."""
    return {
        "id": plan.id,
        "episode_id": plan.episode_id,
        "client_id": plan.client_id,
        "revision": plan.revision,
        "state": plan.state.value,
        "failure": plan.failure,
        "created_at": plan.created_at,
        "requested_at": plan.requested_at,
        "event_version": plan.event_version,
    }
