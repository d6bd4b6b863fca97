"""Clients and episodes between the contract and the model."""

from __future__ import annotations

from datetime import date
from typing import Final

from aftercare.referral.v1 import client_pb2
from aftercare.type.v1 import criteria_pb2
from aftercare_referral.client.model import Client, DischargeKind, Episode, Gender, Identity, calendar_date

_GENDERS: Final = {
    criteria_pb2.GENDER_UNSPECIFIED: Gender.UNSTATED,
    criteria_pb2.GENDER_WOMAN: Gender.WOMAN,
    criteria_pb2.GENDER_MAN: Gender.MAN,
    criteria_pb2.GENDER_NONBINARY: Gender.NONBINARY,
}
_GENDER_NUMBERS: Final = {gender: number for number, gender in _GENDERS.items()}
_DISCHARGES: Final = {
    client_pb2.DISCHARGE_KIND_PLANNED: DischargeKind.PLANNED,
    client_pb2.DISCHARGE_KIND_AGAINST_ADVICE: DischargeKind.AGAINST_ADVICE,
    client_pb2.DISCHARGE_KIND_TRANSFERRED: DischargeKind.TRANSFERRED,
    client_pb2.DISCHARGE_KIND_ADMINISTRATIVE: DischargeKind.ADMINISTRATIVE,
    client_pb2.DISCHARGE_KIND_DECEASED: DischargeKind.DECEASED,
}
_DISCHARGE_NUMBERS: Final = {kind: number for number, kind in _DISCHARGES.items()}


def identity_from_proto(request: client_pb2.CreateClientRequest) -> Identity:
    """Who is to be added; blanks around names and phone are dropped."""
    return Identity(
        given_name=request.given_name.strip(),
        family_name=request.family_name.strip(),
        birth_date=calendar_date(request.birth_date, field="birth_date"),
        gender=_GENDERS[request.gender],
        phone=request.phone.strip(),
    )


def gender_to_proto(gender: Gender) -> criteria_pb2.Gender.ValueType:
    """The contract's number of a gender."""
    return _GENDER_NUMBERS[gender]


def discharge_kind_from_proto(number: client_pb2.DischargeKind.ValueType) -> DischargeKind:
    """How an episode ends."""
    return _DISCHARGES[number]


def client_to_proto(client: Client) -> client_pb2.Client:
    """A client as the program sees them."""
    message = client_pb2.Client(
        id=client.id,
        given_name=client.given_name,
        family_name=client.family_name,
        birth_date=client.birth_date.isoformat(),
        gender=gender_to_proto(client.gender),
        phone=client.phone,
        etag=str(client.version),
    )
    message.create_time.FromDatetime(client.created_at)
    return message


def episode_to_proto(episode: Episode) -> client_pb2.Episode:
    """An episode; dates that are not known yet are empty."""
    kind = episode.discharge_kind
    return client_pb2.Episode(
        id=episode.id,
        client_id=episode.client_id,
        admitted_date=episode.admitted_on.isoformat(),
        planned_discharge_date=_text(episode.planned_discharge_on),
        discharged_date=_text(episode.discharged_on),
        discharge_kind=_DISCHARGE_NUMBERS[kind] if kind else client_pb2.DISCHARGE_KIND_UNSPECIFIED,
        etag=str(episode.version),
    )


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
