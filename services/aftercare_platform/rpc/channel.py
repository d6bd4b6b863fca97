"""The one way to call another service: a channel that passes on who calls, for whom and until when."""

from __future__ import annotations

import grpc
import grpc.aio

from aftercare_platform.access.keys import ServiceIdentity


def open_channel(
    address: str,
    *,
    to: str,
    identity: ServiceIdentity | None = None,
    person_token: str | None = None,
    credentials: grpc.ChannelCredentials | None = None,
) -> grpc.aio.Channel:
    """A channel to the service named `to` ("directory") at host:port; open it inside the event loop.

    Each call carries: a deadline (what remains of the call being served less 50 ms, at most the timeout
    given or else 10 s, 10 min for streams), our service token when an `identity` is given, the acting
    person's token (the metadata's own, else that of the call being served, else `person_token`), an
    idempotency key and the trace. UNAVAILABLE is tried up to three times. Beyond loopback `credentials`
    are required (`settings.channel_credentials()`), else ValueError.
    """
    raise NotImplementedError((address, to, identity, person_token, credentials))
