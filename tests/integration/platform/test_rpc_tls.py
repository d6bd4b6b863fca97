"""Beyond loopback both sides show a certificate of our authority, or nothing is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import grpc
import grpc.aio
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from aftercare_platform.access.keys import KeyRing
from aftercare_platform.access.revocation import Revocations
from aftercare_platform.access.rules import UnitKind, anyone
from aftercare_platform.kernel.clock import SystemClock
from aftercare_platform.rpc.channel import open_channel
from aftercare_platform.rpc.server import Server, open_server, serving
from aftercare_platform.settings import PlatformSettings
from integration.platform.probe import DESCRIPTOR, SHAPES, Probe, ProbeStub, add_probe_to_server, path

NOW = datetime.now(UTC)


class Authority:
    """Signs certificates for one host address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = generate_private_key(SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, folder.name)])
        folder.mkdir()
        self.certificate = self._write("authority.pem", self.name, self._key, is_authority=True)

    def issue(self, name: str, *, address: str = "127.0.0.1", days: int = 1) -> tuple[Path, Path]:
        key = generate_private_key(SECP256R1())
        path_ = self._folder / f"{name}.key"
        path_.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return self._write(f"{name}.pem", subject, key, address=address, days=days), path_

    def _write(
        self,
        file: str,
        subject: x509.Name,
        key: EllipticCurvePrivateKey,
        *,
        address: str = "127.0.0.1",
        days: int = 1,
        is_authority: bool = False,
    ) -> Path:
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=9))
            .not_valid_after(NOW + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
            .sign(self._key, SHA256())
        )
        (self._folder / file).write_bytes(certificate.public_bytes(Encoding.PEM))
        return self._folder / file


def settings(authority: Path, certificate: Path | None, key: Path | None) -> PlatformSettings:
    return PlatformSettings(
        listen="0.0.0.0:0",
        tls_authority_file=authority,
        tls_certificate_file=certificate,
        tls_key_file=key,
    )


def opened(read: PlatformSettings, folder: Path) -> Server:
    return open_server(
        read,
        name="probe",
        rules={path(method): anyone(unit=UnitKind.NONE) for method in SHAPES},
        servicers=[(add_probe_to_server, Probe(), DESCRIPTOR)],
        work=None,
        keys=KeyRing(folder),
        clock=SystemClock(),
        revocations=Revocations(),
    )


# who calls | is let in
@pytest.mark.fault("NET-06")
@pytest.mark.parametrize(
    ("who", "is_let_in"),
    [
        ("ours", True),
        ("nobody", False),
        ("another authority's", False),
        ("expired", False),
        ("trusts another authority", False),
        ("plaintext", False),
    ],
)
async def test_who_is_let_in(who, is_let_in, tmp_path):
    ours, others = Authority(tmp_path / "ours"), Authority(tmp_path / "others")
    callers = {
        "ours": settings(ours.certificate, *ours.issue("caller")),
        "nobody": settings(ours.certificate, None, None),
        "another authority's": settings(ours.certificate, *others.issue("caller")),
        "expired": settings(ours.certificate, *ours.issue("old", days=-1)),
        "trusts another authority": settings(others.certificate, *ours.issue("caller")),
    }
    server = opened(settings(ours.certificate, *ours.issue("server")), tmp_path)
    async with serving(server, grace=timedelta(0)):
        address = f"127.0.0.1:{server.port}"
        credentials = callers[who].channel_credentials() if who in callers else None
        stub = ProbeStub(open_channel(address, to="probe", credentials=credentials))
        if is_let_in:
            assert await stub.call("Shout") == "nobody"
        else:
            with pytest.raises(grpc.aio.AioRpcError) as refusal:
                await stub.call("Shout", timeout=2)
            assert refusal.value.code() in {
                grpc.StatusCode.UNAVAILABLE,
                grpc.StatusCode.DEADLINE_EXCEEDED,
            }


@pytest.mark.fault("NET-06")
async def test_a_server_with_another_hosts_certificate_is_not_talked_to(tmp_path):
    ours = Authority(tmp_path / "ours")
    elsewhere = settings(ours.certificate, *ours.issue("server", address="10.9.9.9"))
    async with serving(opened(elsewhere, tmp_path), grace=timedelta(0)) as server:
        credentials = settings(ours.certificate, *ours.issue("caller")).channel_credentials()
        stub = ProbeStub(open_channel(f"127.0.0.1:{server.port}", to="probe", credentials=credentials))
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.call("Shout", timeout=2)
