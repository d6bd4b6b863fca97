"""What came in a form: read strictly, kept as typed, with what is wrong beside each field."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Final
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.requests import Request

from aftercare_platform.kernel.errors import InvalidArgument, Violation, invalid

FORM_TYPE: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 1000
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SUBSCRIPT: Final = re.compile(r"\[[^\]]*\]")


class NotAForm(InvalidArgument):
    """The body is not a form as pages send it (application/x-www-form-urlencoded)."""

    reason = "BROKEN_MESSAGE"

    def __init__(self) -> None:
        super().__init__(())


@dataclass(slots=True)
class Form:
    """A form's fields as typed, and what was found wrong with them."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    errors: dict[str, str] = field(default_factory=dict, repr=False)
    """What is wrong, by field; "" for what belongs to none."""

    def text(self, name: str) -> str:
        """The text of a field, without blanks around it; empty where it is absent."""
        given = self.values.get(name, ())
        return given[0].strip() if given else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field, each once, in order."""
        return list(dict.fromkeys(value for value in self.values.get(name, ()) if value))

    def is_ticked(self, name: str) -> bool:
        """Whether a single box is ticked."""
        return bool(self.text(name))

    def number(self, name: str) -> float | None:
        """A number of 0 or more; None where the field is empty, and, noting that, where it holds none."""
        text = self.text(name).replace(",", "").removeprefix("$")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < 0:
            self.errors[name] = "Give a number of 0 or more, such as 25."
            return None
        return value

    def whole(self, name: str) -> int | None:
        """A whole number of 0 or more; as `number`."""
        value = self.number(name)
        if value is None:
            return None
        if value != int(value) or value > 1e9:
            self.errors[name] = "Give a whole number, such as 30."
            return None
        return int(value)

    def moment(self, day_field: str, time_field: str, zone: ZoneInfo) -> datetime | None:
        """A day and a time of day, as a moment; midnight where no time is given, None where no day is."""
        day, time_of_day = self.text(day_field), self.text(time_field)
        if not day:
            return None
        try:
            at = time.fromisoformat(time_of_day) if time_of_day else time()
            return datetime.combine(datetime.fromisoformat(day).date(), at, tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            self.errors[day_field] = "Give a day as YYYY-MM-DD and a time as HH:MM."
            return None

    def number_one_of(self, name: str, allowed: Collection[int]) -> int:
        """A number of a closed choice; InvalidArgument for anything else."""
        chosen = self.numbers_of(name, allowed)
        if len(chosen) != 1:
            raise invalid(name, "choose one of those offered")
        return chosen[0]

    def numbers_of(self, name: str, allowed: Collection[int]) -> list[int]:
        """The numbers ticked in a closed choice; InvalidArgument for anything else."""
        known = {str(number): number for number in allowed}
        ticked = self.all(name)
        if not known.keys() >= set(ticked):
            raise invalid(name, "choose among those offered")
        return [known[text] for text in ticked]

    def stop_if_wrong(self) -> None:
        """InvalidArgument where a field is known to be wrong already, so that nothing is sent with it."""
        if self.errors:
            raise InvalidArgument([Violation(name, said) for name, said in self.errors.items()])

    def refuse(self, refusal: InvalidArgument, fields: Mapping[str, str] | None = None) -> None:
        """Note a service's refusal beside the fields it names; `fields` maps its names to the form's."""
        known = fields or {}
        for violation in refusal.violations or (Violation("", refusal.sentence),):
            path = _SUBSCRIPT.sub("", violation.field)
            last = path.rpartition(".")[2]
            name = known.get(path, known.get(last, last))
            self.errors.setdefault(name, _as_sentence(violation.description))


async def read_form(request: Request) -> Form:
    """The form in a request's body; InvalidArgument naming the field whose bytes are no UTF-8."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if body and content_type != FORM_TYPE:
        raise NotAForm
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise NotAForm from None
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if _SURROGATE.search(name + value):
            raise invalid(_SURROGATE.sub("?", name), "holds bytes that are no UTF-8 text")
        values.setdefault(name, []).append(value)
    return Form(values)


_PLAINLY: Final = (
    ("at least 1 characters", "Fill this in."),
    ("at least 1 item", "Choose at least one."),
    ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "Give a day as YYYY-MM-DD."),
    ("^[0-9]{5}$", "Give five digits."),
    ("regex pattern", "Is not in the form that is asked for."),
)
"""What a rule of the contract says in its own terms, and how a page says the same."""


def _as_sentence(text: str) -> str:
    for sign, plainly in _PLAINLY:
        if sign in text:
            return plainly
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
