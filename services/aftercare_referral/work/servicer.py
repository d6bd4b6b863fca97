"""WorkService."""

from __future__ import annotations

from datetime import datetime

from aftercare.referral.v1 import work_pb2 as pb
from aftercare.referral.v1 import work_pb2_grpc
from aftercare_platform.contract.words import KINDS
from aftercare_platform.rpc.call import unit_of
from aftercare_referral.referral.convert import follow_up_to_proto
from aftercare_referral.referral.model import Terms
from aftercare_referral.referral.words import holder_from_proto, referral_state_to_proto
from aftercare_referral.work.usecases import WorkItem, list_work


class WorkServicer(work_pb2_grpc.WorkServiceServicer):
    """The work list. Each call runs in the unit of work that the chain opened for it."""

    def __init__(self, terms: Terms) -> None:
        """`terms` say how long things may take."""
        self._terms = terms

    async def ListWork(self, request: pb.ListWorkRequest, context: object) -> pb.ListWorkResponse:
        unit = unit_of(context)
        page = await list_work(
            unit,
            self._terms,
            holder=holder_from_proto(request.holder),
            overdue_only=request.overdue_only,
            page_size=request.page_size,
            page_token=request.page_token,
        )
        items = [item_to_proto(item, unit.now) for item in page.items]
        return pb.ListWorkResponse(items=items, next_page_token=page.next_token)


def item_to_proto(item: WorkItem, now: datetime) -> pb.WorkItem:
    """An item on the wire."""
    referral, status = item.standing
    return pb.WorkItem(
        referral_id=referral.id,
        plan_id=referral.plan_id,
        client_id=referral.client_id,
        client_name=item.client_name,
        kind=KINDS[referral.kind],
        state=referral_state_to_proto(referral.state),
        follow_up=follow_up_to_proto(status, now),
    )
