"""Messages a second, bytes to `Message`, against the standard library in the same run."""

from __future__ import annotations

import email
import email.policy
import resource
import tarfile
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from service.domain.raw import RawMessage
from service.isolation import Isolated
from service.mail.message import read_message
from service.mail.reader import MEMORY_LIMIT, TIME_LIMIT, IsolatedMailReader
from tests.bench.figures import Figure, report
from tests.corpus import CORPUS

STORED = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
ROUNDS = 3


def mails(archive: Path) -> list[bytes]:
    with tarfile.open(archive) as tar:
        return [file.read() for member in sorted(tar, key=lambda m: m.name) if (file := tar.extractfile(member))]


def standard_library(data: bytes) -> object:
    """The peer's work: `policy.default`, five headers, the body and the list of parts."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    headers = [str(message[name]) for name in ("subject", "from", "to", "date", "message-id")]
    body = message.get_body(("plain", "html"))
    return headers, body.get_content() if body is not None else "", [part.get_content_type() for part in message.walk()]


def ours(data: bytes) -> object:
    return read_message(RawMessage(data, "mail", "ref", STORED), frozenset())


def rate(work: Callable[[bytes], object], items: list[bytes]) -> tuple[float, float]:
    """Messages a second of processor time (the best of some rounds), and the slowest message in milliseconds."""
    best, worst = 0.0, float("inf")
    for _ in range(ROUNDS):
        slowest, began = 0.0, time.process_time()
        for item in items:
            started = time.process_time()
            try:
                work(item)
            except Exception:
                continue
            finally:
                slowest = max(slowest, time.process_time() - started)
        best, worst = max(best, len(items) / (time.process_time() - began)), min(worst, slowest)
    return best, worst * 1000


def isolated(items: list[bytes]) -> float:
    raws = [RawMessage(data, "mail", "ref", STORED) for data in items]
    with Isolated(time_limit=TIME_LIMIT, memory_limit=MEMORY_LIMIT) as pool:
        reader = IsolatedMailReader(pool)
        list(reader.read(raws[:1], frozenset()))
        began = time.perf_counter()
        count = sum(1 for _ in reader.read(raws, frozenset()))
        return count / (time.perf_counter() - began)


def main() -> None:
    warnings.simplefilter("ignore")
    archive = CORPUS / "spamassassin" / "mails.tar.xz"
    if not archive.exists():
        print(f"  no mails at {archive}")
        return
    items = mails(archive)
    peer, peer_worst = rate(standard_library, items)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    mine, my_worst = rate(ours, items)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"  {len(items)} real mails, {sum(map(len, items)) / 1e6:.1f} MB")
    report(
        Figure("mail, bytes to Message, one core", mine, peer, "/s", "email policy.default"),
        Figure("  slowest message", my_worst, peer_worst, "ms"),
        Figure("  through the child process, wall clock", isolated(items), None, "/s"),
        Figure(f"  memory grown over {ROUNDS} rounds", grown / 1024, None, "MB", "flat"),
    )


if __name__ == "__main__":
    main()
