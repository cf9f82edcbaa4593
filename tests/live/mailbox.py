"""One account on Dovecot behind a proxy: the world of the IMAP contract."""

from __future__ import annotations

import imaplib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from service.integrations.imap import Settings
from service.integrations.imap.source import Imap
from service.ports import Source
from tests.integration.source_contract import CountingReader, surroundings
from tests.integration.sources.letters import START, a_letter
from tests.live.contract import LiveWorld
from tests.live.line_proxy import LineProxy
from tests.services.dovecot import Dovecot, MailUser

PATIENCE = 5.0  # seconds; a busy machine keeps a server from answering for a while
LATER = "{tag} NO [UNAVAILABLE] The moon is in the wrong place\r\n"
BREAKAGES: tuple[dict[str, Any], ...] = (
    {"where": "^LIST", "say": ""},
    {"where": "^LIST", "say": "* BYE Shutting down for maintenance\r\n", "then_close": True},
    {"where": "^LIST", "say": '* LIST () "/" {500}\r\nINBOX', "then_close": True},
    {"where": "^LIST", "say": "<html>captive portal</html>\r\n{tag} OK\r\n"},
    {"where": "^LIST", "cut": 30},
    {"where": "^LOGIN", "say": "* BYE Too many connections from this address\r\n", "then_close": True},
    {"where": "^LIST", "hang": PATIENCE + 3},
)


class Mailbox(LiveWorld):
    """`edit` flags item 1. Every third item lies in Archive, all others, item 1 among them, in INBOX."""

    def __init__(self, server: Dovecot, proxy: LineProxy, folder: Path) -> None:
        self.server, self.proxy, self.folder = server, proxy, folder
        self.user: MailUser = server.new_user()
        self.secrets = (self.user.password,)
        self.reader = CountingReader()
        self.later = timedelta()  # how much our own clock has gone on
        os.environ["MAIL_PASSWORD"] = self.user.password
        self._broken = 0
        self._maildirs: dict[str, Path] = {}
        with self.by_hand() as client:  # makes the folders that are always there
            client.create("Archive")

    def settings(self, **options: Any) -> Settings:
        password = {"env": "MAIL_PASSWORD"}
        fields = {"host": "127.0.0.1", "port": self.proxy.port, "user": self.user.name, "password": password, "tls": "none"}
        return Settings(kind="imap", **fields | options)

    def connect(self, token: Callable[[], str] | None = None, **options: Any) -> Source:
        at = surroundings(self.folder, self.reader)
        at = type(at)(**{n: getattr(at, n) for n in at.__dataclass_fields__} | {"clock": lambda: self.now})
        return Imap(self.settings(**options), at, token, PATIENCE)

    @property
    def now(self) -> datetime:
        return START + timedelta(days=60) + self.later

    def fill(self, count: int, *, start: int = 0) -> None:
        for number in range(start, start + count):
            self.deliver(number, "Archive" if number % 3 == 0 else "INBOX")

    def deliver(self, number: int, folder: str = "INBOX", body: str = "", *, letters: str = "S") -> Path:
        at = START + timedelta(minutes=number)
        cur = self._maildir(folder) / "cur"
        path = cur / f"{1_700_000_000 + number}.M{number}.host:2,{letters}"
        with path.open("wb", buffering=0) as file:
            file.write(a_letter(number, body))
            os.utime(file.fileno(), (at.timestamp(), at.timestamp()))
        return path

    def _maildir(self, folder: str) -> Path:
        if folder not in self._maildirs:
            self._maildirs[folder] = self.server.folder_of(self.user, "" if folder == "INBOX" else folder)
        return self._maildirs[folder]

    @contextmanager
    def by_hand(self, folder: str = "") -> Iterator[imaplib.IMAP4]:
        """As another program would, past the proxy."""
        with imaplib.IMAP4("127.0.0.1", self.server.port, timeout=30) as client:
            client.login(self.user.name, self.user.password)
            if folder:
                assert client.select(folder)[0] == "OK"
            yield client

    def uid(self, client: imaplib.IMAP4, number: int) -> str:
        return client.uid("SEARCH", "SUBJECT", f'"Term sheet {number}"')[1][0].split()[0].decode()

    def flag(self, number: int, flag: str, folder: str = "INBOX", sign: str = "+") -> None:
        with self.by_hand(folder) as client:
            assert client.uid("STORE", self.uid(client, number), f"{sign}FLAGS", f"({flag})")[0] == "OK"

    def edit(self) -> None:
        self.flag(1, r"\Flagged")

    def delete(self) -> None:
        with self.by_hand("INBOX") as client:
            client.uid("STORE", self.uid(client, 1), "+FLAGS", r"(\Deleted)")
            client.expunge()

    def move(self) -> None:
        with self.by_hand("INBOX") as client:
            assert client.uid("MOVE", self.uid(client, 1), "Archive")[0] == "OK"

    def expire(self) -> None:
        """Dovecot gives a folder a new UIDVALIDITY and new UIDs where it finds none of its own files."""
        for maildir in (self.server.folder_of(self.user), self.server.folder_of(self.user, "Archive")):
            for file in maildir.glob("dovecot[.-]*"):
                if not file.name.startswith("dovecot-uidvalidity"):
                    file.unlink()

    def asked(self) -> AbstractContextManager[list[Any]]:
        return self.proxy.counted()

    def bodies(self, asked: list[Any]) -> int:
        return sum("BODY.PEEK[]" in line for line in asked)

    def refuse_the_login(self) -> None:
        self.proxy.fail(where="^LOGIN", say="{tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n", times=1000)

    def be_busy(self, retry_after: int | None) -> None:
        self.proxy.fail(where="^LIST", say=LATER)

    def be_broken(self) -> None:
        self.proxy.fail(**BREAKAGES[self._broken % len(BREAKAGES)])
        self._broken += 1

    def mend(self) -> None:
        self.proxy.mend()
