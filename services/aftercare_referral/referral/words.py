"""States and reasons between the contract and the model; both have the same names."""

from __future__ import annotations

from aftercare.referral.v1 import referral_pb2 as pb
from aftercare_referral.referral.following import Holder
from aftercare_referral.referral.model import CloseReason, DeclineReason, OfferState, ReferralState


def offer_state_to_proto(state: OfferState) -> pb.OfferState.ValueType:
    """The contract's number of a state; both have the same names."""
    return pb.OfferState.Value(f"OFFER_STATE_{state.name}")


def decline_reason_to_proto(reason: DeclineReason | None) -> pb.DeclineReason.ValueType:
    """The contract's number of a reason; unspecified for none."""
    return pb.DeclineReason.Value(f"DECLINE_REASON_{reason.name if reason else 'UNSPECIFIED'}")


def decline_reason_from_proto(number: pb.DeclineReason.ValueType) -> DeclineReason:
    """The reason; shape rules have refused numbers that are none."""
    return DeclineReason[pb.DeclineReason.Name(number).removeprefix("DECLINE_REASON_")]


def close_reason_to_proto(reason: CloseReason | None) -> pb.CloseReason.ValueType:
    """The contract's number of a reason; unspecified for none."""
    return pb.CloseReason.Value(f"CLOSE_REASON_{reason.name if reason else 'UNSPECIFIED'}")


def close_reason_from_proto(number: pb.CloseReason.ValueType) -> CloseReason:
    """The reason; shape rules have refused numbers that are none."""
    return CloseReason[pb.CloseReason.Name(number).removeprefix("CLOSE_REASON_")]


def referral_state_to_proto(state: ReferralState) -> pb.ReferralState.ValueType:
    """The contract's number of a state."""
    return pb.ReferralState.Value(f"REFERRAL_STATE_{state.name}")


def holder_to_proto(holder: Holder) -> pb.Holder.ValueType:
    """The contract's number of a holder; nobody is unspecified."""
    return pb.Holder.Value(f"HOLDER_{'UNSPECIFIED' if holder is Holder.NOBODY else holder.name}")


def holder_from_proto(number: pb.Holder.ValueType) -> Holder | None:
    """The holder; None for unspecified."""
    return Holder[pb.Holder.Name(number).removeprefix("HOLDER_")] if number else None
