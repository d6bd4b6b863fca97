"""A log line holds a fixed event and identifiers; a person's name planted anywhere is in no output."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aftercare_platform.logging import ALLOWED, WITHHELD, failure, only_allowed

NAME = "Wilhelmina Oakhurst"
SERVICES = Path(__file__).resolve().parents[3] / "services"


def kept(**fields: object) -> dict[str, object]:
    return dict(only_allowed(None, "info", {"event": "offer_sent", **fields}))


# field | value | is kept
@pytest.mark.parametrize(
    ("field", "value", "is_kept"),
    [
        ("offer", "0193f1c2-7a4b-7def-8123-456789abcdef", True),
        ("version", 7, True),
        ("lag", 0.25, True),
        ("method", "/aftercare.referral.v1.PlanService/CreatePlan", True),
        ("where", "aftercare_platform/rpc/chain.py:42", True),
        ("address", "127.0.0.1:7101", True),
        ("source", "", True),
        ("name", "harbor", False),
        ("client_name", NAME, False),
        ("client", NAME, False),
        ("offer", {"name": NAME}, False),
        ("offer", [NAME], False),
        ("reason", "is allergic to penicillin", False),
        ("reason", "two\nlines", False),
        ("reason", "\x1b[31mred", False),
        ("reason", "x" * 300, False),
    ],
)
@pytest.mark.fault("LOG-05")
def test_what_is_kept(field, value, is_kept):
    fields = kept(**{field: value})
    assert (field in fields) is is_kept
    assert fields.get("withheld", 0) == (0 if is_kept else 1)


@pytest.mark.parametrize("event", [NAME, f"accepting {NAME}", "Offer sent", "", 7, None])
def test_an_event_that_is_no_fixed_name_is_withheld(event):
    assert only_allowed(None, "info", {"event": event}) == {"event": WITHHELD, "withheld": 1}


def test_no_field_is_named_for_what_a_person_is():
    assert not ALLOWED & {"name", "title", "message", "text", "email", "phone", "birth_date", "zip", "query"}


def failed_with(error: Exception) -> Exception:
    try:
        raise error from KeyError(NAME)
    except type(error) as raised:
        return raised


def test_a_failure_is_told_by_type_and_place():
    assert failure(failed_with(ValueError(NAME))) == {
        "error_type": "ValueError",
        "where": "unknown",  # not a line of our own code
        "cause": "KeyError",
    }


PLANTED = f"""
import asyncio, logging, sys, threading, warnings
import structlog
from aftercare_platform.logging import configure_logging
from aftercare_platform.run import run

NAME = "{NAME}"
configure_logging("probe", level="debug")
log = structlog.get_logger("probe")
log.info("offer_sent", offer="o-1", client=NAME, note=NAME)
log.info(NAME)
log.info("offer_sent %s", NAME)
log.warning("offer_sent", exc_info=ValueError(NAME))
try:
    raise ValueError(NAME)
except ValueError:
    log.exception("offer_lost", offer=NAME)
    logging.getLogger("sqlalchemy.engine").exception("parameters %s", NAME)
logging.getLogger("uvicorn.access").warning("GET /?q=%s", NAME)
logging.getLogger(NAME).error(NAME, stack_info=True)
warnings.warn(NAME)
thread = threading.Thread(target=lambda: {{}}[NAME])
thread.start(); thread.join()

class Unraisable:
    def __del__(self):
        raise RuntimeError(NAME)

Unraisable()
"""


ENDINGS = {
    "uncaught": "raise LookupError(NAME)",
    "in run": """
async def main():
    asyncio.get_running_loop().call_soon(lambda: {}[NAME])
    await asyncio.sleep(0.05)
    asyncio.create_task(asyncio.sleep(0)).add_done_callback(lambda _: {}[NAME])
    await asyncio.sleep(0.05)
    raise LookupError(NAME)
run(main)
""",
    "in the background": """
from aftercare_platform.run import background, until_stopped
async def fail():
    raise LookupError(NAME)
async def main():
    async with background(relay=fail()):
        await until_stopped()
run(main)
""",
}


@pytest.mark.fault("LOG-01")
@pytest.mark.fault("LOG-03")
@pytest.mark.fault("LOG-06")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_planted_name_is_in_no_output(ending, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", PLANTED + ENDINGS[ending]],
        cwd=tmp_path,
        env={"PYTHONPATH": str(SERVICES)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "Oakhurst" not in ran.stdout + ran.stderr
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert {line["service"] for line in lines if line["event"] != "uncaught"} == {"probe"}
    assert lines[0]["withheld"] == 2
    assert [line["error_type"] for line in lines if "error_type" in line][-1] == "LookupError"
