"""The work list: what presses most comes first, and whose turn it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from aftercare.referral.v1 import referral_pb2 as pb
from aftercare_platform.kernel.errors import Denied
from aftercare_platform.sql.tables import AuditEntry
from integration.referral.desk import ADMINISTRATOR, OFFICER
from integration.referral.practice import HOUSING, MANAGER, SOUTH, THERAPY, WORK, match_set, refused
from integration.referral.test_plan_calls import recorded


@pytest_asyncio.fixture
async def floor(practice):
    """Five needs of two clients: two are awaited, one is asked, one is answered, one is closed."""
    rosa = await practice.case(HOUSING, THERAPY)
    ann = await practice.case(HOUSING, THERAPY, WORK, called="Ann")
    harbor, clinic = await practice.place(), await practice.place("Clinic", THERAPY)
    await practice.sent(rosa, harbor)
    answered = await practice.sent(ann, clinic, THERAPY)
    await practice.accept(answered, clinic.agency)
    await practice.matching.RecordMatchSet(recorded(ann.plan, match_set(harbor)))
    work = ann.need(WORK)
    close = pb.CloseReferralRequest(id=work.id, etag=work.etag, reason=pb.CLOSE_REASON_ERROR)
    await practice.referrals().CloseReferral(close)
    return rosa, ann


def shown(page):
    return [(item.client_name, item.kind, item.follow_up.holder) for item in page.items]


ROSA, ANN = "Rosalind Quillfeather", "Ann Quillfeather"
BY_DUE_TIME = [
    (ROSA, THERAPY, pb.HOLDER_SYSTEM),  # a set is due within the minute
    (ANN, HOUSING, pb.HOLDER_PLANNER),  # a place to pick within the day
    (ROSA, HOUSING, pb.HOLDER_AGENCY),  # an answer within two days
    (ANN, THERAPY, pb.HOLDER_CASE_MANAGER),  # an arrival within the week
]


async def test_work_comes_by_its_due_time(practice, floor):
    page = await practice.work_list()
    assert shown(page) == BY_DUE_TIME
    assert page.next_page_token == ""
    assert page.items[0].client_id == floor[0].client_id


@pytest.mark.parametrize("size", [1, 2, 3, 4])
async def test_pages_join_to_the_whole_list(practice, floor, size):
    items, token = [], ""
    while True:
        page = await practice.work_list(MANAGER, page_size=size, page_token=token)
        items += shown(page)
        token = page.next_page_token
        if not token:
            break
    assert items == BY_DUE_TIME


# whose work -> which
@pytest.mark.parametrize(("holder", "items"), [(row[2], [row]) for row in BY_DUE_TIME])
async def test_each_sees_whose_turn_it_is(practice, floor, holder, items):
    assert shown(await practice.work_list(holder=holder)) == items


async def test_what_is_overdue_stands_first_and_alone(practice, floor):
    assert shown(await practice.work_list(overdue_only=True)) == []
    practice.clock.advance(timedelta(days=1, seconds=1))
    late = await practice.work_list(overdue_only=True)
    assert shown(late) == BY_DUE_TIME[:2]
    assert {item.follow_up.is_overdue for item in late.items} == {True}
    assert shown(await practice.work_list()) == BY_DUE_TIME
    await practice.fire()  # the set is asked for again: it is not late any more
    assert shown(await practice.work_list(overdue_only=True)) == BY_DUE_TIME[1:2]


async def test_another_programs_work_is_not_there(practice, floor):
    assert (await practice.work_list(SOUTH)).items == []
    for person in (OFFICER, ADMINISTRATOR):
        assert isinstance(await refused(practice.work_list(person)), Denied)


async def test_reading_the_list_is_audited_with_whom_it_showed(practice, floor):
    rosa, ann = floor
    await practice.work_list(page_size=1)
    entry = (await practice.rows(AuditEntry))[-1]
    assert entry.action.endswith("ListWork")
    assert f"client:{rosa.client_id}" in entry.objects
    assert f"client:{ann.client_id}" not in entry.objects
