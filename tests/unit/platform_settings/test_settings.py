"""What an operator may set, and what stops a start."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from aftercare_platform.kernel.clock import OffsetClock, SystemClock
from aftercare_platform.settings import PlatformSettings


@pytest.fixture
def settings(monkeypatch):
    def read(**environment: str) -> PlatformSettings:
        for name, value in environment.items():
            monkeypatch.setenv(f"AFTERCARE_{name}", value)
        return PlatformSettings()

    return read


def test_without_environment_everything_stays_on_this_host(settings):
    read = settings()
    assert (read.listen, read.nats_url) == ("127.0.0.1:0", "nats://127.0.0.1:4222")
    assert read.keys_folder == Path(".data/keys")
    assert read.database_of("referral") == "sqlite+aiosqlite:///.data/referral.sqlite"
    assert (read.server_credentials(), read.channel_credentials()) == (None, None)
    assert isinstance(read.clock(), SystemClock)


def test_the_environment_counts(settings, tmp_path):
    read = settings(DATA_DIR=str(tmp_path), CALL_DEADLINE="2.5", DATABASE_URL="sqlite+aiosqlite:////x.db")
    assert read.call_deadline == timedelta(seconds=2.5)
    assert (read.keys_folder, read.database_of("referral")) == (
        tmp_path / "keys",
        "sqlite+aiosqlite:////x.db",
    )


def test_the_demo_alone_moves_its_clock(settings, tmp_path):
    clock = settings(PROFILE="demo", CLOCK_OFFSET_FILE=str(tmp_path / "offset")).clock()
    assert isinstance(clock, OffsetClock)


# what is set | what the refusal names
@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"CLOCK_OFFSET_FILE": "x"}, "AFTERCARE_CLOCK_OFFSET_FILE"),
        ({"CLOCK_OFFSET_FILE": "x", "PROFILE": "cluster"}, "AFTERCARE_CLOCK_OFFSET_FILE"),
        ({"TLS_KEY_FILE": "x"}, "AFTERCARE_TLS_CERTIFICATE_FILE"),
        ({"PROFILE": "production"}, "profile"),
        ({"LOG_LEVEL": "chatty"}, "log_level"),
        ({"MAXIMUM_CALLS": "0"}, "maximum_calls"),
        ({"CALL_DEADLINE": "0"}, "call_deadline"),
        ({"CALL_DEADLINE": "soon"}, "call_deadline"),
        ({"DRAIN_GRACE": "-1"}, "drain_grace"),
    ],
)
def test_a_wrong_setting_stops_the_start(settings, environment, named):
    with pytest.raises(ValidationError, match=named):
        settings(**environment)


def test_settings_cannot_change(settings):
    with pytest.raises(ValidationError):
        settings().listen = "127.0.0.1:1"
