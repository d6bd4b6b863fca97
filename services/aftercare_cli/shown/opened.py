"""An opened offer: what the agency is told, and the notice that goes with it."""

from __future__ import annotations

from aftercare.referral.v1 import referral_pb2 as pb
from aftercare_cli.shown.result import show_one, show_rows
from aftercare_cli.shown.screen import results
from aftercare_cli.shown.shape import Shape


def show_opened(opened: pb.OpenedOffer, shape: Shape) -> None:
    """The fields, the scope, the notice."""
    if shape is Shape.JSON:
        show_one(opened, shape)
        return
    show_rows([{"field": field.name, "value": field.value} for field in opened.fields], shape)
    if shape is Shape.TABLE:
        results().print(f"\n{opened.consent_scope}\n\n{opened.notice}", soft_wrap=True)
