"""One conversation with an SMTP server (RFC 5321), its failures sorted where they happen."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.integrations.email_smtp import Smtp
from service.integrations.email_smtp.idle import Idle, Kept
from service.settings.section import Secret, SecretUnreadable

CONNECT_SECONDS = 10
TOTAL_SECONDS = 30


class Line:
    """Connected, secured and signed in between `with` and its end; ends by itself after TOTAL_SECONDS, whatever the server does.

    With `idle`, a connection that a mail left a moment ago is used again, and left again once this one was taken.
    """

    def __init__(
        self,
        settings: Smtp,
        folder: Path,
        *,
        seconds: float = TOTAL_SECONDS,
        idle: Idle | None = None,
        wall: Callable[[], float] = time.time,
        secret: Callable[[Secret], str] = Secret.read,
    ) -> None:
        self._secret = secret
        self._settings, self._folder, self._seconds, self._idle, self._wall = settings, folder, seconds, idle, wall
        self._kept: Kept | None = None
        self._sent = 0
        self._taken = False
        self._where = f"{settings.host}:{settings.at_port}"
        self._handed_over = False
        self._out_of_time = False

    def __enter__(self) -> Self:
        self._began = self._wall()
        # A time-out of the socket bounds each wait; a server that drips a byte at a time is ended by this watch.
        self._watch = threading.Timer(self._seconds, self._hang_up)
        self._watch.daemon = True
        self._watch.start()
        try:
            with self._sorted():
                self._kept = self._idle.take((self._settings, self._folder)) if self._idle else None
                if self._kept:
                    self._smtp, self._sent = self._kept.smtp, self._kept.sent
                else:
                    self._open()
        except BaseException:
            self._watch.cancel()
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._watch.cancel()
        if self._idle and self._taken and not self._out_of_time:
            self._idle.give((self._settings, self._folder), Kept(self._smtp, self._sent))
            return
        if error is None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._close()

    @property
    def limit(self) -> int | None:
        """The largest message it takes, in octets (RFC 1870); None where it does not say."""
        said = self._smtp.esmtp_features.get("size", "")
        return int(said) if re.fullmatch(r"[1-9]\d{0,14}", said) else None

    def deliver(self, sender: str, to: Sequence[str], data: bytes) -> str:
        """The server's receipt. Recipients that it refuses while it takes others are named in it."""
        with self._sorted():
            _expect(self._mail(sender, len(data)), 250)
            refused = self._recipients(to)
            receipt = self._data(data)
        self._taken, self._sent = True, self._sent + 1
        return receipt + "".join(f"; refused for {address}: {code} {said}" for address, (code, said) in refused.items())

    def _mail(self, sender: str, size: int) -> tuple[int, bytes]:
        """What a kept connection answers when its server has just left it counts for nothing: no mail has begun."""
        try:
            reply = self._begin(sender, size)
        except (smtplib.SMTPException, OSError):
            if self._kept is None or self._out_of_time:
                raise
            reply = (421, b"")
        if reply[0] != 421 or self._kept is None:
            return reply
        self._close()
        self._kept, self._sent = None, 0
        self._open()
        return self._begin(sender, size)

    def _begin(self, sender: str, size: int) -> tuple[int, bytes]:
        return self._smtp.mail(sender, [f"size={size}"] if self._smtp.has_extn("size") else [])

    def _recipients(self, to: Sequence[str]) -> dict[str, tuple[int, str]]:
        refused = {}
        for address in to:
            code, said = self._smtp.rcpt(address)
            if code not in {250, 251}:
                refused[address] = (code, _words(said))
                if code == 421:
                    break
        if len(refused) < len(to) and 421 not in {code for code, _ in refused.values()}:
            return refused
        # All are refused: later, if any of them may be taken later.
        address, (code, reason) = min(refused.items(), key=lambda pair: pair[1][0])
        raise _Answer(code, f"{address}: {reason}")

    def _data(self, data: bytes) -> str:
        self._smtp.putcmd("data")
        _expect(self._smtp.getreply(), 354)
        body = re.sub(rb"(?m)^\.", b"..", data)
        self._still_in_time()
        self._smtp.send(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        self._handed_over = True  # from here to the reply nobody can know whether it arrived (RFC 5321, 4.2.5 and 6.1)
        code, said = self._smtp.getreply()
        self._handed_over = not 200 <= code < 600  # what is no reply tells nothing
        _expect((code, said), 250)
        return f"{code} {_words(said)}"

    def _open(self) -> None:
        self._smtp = self._connect()
        self._secure()
        self._sign_in()

    def _still_in_time(self) -> None:
        """The watch stands still while the machine sleeps, and the lease does not: whoever wakes in the middle of a send may no longer
        be the one who sends. This is the last moment at which that costs nothing.
        """
        if abs(self._wall() - self._began) > self._seconds:
            raise Unavailable(
                f"{self._where}: the machine slept, or its clock was set, in the middle of sending. It is tried again later",
                arrived=False,
            )

    def _connect(self) -> smtplib.SMTP:
        smtp: smtplib.SMTP
        if self._settings.secured == "tls":
            smtp = smtplib.SMTP_SSL(timeout=CONNECT_SECONDS, context=self._context())
        else:
            smtp = smtplib.SMTP(timeout=CONNECT_SECONDS)
        smtp._host = self._settings.host  # type: ignore[attr-defined]  # what certificates are checked against; set only by the constructor that also connects
        self._smtp = smtp
        _expect(smtp.connect(self._settings.host, self._settings.at_port), 220)
        if smtp.sock is not None:
            smtp.sock.settimeout(self._seconds)
        smtp.ehlo_or_helo_if_needed()
        return smtp

    def _secure(self) -> None:
        if self._settings.secured != "starttls":
            return
        if not self._smtp.has_extn("starttls"):
            raise Unavailable(
                f"{self._where} offers no STARTTLS. Nothing was sent; set smtp.security to tls (port 465), or to none where that is safe"
            )
        _expect(self._smtp.starttls(context=self._context()), 220)
        self._smtp.ehlo_or_helo_if_needed()

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._settings.ca:
            path = self._folder / self._settings.ca.expanduser()
            try:
                context.load_verify_locations(path)
            except (OSError, ValueError) as error:
                raise AccessLost(f"the certificate {path} can't be read. Check smtp.ca") from error
        return context

    def _sign_in(self) -> None:
        if self._settings.user is None or self._settings.password is None:
            return
        try:
            password = self._secret(self._settings.password)
        except SecretUnreadable as error:
            raise AccessLost(f"{error}. Set it and start again") from error
        try:
            self._smtp.login(self._settings.user, password)
        except smtplib.SMTPNotSupportedError as error:
            raise AccessLost(
                f"{self._where} offers no way to sign in here. Remove smtp.user, or check port and security"
            ) from error
        except UnicodeEncodeError as error:
            raise AccessLost(f"{self._where}: user or password has letters that SMTP can't carry. Use plain ones") from error

    @contextmanager
    def _sorted(self) -> Iterator[None]:
        """Turns what smtplib and the socket raise into our errors. No message holds more of the server's words than a line."""
        try:
            yield
        except ExternalError:
            raise
        except smtplib.SMTPResponseException as error:
            if self._handed_over or error.smtp_error == "Line too long.":  # smtplib's own, for a reply that it could not read
                raise self._broken(error) from error
            raise self._answered(
                error.smtp_code, _words(error.smtp_error), signing_in=isinstance(error, smtplib.SMTPAuthenticationError)
            ) from error
        except _Answer as answer:
            if self._handed_over:
                raise self._broken(answer) from answer
            raise self._answered(answer.code, answer.said, signing_in=False) from answer
        except (smtplib.SMTPException, OSError, ValueError, RecursionError) as error:
            # ValueError: bytes that are no SMTP (a UnicodeError among them)
            raise self._broken(error) from error

    def _answered(self, code: int, said: str, *, signing_in: bool) -> ExternalError:
        where = f"{self._where} answered {code} {said}".rstrip(". ")
        if not 500 <= code < 600:
            return Unavailable(f"{where}. It is tried again later")
        if signing_in or code in {530, 534, 535, 538}:
            return AccessLost(f"{where}. Check smtp.user and its password")
        return Rejected(f"{where}. Check the addresses in to and from")

    def _broken(self, error: Exception) -> ExternalError:
        arrived = None if self._handed_over else False
        return Unavailable(f"{self._where}: {self._why(error)}", arrived=arrived)

    def _why(self, error: Exception) -> str:
        if self._out_of_time or isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib's wrap
            return "no answer in time. It is tried again later"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({error.verify_message}). Check smtp.host, or name its certificate in smtp.ca"
        if isinstance(error, ssl.SSLError):
            return "TLS failed. Check smtp.port and smtp.security: 465 is tls, 587 starttls"
        if isinstance(error, socket.gaierror):
            return "this name is not known. Check smtp.host and the network"
        if isinstance(error, ConnectionRefusedError):
            return "nothing listens there. Check smtp.host and smtp.port"
        if self._handed_over:
            return "the connection broke before the message was confirmed. It may have arrived"
        return "the connection broke. It is tried again later"

    def _hang_up(self) -> None:
        self._out_of_time = True
        sock = getattr(getattr(self, "_smtp", None), "sock", None)
        if sock is not None:
            with suppress(OSError):
                # On the plain socket below TLS: the waiting read ends at once.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _close(self) -> None:
        smtp = getattr(self, "_smtp", None)
        if smtp is not None:
            with suppress(OSError):
                smtp.close()


class _Answer(Exception):
    def __init__(self, code: int, said: str) -> None:
        super().__init__(code, said)
        self.code, self.said = code, said


def _expect(reply: tuple[int, bytes], code: int) -> None:
    if reply[0] != code:
        raise _Answer(reply[0], _words(reply[1]))


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
