"""A real SMTP server in this process (aiosmtpd), and a scripted one for what no real server does on request."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from service.integrations.email_smtp.idle import IDLE


@dataclass
class Mailbox:
    """Takes what it is sent; `replies` maps a command ("RCPT a@b", "DATA") to what is answered instead."""

    replies: dict[str, str] = field(default_factory=dict)
    taken: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # the name aiosmtpd calls
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.replies.get(f"RCPT {address}"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if reply := self.replies.get("DATA"):
            return reply
        self.taken.append(envelope)
        return f"250 queued as {len(self.taken)}"


@contextmanager
def serving(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """The port of a server that hands to the mailbox. `ssl_context` is implicit TLS; `tls_context` offers STARTTLS."""
    controller = Controller(mailbox, hostname="127.0.0.1", **({"port": free_port()} | options))
    controller.start()
    try:
        yield controller.port
    finally:
        IDLE.close()
        controller.stop()


def signing_in(user: bytes, password: bytes) -> Callable[..., AuthResult]:
    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (user, password)
        return AuthResult(success=right, handled=False)

    return authenticate


@contextmanager
def scripted(*steps: bytes | str) -> Iterator[int]:
    """A server that answers each line in turn: bytes are sent, "hang" waits for the end, "drop" hangs up, "data" reads to the dot."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_play, args=(listener, steps), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def _play(listener: socket.socket, steps: tuple[bytes | str, ...]) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        connection.settimeout(10)
        for step in steps:
            if isinstance(step, bytes):
                connection.sendall(step)
            elif step == "line":
                lines.readline()
            elif step == "data":
                while lines.readline() not in {b".\r\n", b""}:
                    pass
            elif step == "hang":
                lines.read()
            else:
                return


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def certificate(folder: Path, *, name: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """A self-made certificate for 127.0.0.1 (or for another name), and the context of a server that shows it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names = [x509.IPAddress(ip_address(name))] if name[0].isdigit() else [x509.DNSName(name)]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, private)
    return cert, context
