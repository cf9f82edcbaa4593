"""Judgements a second over ordinary mail, on one core, and what they get right."""

from __future__ import annotations

import json
import tarfile
import time

from service.domain.items import Message
from service.domain.people import Person
from service.domain.raw import RawMessage
from service.mail.message import read_message
from service.triage import Triage
from tests.bench.figures import Figure, report
from tests.builders import NOON, a_message, a_person
from tests.corpus import CORPUS

ORDINARY = """Hi Mara,

Thanks for the call yesterday. The supplier contract is with our lawyers, and they expect to be done on Thursday.
Could you send me the signed term sheet by Friday? I'll forward it to the bank the same day.

The board meets on 20 May at 10:00 CET, and the deck should go out two days before. Finn has the latest figures; he said
that revenue is up and that the two open positions are filled. Let me know if the agenda works for you.

Best,
Dana
"""


def rate(triage: Triage, messages: list[Message]) -> tuple[float, float]:
    """Judgements a second of processor time, and the slowest one in milliseconds."""
    slowest = 0.0
    started = time.process_time()
    for message in messages:
        before = time.process_time()
        triage.judge(message)
        slowest = max(slowest, time.process_time() - before)
    return len(messages) / (time.process_time() - started), slowest * 1000


def real_mail() -> list[tuple[str, Message]]:
    labels = {row["file"]: row["label"] for row in map(json.loads, (CORPUS / "spamassassin" / "labels.jsonl").open())}
    with tarfile.open(CORPUS / "spamassassin" / "mails.tar.xz") as archive:
        return [
            (labels[member.name], read_message(RawMessage(file.read(), "a", member.name, NOON), frozenset()))
            for member in archive
            if (file := archive.extractfile(member)) and member.name in labels
        ]


def main() -> None:
    ordinary = [a_message(text=ORDINARY) for _ in range(2_000)]
    speed, _ = rate(Triage(a_person()), ordinary)
    report(Figure(f"judgements, ordinary mail of {len(ORDINARY)} characters", speed, None, "/s"))
    if not (CORPUS / "spamassassin").exists():
        print(f"  no public data at {CORPUS}")
        return
    mails = real_mail()
    triage = Triage(Person("me", "Some Body", ("nobody@nowhere.example",)))
    speed, slowest = rate(triage, [m for _, m in mails])
    said = [(label == "spam", triage.judge(m).spam) for label, m in mails]
    hits = sum(right and flagged for right, flagged in said)
    report(
        Figure(f"judgements, {len(mails):,} real mails", speed, None, "/s"),
        Figure("  slowest", slowest, None, "ms"),
        Figure("  junk F1, this corpus among its sources", 2 * hits / sum(map(sum, said))),
    )


if __name__ == "__main__":
    main()
