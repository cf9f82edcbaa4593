"""A first sync of an mbox, through the reader in its child process, to verdicts in a store on disk; and a second one."""

from __future__ import annotations

import email
import email.policy
import os
import tarfile
import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import psutil

from service.bootstrap import House, open_house
from service.logs import configure
from service.settings.server import load_server
from service.sync import Progress
from tests.bench.figures import Figure, report
from tests.corpus import CORPUS

MESSAGES = 10_000
DISTINCT = 2_500  # from here on the public mails repeat themselves
MOST_MEMORY = 300  # MB, parent and child together
CONFIG = """me: {name: Mara Keller, emails: [mara@keller.example], timezone: Europe/Zurich}
sources: [{kind: mbox, path: Inbox, name: mail}]
"""
PARAGRAPH = "A line of some eighty characters, as people write them when they have things to say.\n"
LETTER = """From: Dana Whitfield <dana{writer}@atlas.example>
To: Mara Keller <mara@keller.example>
Subject: Term sheet {number}
Date: Fri, 1 May 2026 08:{minute:02}:00 +0200
Message-ID: <m{number}@atlas.example>
Content-Type: text/plain; charset=utf-8

Hi Mara, could you send me the signed term sheet {number} by Friday?

{body}
"""


def letters(count: int = MESSAGES) -> Iterator[bytes]:
    """Public mails, again and again with another Message-ID and a last line of their own; made-up ones without them."""
    archive = CORPUS / "spamassassin" / "mails.tar.xz"
    found = _real(archive) if archive.exists() else None
    for number in range(count):
        if found is None:
            filled = LETTER.format(writer=number % 400, number=number, minute=number % 60, body=PARAGRAPH * 20)
            yield filled.encode()
        else:
            yield _varied(found[number % len(found)], number // len(found))


def _real(archive: Path) -> list[bytes]:
    with tarfile.open(archive) as tar:
        return [file.read() for member in sorted(tar, key=lambda m: m.name) if (file := tar.extractfile(member))]


def _varied(data: bytes, round: int) -> bytes:
    head, blank, body = data.partition(b"\n\n")
    if head.startswith(b"From "):
        head = head.partition(b"\n")[2]
    head = head.replace(b"Message-Id: <", b"Message-ID: <%d." % round).replace(b"Message-ID: <", b"Message-ID: <%d." % round)
    return head + blank + body.rstrip(b"\n") + b"\n%d\n" % round


def standard_library(items: list[bytes]) -> list[float]:
    """Seconds for each mail with `policy.default` alone: parsed, five headers, the body, the list of parts. Nothing is kept."""
    took = []
    for data in items:
        began = time.perf_counter()
        with suppress(Exception):  # some of these mails are too much for it
            message = email.message_from_bytes(data, policy=email.policy.default)
            _ = [str(message[name]) for name in ("subject", "from", "to", "date", "message-id")]
            body = message.get_body(("plain", "html"))
            _ = body.get_content() if body is not None else "", [part.get_content_type() for part in message.walk()]
        took.append(time.perf_counter() - began)
    return took


@dataclass
class Watched:
    """Memory of this process and its children in MB, looked at with every page."""

    seen: list[float] = field(default_factory=list)

    def __call__(self, _: Progress) -> None:
        me = psutil.Process()
        self.seen.append(sum(p.memory_info().rss for p in (me, *me.children(recursive=True))) / 1e6)

    @property
    def growth(self) -> float:
        """From the first third's peak to the last third's."""
        third = max(1, len(self.seen) // 3)
        return max(self.seen[-third:]) - max(self.seen[:third])


def write_mbox(path: Path, items: list[bytes]) -> None:
    with path.open("wb") as box:
        for data in items:
            box.write(
                b"From x@y.example Fri May  1 08:00:00 2026\n" + data.replace(b"\nFrom ", b"\n>From ").rstrip(b"\n") + b"\n\n"
            )


def opened(folder: Path) -> House:
    file = folder / "reveille.yaml"
    file.write_text(CONFIG, encoding="utf-8")
    house = open_house(load_server(file))
    house.store.accounts.register(house.config.person.id, {s.name: s.kind for s in house.config.sources})
    return house


def _synced(folder: Path, watched: Watched) -> float:
    with opened(folder) as house:
        house.progress = watched
        began = time.perf_counter()
        house.sync.run("mail")
        took = time.perf_counter() - began
        account = house.store.accounts.all(house.config.person.id)[0]
        print(f"  {account.items:,} messages held, {len(account.problems)} problems, health {account.health.value}")
        return took


def prepare(folder: Path) -> tuple[list[float], float]:
    """Writes the mbox; returns the peer's seconds for each mail, in order of size, and its processor time a mail."""
    warnings.simplefilter("ignore")
    items = list(letters())
    write_mbox(folder / "Inbox", items)
    busy = time.process_time()
    peer = sorted(standard_library(items[:DISTINCT]))
    return peer, (time.process_time() - busy) / len(peer)


def main() -> None:
    warnings.simplefilter("ignore")
    configure(level="warning")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with ProcessPoolExecutor(1, get_context("spawn")) as elsewhere:  # so that this process holds no mail of its own
            peer, busy = elsewhere.submit(prepare, folder).result()
        whole, usual = len(peer) / sum(peer), (len(peer) - 1) / sum(peer[:-1])
        watched, began = Watched(), os.times()
        took = _synced(folder, watched)
        ended = os.times()
        again = _synced(folder, Watched())
    used = ended.user + ended.system - began.user - began.system, ended.children_user - began.children_user
    rate = MESSAGES / took
    report(
        Figure(
            f"first sync of {MESSAGES:,} messages, mbox to store",
            rate,
            whole,
            "/s",
            "faster than email policy.default",
            rate > whole,
        ),
        Figure("  the peer without the one mail it takes two seconds for", rate, usual, "/s"),
        Figure("  processor time a message, both processes", sum(used) / MESSAGES * 1e3, busy * 1e3, "ms", "on two cores"),
        Figure("  whole sync", took, None, "s", f"CPU {used[0]:.1f} s here, {used[1]:.1f} s in the child"),
        Figure(
            "  peak memory, parent and child", max(watched.seen), None, "MB", f"≤ {MOST_MEMORY}", max(watched.seen) <= MOST_MEMORY
        ),
        Figure("  memory grown, first third to last", watched.growth, None, "MB", "flat"),
        Figure(f"second sync, {MESSAGES:,} unchanged", again * 1000, None, "ms", "no body read"),
    )


if __name__ == "__main__":
    main()
