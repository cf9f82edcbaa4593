"""Judgements a second over ordinary mail, on one core, and what classifiers trained the same way get right on mail they never saw."""

from __future__ import annotations

import time

from service.domain.items import Message
from service.triage import Triage
from tests.bench.figures import Figure, report
from tests.builders import a_message, a_person
from tests.corpus import CORPUS
from tests.training.public import NOBODY, real

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


def speed() -> None:
    ordinary = [a_message(text=ORDINARY) for _ in range(2_000)]
    fast, _ = rate(Triage(a_person()), ordinary)
    report(Figure(f"judgements, ordinary mail of {len(ORDINARY)} characters", fast, None, "/s"))
    if (CORPUS / "spamassassin").exists():
        mails = [m.message for m in real()]
        fast, slowest = rate(Triage(NOBODY), mails)
        report(Figure(f"judgements, {len(mails):,} real mails", fast, None, "/s"), Figure("  slowest", slowest, None, "ms"))


def main() -> None:
    speed()
    if not (CORPUS / "spamassassin").exists():
        print(f"  no public data at {CORPUS}")
        return
    try:
        from tests.bench import triage_categories, triage_junk
    except ModuleNotFoundError as missing:
        print(f"  {missing.name} is missing, which trains and measures: make bench installs it")
        return
    corpus = triage_junk.Corpus()
    triage_categories.measure(corpus.filtering())
    triage_junk.measure(corpus)


if __name__ == "__main__":
    main()
