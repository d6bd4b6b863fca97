"""The call that a task is working on: who makes it, in which unit, until when.

The chain sets it before the handler runs. Servicers ask `caller_of` and `unit_of`; channels read it
so that what they pass on is this call's deadline, person and trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from aftercare_platform.access.caller import Caller

if TYPE_CHECKING:
    from aftercare_platform.sql.work import Unit


class NoCall(RuntimeError):
    """A servicer's question was asked outside a call, or for a unit that the method's rule does not open."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as its handler sees it."""

    method: str
    """Such as "/aftercare.referral.v1.PlanService/CreatePlan"."""
    caller: Caller
    ends_at: float
    """When its deadline passes, on the monotonic clock, in seconds."""
    ref: str = ""
    """Names this call in the audit."""
    person_token: str | None = None
    """The acting person's token as it came in; sent on beside our own."""
    traceparent: str = ""
    """W3C trace context; empty when there is none."""
    unit: Unit | None = None

    @property
    def remaining(self) -> float:
        """Seconds until the deadline; negative when it has passed."""
        return self.ends_at - monotonic()


_CURRENT: ContextVar[Call | None] = ContextVar("aftercare_call", default=None)


def current_call() -> Call | None:
    """The call that this task works on; None outside of one."""
    return _CURRENT.get()


def enter(call: Call) -> None:
    """Make this the call of the present task; each RPC has a task of its own, so none is left over."""
    _CURRENT.set(call)
    structlog.contextvars.bind_contextvars(traceparent=call.traceparent)


def caller_of(context: object) -> Caller:  # noqa: ARG001 (which call is meant shows in the servicer)
    """Who makes the call of this servicer context; NoCall outside the chain."""
    return _required().caller


def unit_of(context: object) -> Unit:  # noqa: ARG001 (as above)
    """The unit of work that the chain opened for this call; NoCall when the rule opens none."""
    unit = _required().unit
    if unit is None:
        raise NoCall("the rule of this method opens no unit of work")
    return unit


@contextmanager
def acting_for(person_token: str, *, seconds: float = 10.0) -> Iterator[None]:
    """Work on behalf of a person outside a gRPC call: calls made inside carry the token and this deadline."""
    outer = _CURRENT.get()
    call = outer or Call(method="", caller=Caller(), ends_at=monotonic() + seconds)
    token = _CURRENT.set(replace(call, person_token=person_token))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def _required() -> Call:
    call = _CURRENT.get()
    if call is None:
        raise NoCall("there is no call in this task")
    return call
