"""imaplib's client with bounds: how much it reads for one command, and for how long."""

from __future__ import annotations

import imaplib
import math
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

from imap_tools.idle import get_socket_poller
from imap_tools.mailbox import BaseMailBox

_CHANGE = re.compile(rb"\* (\d+ (EXISTS|EXPUNGE|FETCH)|VANISHED)\b")
_NEWS = ("EXISTS", "EXPUNGE", "FETCH", "VANISHED")
MOST = 96 * 2**20
"""Bytes of all that one command is answered with; a batch of bodies is far below, one largest message too."""


class Client(imaplib.IMAP4):
    spent = 0
    out_of_time = False
    patience: float | None = None  # seconds
    _get_line: Any

    def read(self, size: int) -> bytes:
        self._spend(size)
        data = super().read(size)
        if len(data) < size:
            raise self.abort("the connection ended within a literal")
        return data

    def readline(self) -> bytes:
        line = super().readline()
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self.spent += size
        if self.spent > MOST:
            raise self.abort("more is sent than was asked for")

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """The socket's time-out bounds each wait; whoever drips a byte at a time is ended by this watch."""
        self.spent = 0
        watch = threading.Timer(seconds, self.hang_up)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def heard(self, seconds: float) -> list[bytes]:
        """While idle: what is said of changes, as soon as it is; nothing after so many seconds, or where the connection ended."""
        until = monotonic() + seconds
        news = [line for untagged in _NEWS for line in self.untagged_responses.get(untagged, ())]  # came before we waited
        heard = [line for line in news if isinstance(line, bytes)] + self._changes_now()
        while not heard and (left := until - monotonic()) > 0 and get_socket_poller(self.sock, math.ceil(left)):
            lines = self._lines_now()
            if not lines:
                break
            heard = [line for line in lines if _CHANGE.match(line)]
        return heard

    def _changes_now(self) -> list[bytes]:
        return [line for line in self._lines_now() if _CHANGE.match(line)]

    def _lines_now(self) -> list[bytes]:
        """Whole lines that are here already, in our buffer or the socket's."""
        lines: list[bytes] = []
        self.sock.settimeout(0)
        try:
            while True:
                lines.append(self._get_line())
        except (OSError, self.abort):  # imaplib takes "nothing yet" for an end; a real one shows at the next command
            return lines
        finally:
            self.sock.settimeout(self.patience)

    def hang_up(self) -> None:
        self.out_of_time = True
        self.cut()

    def cut(self) -> None:
        """Any wait ends at once, in whichever thread."""
        with suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # the plain socket below TLS

    def drop(self) -> None:
        """Closed without a word."""
        self.cut()
        with suppress(OSError, ValueError):
            self.shutdown()


class TlsClient(Client, imaplib.IMAP4_SSL):
    """TLS from the first byte."""


class Mailbox(BaseMailBox):
    """imap-tools' around a client of ours."""

    client: Client

    def __init__(self, client: Client) -> None:
        self._client = client
        super().__init__()

    def _get_mailbox_client(self) -> Client:
        return self._client


def _watched(sock: socket.socket) -> None:
    """The system itself looks whether the other end is there: a router that was switched off tells nobody who waits in IDLE."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):  # not everywhere by these names
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def opened(host: str, port: int, tls: str, context: ssl.SSLContext | None, patience: float) -> Mailbox:
    """Connected and, by `tls`, encrypted. `patience` in seconds holds for every wait from here on. Raises what imaplib and sockets do."""
    client = (
        TlsClient(host, port, ssl_context=context, timeout=patience) if tls == "tls" else Client(host, port, timeout=patience)
    )
    client.patience = patience
    _watched(client.sock)
    try:
        if tls == "starttls":
            client.starttls(context)
    except BaseException:
        client.drop()
        raise
    return Mailbox(client)
