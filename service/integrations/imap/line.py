"""One conversation with an IMAP server, its failures sorted where they happen."""

from __future__ import annotations

import imaplib
import os
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from imap_tools.errors import UnexpectedCommandStatusError

from service.errors import AccessLost, ExternalError, Unavailable
from service.integrations.imap import Settings
from service.integrations.imap.answers import Part, number
from service.integrations.imap.refusals import Declined, sort, sort_login, words
from service.integrations.imap.wire import Mailbox, opened
from service.ports import Surroundings
from service.settings.section import SecretUnreadable

PATIENCE = 30.0
"""Seconds for any one wait."""
LONGEST = 10
"""Times that for everything one command is answered with."""

Token = Callable[[], str]
"""Hands an OAuth access token. Asked at each login; raises AccessLost or Unavailable itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came between a command and its OK. imaplib keeps it by the response's name."""

    responses: Mapping[str, list[Part]]
    said: str  # beside the OK

    def parts(self, name: str) -> list[Part]:
        return self.responses.get(name, [])

    def number(self, name: str) -> int | None:
        return number(self.parts(name))


class Line:
    """Signed in between `with` and its end. Raises Unavailable, AccessLost, and Declined for a command that the server won't do."""

    def __init__(self, settings: Settings, at: Surroundings, token: Token | None = None, patience: float = PATIENCE) -> None:
        self._settings, self._at, self._token, self._patience = settings, at, token, patience
        self.host = settings.host
        self.capabilities: frozenset[str] = frozenset()
        self._secret = ""
        self._in_order = False

    def __enter__(self) -> Self:
        with self._sorted():
            self._mailbox = self._open()
        try:
            with self._sorted(), self._mailbox.client.within(self._patience * LONGEST):
                self._sign_in(self._mailbox)
            self.capabilities = self._what_it_can()
        except BaseException:
            self._mailbox.client.drop()
            raise
        self._in_order = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._in_order and not self._mailbox.client.out_of_time:
            with suppress(imaplib.IMAP4.error, OSError, ValueError), self._mailbox.client.within(self._patience):
                self._mailbox.client.logout()
        self._mailbox.client.drop()

    def can(self, *capabilities: str) -> bool:
        return self.capabilities.issuperset(capabilities)

    def ask(self, command: str, *arguments: str | bytes) -> Answer:
        return self.ask_each(command, [arguments])[0]

    def ask_each(self, command: str, asked: Sequence[Sequence[str | bytes]]) -> list[Answer]:
        """The same command several times in one exchange. What the server answers is told apart by the order of the tags."""
        answers = self.try_each(command, asked)
        for answer in answers:
            if isinstance(answer, ExternalError):
                raise answer
        return [answer for answer in answers if isinstance(answer, Answer)]

    def try_each(self, command: str, asked: Sequence[Sequence[str | bytes]]) -> list[Answer | Declined]:
        """A refusal of one does not keep the others from being answered."""
        client: Any = self._mailbox.client
        with self._sorted(), client.within(self._patience * LONGEST):
            self._in_order = False
            client.untagged_responses.clear()
            tags = [client._command(command, *arguments) for arguments in asked]
            answers = [self._answer(client, tag) for tag in tags]
            self._in_order = True
            return answers

    def send(self, command: str, *arguments: str | bytes) -> bytes:
        """Asks, and lets the server work on it. Nothing else may be asked until it is received. Returns the tag."""
        client: Any = self._mailbox.client
        with self._sorted(), client.within(self._patience):
            self._in_order = False
            client.untagged_responses.clear()
            tag: bytes = client._command(command, *arguments)
            return tag

    def receive(self, tag: bytes) -> Answer:
        client: Any = self._mailbox.client
        with self._sorted(), client.within(self._patience * LONGEST):
            answer = self._answer(client, tag)
            self._in_order = True
        if isinstance(answer, Declined):
            raise answer
        return answer

    def _answer(self, client: Any, tag: bytes) -> Answer | Declined:
        kind, said = client._get_tagged_response(tag)
        text = words(said[-1] or b"", self._secret)
        responses: dict[str, list[Part]] = dict(client.untagged_responses)
        client.untagged_responses.clear()
        if kind == "OK":
            return Answer(responses, text)
        error = sort(self.host, text)
        if isinstance(error, Declined):
            return error
        raise error

    def append(self, mailbox: bytes, flags: str, message: bytes) -> Answer:
        """RFC 3501, section 6.3.11."""
        client: Any = self._mailbox.client
        client.literal = re.sub(rb"\r?\n", b"\r\n", message)
        return self.ask("APPEND", quoted(mailbox), f"({flags})")

    def examine(self, mailbox: bytes, *parameters: str, command: str = "EXAMINE") -> Answer:
        """Read only, or with SELECT for writing."""
        client: Any = self._mailbox.client
        client.is_readonly = True  # for imaplib: that it is so is no surprise
        client.state = "AUTH"
        answer = self.ask(command, quoted(mailbox), *parameters)
        client.state = "SELECTED"
        return answer

    def enable(self, *capabilities: str) -> None:
        """RFC 5161: while no mailbox is open."""
        self.ask("ENABLE", *capabilities)

    def idle(self, seconds: float) -> bool:
        """RFC 2177: whether anything changed in the open mailbox within so many seconds. "Still here" is no change."""
        client: Any = self._mailbox.client
        with self._sorted():
            self._in_order = False
            with client.within(self._patience):
                client.untagged_responses.clear()
                tag = client._command("IDLE")
                while client._get_response() is not None:
                    if client.tagged_commands[tag]:
                        raise sort(self.host, words(client.tagged_commands.pop(tag)[1][-1] or b"", self._secret))
            heard = client.heard(seconds)
            with client.within(self._patience):
                client.send(b"DONE\r\n")
                self._answer(client, tag)
            self._in_order = True
            return bool(heard)

    def cut(self) -> None:
        """Ends it from another thread, whatever it waits for once it is connected."""
        if mailbox := getattr(self, "_mailbox", None):
            self._in_order = False
            mailbox.client.cut()

    # --- the beginning -----------------------------------------------------------------------------------------------------

    def _open(self) -> Mailbox:
        context = None if self._settings.tls == "none" else self._context()
        return opened(self.host, self._settings.at_port, self._settings.tls, context, self._patience)

    def _context(self) -> ssl.SSLContext:
        if not self._settings.ca:
            return trust(None, 0, *map(os.environ.get, NAMED))
        path = self._at.folder / self._settings.ca.expanduser()
        try:
            return trust(path, path.stat().st_mtime_ns, *map(os.environ.get, NAMED))
        except (OSError, ValueError) as error:
            raise AccessLost(f"the certificate {path} can't be read: correct `ca`") from error

    def _sign_in(self, mailbox: Mailbox) -> None:
        user = self._settings.user
        mailbox.client.untagged_responses.clear()
        try:
            if self._token is not None:
                self._secret = self._token()
                _authenticate(mailbox.client, "XOAUTH2", f"user={user}\x01auth=Bearer {self._secret}\x01\x01".encode())
            else:
                self._secret = self._password()
                self._with_password(mailbox, user)
        except UnexpectedCommandStatusError as refused:
            raise self._refused(refused.command_result[1][-1]) from None  # its message would repeat what was said
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as refused:  # BAD, or NO to AUTHENTICATE
            raise self._refused(str(refused).partition(" command error: ")[2] or str(refused)) from None

    def _refused(self, said: bytes | str) -> ExternalError:
        text = words(said or b"", self._secret).removeprefix("BAD [b'").removesuffix("']")
        return sort_login(self.host, self._settings.user, text, token=self._token is not None)

    def _with_password(self, mailbox: Mailbox, user: str) -> None:
        """LOGIN carries plain letters only; SASL PLAIN (RFC 4616) all, and is there where LOGIN is switched off."""
        plain = all(" " <= c <= "~" for c in user + self._secret)
        disabled = "LOGINDISABLED" in mailbox.client.capabilities
        if plain and not disabled:
            mailbox.login(user, self._secret, initial_folder=None)
        elif "AUTH=PLAIN" in mailbox.client.capabilities:
            _authenticate(mailbox.client, "PLAIN", b"\0" + user.encode() + b"\0" + self._secret.encode())
        elif disabled:
            raise AccessLost(f"{self.host} takes no password in the open: set `tls` to tls or starttls")
        else:
            raise AccessLost(f"{self.host} takes only plain letters in user and password: choose a password of such")

    def _password(self) -> str:
        try:
            return self._settings.password.read(self._at)
        except SecretUnreadable as error:
            raise AccessLost(f"the password of {self._settings.user} is not there: {error}") from error

    def _what_it_can(self) -> frozenset[str]:
        """Often said with the login's OK; else it is asked, since more is offered to those who are in."""
        said = self._mailbox.client.untagged_responses.get("CAPABILITY") or self.ask("CAPABILITY").parts("CAPABILITY")
        return frozenset(
            part.decode("ascii", "replace").upper() for line in said if isinstance(line, bytes) for part in line.split()
        )

    # --- failures ----------------------------------------------------------------------------------------------------------

    @contextmanager
    def _sorted(self) -> Iterator[None]:
        try:
            yield
        except ExternalError:
            raise
        except UnexpectedCommandStatusError as error:
            raise sort(self.host, words(str(error.command_result[1][-1]), self._secret)) from None
        except (imaplib.IMAP4.error, OSError, ValueError, RecursionError) as error:
            # ValueError: bytes that are no IMAP (a UnicodeError among them), or a file that was closed under a reader
            raise Unavailable(f"{self.host}: {self._why(error)}") from (None if self._secret in str(error) else error)

    def _why(self, error: Exception) -> str:
        mailbox = getattr(self, "_mailbox", None)
        if isinstance(error, TimeoutError) or (mailbox and mailbox.client.out_of_time):
            return "no answer in time: it is tried again later"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({error.verify_message}): check `host`, or name its certificate in `ca`"
        if isinstance(error, ssl.SSLError):
            return "TLS failed: check `port` and `tls` (993 is tls, 143 starttls)"
        if isinstance(error, socket.gaierror):
            return "this name is not known: check `host` and the network"
        if isinstance(error, ConnectionRefusedError):
            return "nothing listens there: check `host` and `port`"
        if "TLS not supported" in str(error):
            return "it offers no STARTTLS: set `tls` to tls"
        bye = mailbox.client.untagged_responses.get("BYE") if mailbox else error.args  # as a greeting it is in the error
        said = words(bye[-1], self._secret) if bye and isinstance(bye[-1], bytes) else ""
        return f"the connection broke{f' ({said})' if said else ''}: it is tried again later"


NAMED = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@lru_cache(maxsize=64)
def trust(ca: Path | None, _written: int, *_named: str | None) -> ssl.SSLContext:
    """Whom to believe, read once for what the environment names and a file as it was written: it takes a megabyte, and there may
    be a hundred accounts. Raises OSError, ValueError.
    """
    context = ssl.create_default_context()
    if ca is not None:
        context.load_verify_locations(ca)
    return context


def _authenticate(client: imaplib.IMAP4, mechanism: str, answer: bytes) -> None:
    """Says it once. A second challenge holds the reason of a refusal, and gets an empty answer, after which the NO comes
    (https://developers.google.com/workspace/gmail/imap/xoauth2-protocol).
    """
    answers = iter([answer])
    client.authenticate(mechanism, lambda _: next(answers, b""))


def quoted(name: bytes) -> bytes:
    return b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
