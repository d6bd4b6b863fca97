"""The RPCs that a server serves, each with its rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from aftercare_platform.access.rules import Rule, Rules, UnitKind
from aftercare_platform.rpc.validation import compile_rules


class RuleTableError(Exception):
    """The rule table does not fit what is served; the message lists every misfit."""


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC as the chain needs it."""

    path: str
    """Such as "/aftercare.referral.v1.PlanService/CreatePlan"."""
    rule: Rule
    streams: bool
    """Whether either side sends more than one message."""

    @property
    def name(self) -> str:
        """Such as "CreatePlan"."""
        return self.path.rpartition("/")[2]


def check_rules(
    rules: Rules, services: Iterable[ServiceDescriptor], *, has_work: bool
) -> Mapping[str, Method]:
    """The served methods by path; RuleTableError unless rules and methods cover each other exactly.

    Streams open no unit, and a server without a database has none to open. The validation rules of the
    requests are compiled on the way, so that a broken one stops the start.
    """
    served = {_path(method): method for service in services for method in service.methods}
    misfits = [f"{path}: no rule" for path in served.keys() - rules.keys()]
    misfits += [f"{path}: a rule, but nobody serves it" for path in rules.keys() - served.keys()]
    methods = {}
    for path, descriptor in served.items():
        if path not in rules:
            continue
        method = Method(path, rules[path], descriptor.client_streaming or descriptor.server_streaming)
        methods[path] = method
        if method.rule.unit is not UnitKind.NONE and (method.streams or not has_work):
            misfits.append(f"{path}: cannot open a {method.rule.unit} unit")
    if misfits:
        raise RuleTableError("; ".join(sorted(misfits)))
    compile_rules(descriptor.input_type for descriptor in served.values())
    return methods


def _path(method: MethodDescriptor) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"
