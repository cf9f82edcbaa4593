"""How rightly mail is read (`mail_quality`), and messages a second, against libraries in the same run."""

from __future__ import annotations

import email
import email.policy
import resource
import tarfile
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from service.domain.raw import RawMessage
from service.isolation import Isolated
from service.mail.message import read_message
from service.mail.reader import MEMORY_LIMIT, TIME_LIMIT, IsolatedMailReader
from service.triage import Triage
from tests.bench import mail_quality
from tests.bench.figures import Figure, report
from tests.builders import a_person
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


def to_verdict() -> Callable[[bytes], object]:
    triage = Triage(a_person())
    return lambda data: triage.judge(ours(data))  # type: ignore[arg-type]


def rates(works: Sequence[Callable[[bytes], object]], items: list[bytes]) -> list[tuple[float, float]]:
    """Of each work: messages a second of processor time (the best of some rounds, taken in turns), and the slowest message in
    milliseconds (its best round, so that what the machine did meanwhile does not count).
    """
    best, worst = [0.0] * len(works), [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for number, work in enumerate(works):
            slowest, began = 0.0, time.process_time()
            for item in items:
                started = time.process_time()
                try:
                    work(item)
                except Exception:
                    continue
                finally:
                    slowest = max(slowest, time.process_time() - started)
            best[number] = max(best[number], len(items) / (time.process_time() - began))
            worst[number] = min(worst[number], slowest)
    return [(rate, slowest * 1000) for rate, slowest in zip(best, worst, strict=True)]


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
    mail_quality.main(CORPUS, standard_library)
    archive = CORPUS / "spamassassin" / "mails.tar.xz"
    if not archive.exists():
        print(f"  no mails at {archive}")
        return
    items = mails(archive)
    (mine, my_worst), (peer, peer_worst), (chain, chain_worst) = rates((ours, standard_library, to_verdict()), items)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rates((ours,), items)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"  {len(items)} real mails, {sum(map(len, items)) / 1e6:.1f} MB")
    report(
        Figure("mail, bytes to Message, one core", mine, peer, "/s", "email policy.default"),
        Figure("  slowest message", my_worst, peer_worst, "ms", "≤ 250", my_worst <= 250),
        Figure("mail, bytes to verdict, one core", chain, peer, "/s", "≥ 1,500 on a core of its own", chain >= 1_500),
        Figure("  slowest message", chain_worst, peer_worst, "ms", "≤ 250", chain_worst <= 250),
        Figure("  through the child process, wall clock", isolated(items), None, "/s"),
        Figure(f"  memory grown over {ROUNDS} rounds", grown / 1024, None, "MB", "flat"),
    )


if __name__ == "__main__":
    main()
