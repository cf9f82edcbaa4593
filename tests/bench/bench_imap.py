"""IMAP on Dovecot: a first sync beside a plain imaplib loop over the same mailbox, and a sync that finds nothing changed."""

from __future__ import annotations

import imaplib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from service.domain.items import Message
from service.domain.people import Address
from service.domain.raw import RawMessage
from service.domain.sync import Problem
from service.integrations.imap import Settings
from service.integrations.imap.source import Imap
from service.isolation import Isolated
from service.mail.reader import MEMORY_LIMIT, TIME_LIMIT, IsolatedMailReader
from service.ports import MailReader
from tests.bench.figures import Figure, report
from tests.integration.source_contract import surroundings
from tests.services.dovecot import Dovecot, MailUser

MESSAGES = 4000
BATCH = 100
BODY = "A line of some eighty characters, as people write them when they have things to say.\r\n" * 40


class Nobody:
    """Reads nothing: what is left is the protocol."""

    def read(self, raws: Iterable[RawMessage], own: frozenset[str]) -> Iterator[Message | Problem]:
        for raw in raws:
            yield Message(raw.ref, raw.account, "", raw.ref, raw.stored_at, Address(""), "", "", "")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Dovecot() as server,
        Isolated(workers=1, time_limit=TIME_LIMIT, memory_limit=MEMORY_LIMIT) as isolated,
    ):
        user = server.new_user()
        _fill(server, user)
        os.environ["MAIL_PASSWORD"] = user.password
        _plain(server, user)  # once, so that the server knows the mailbox
        plain = _rate(lambda: _plain(server, user))
        fetched = _rate(lambda: _sync(server, user, Path(folder), Nobody()))
        read = _rate(lambda: _sync(server, user, Path(folder), IsolatedMailReader(isolated)))
        nothing = _nothing_changed(server, user, Path(folder))
    report(
        Figure("imap: first sync, fetched", fetched, plain, "/s", f"imaplib, by {BATCH}"),
        Figure("imap: first sync, fetched and read", read, plain, "/s", "at least 400 /s", read >= 400),
        Figure("imap: nothing changed, with its login", nothing * 1000, unit="ms"),
    )


def _fill(server: Dovecot, user: MailUser) -> None:
    cur = server.folder_of(user) / "cur"
    for number in range(MESSAGES):
        text = (
            f"From: Dana <dana@atlas.example>\r\nTo: mara@keller.example\r\nSubject: Term sheet {number}\r\n"
            f"Date: Fri, 01 May 2026 08:{number % 60:02}:00 +0000\r\nMessage-ID: <m{number}@atlas.example>\r\n\r\n{BODY}"
        )
        (cur / f"{1_700_000_000 + number}.M{number}.host:2,S").write_bytes(text.encode())


def _plain(server: Dovecot, user: MailUser) -> int:
    """What a short script does: all bodies, in batches."""
    count = 0
    with imaplib.IMAP4("127.0.0.1", server.port) as client:
        client.login(user.name, user.password)
        client.select("INBOX", readonly=True)
        uids = client.uid("SEARCH", "ALL")[1][0].split()
        for start in range(0, len(uids), BATCH):
            answered = client.uid("FETCH", b",".join(uids[start : start + BATCH]).decode(), "(UID FLAGS BODY.PEEK[])")[1]
            count += sum(isinstance(part, tuple) for part in answered)
    return count


def _source(server: Dovecot, user: MailUser, folder: Path, reader: MailReader) -> Imap:
    fields = {"host": "127.0.0.1", "port": server.port, "user": user.name, "password": {"env": "MAIL_PASSWORD"}, "tls": "none"}
    return Imap(Settings(kind="imap", **fields), replace(surroundings(folder), read_mail=reader))


def _sync(server: Dovecot, user: MailUser, folder: Path, reader: MailReader) -> int:
    return sum(len(page.changes) for page in _source(server, user, folder, reader).pages(None, {}))


def _nothing_changed(server: Dovecot, user: MailUser, folder: Path) -> float:
    """Seconds, the best of five."""
    source = _source(server, user, folder, Nobody())
    cursor = [page.cursor for page in source.pages(None, {})][-1]
    best = 60.0
    for _ in range(5):
        began = time.perf_counter()
        assert not any(page.changes for page in source.pages(cursor, {}))
        best = min(best, time.perf_counter() - began)
    return best


def _rate(read: Callable[[], int]) -> float:
    """Messages a second, the best of three."""
    best = 0.0
    for _ in range(3):
        began = time.perf_counter()
        count = read()
        assert count == MESSAGES, count
        best = max(best, count / (time.perf_counter() - began))
    return best


if __name__ == "__main__":
    main()
