"""Who holds the ball for each need, and until when."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table

from aftercare.referral.v1 import referral_pb2 as pb
from aftercare_cli.shown.matches import kind_name
from aftercare_cli.shown.moments import told
from aftercare_cli.shown.screen import results
from aftercare_cli.shown.words import word_of


def show_follow_up(referrals: Sequence[pb.Referral]) -> None:
    """One line for each need."""
    table = Table(box=box.SIMPLE_HEAD if results().is_terminal else None, pad_edge=False)
    for title in ("need", "state", "who holds the ball", "due", "what now"):
        table.add_column(title, overflow="fold")
    for referral in referrals:
        follow_up = referral.follow_up
        due = told(follow_up.due_time) + (" (overdue)" if follow_up.is_overdue else "")
        table.add_row(
            kind_name(referral.kind),
            word_of(pb.ReferralState.DESCRIPTOR, referral.state),
            word_of(pb.Holder.DESCRIPTOR, follow_up.holder).replace("-", " ") or "nobody",
            due or "–",
            follow_up.sentence,
        )
    results().print(table)
