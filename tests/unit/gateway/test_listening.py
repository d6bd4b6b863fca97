"""Where the gateway listens, and what it refuses."""

import pytest

from aftercare_gateway.main import _listening
from aftercare_gateway.settings import GatewaySettings
from aftercare_platform.rpc.server import UnsafeListener


def test_beyond_loopback_it_needs_tls() -> None:
    with pytest.raises(UnsafeListener), _listening(GatewaySettings(listen="0.0.0.0:0")):
        pass


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "[::1]:0"])
def test_loopback_needs_none(listen: str) -> None:
    try:
        with _listening(GatewaySettings(listen=listen)) as listener:
            assert listener.getsockname()[1] > 0
    except OSError:
        pytest.skip("this machine has no such loopback")


def test_a_second_one_on_the_same_port_fails() -> None:
    with _listening(GatewaySettings(listen="127.0.0.1:0")) as first:
        taken = GatewaySettings(listen=f"127.0.0.1:{first.getsockname()[1]}")
        with pytest.raises(OSError, match="in use"), _listening(taken):
            pass


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Mars/Olympus"}, {"base_url": "ftp://x"}, {"largest_body": 10}]
)
def test_wrong_settings_stop_the_start(wrong) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        GatewaySettings(**wrong)
