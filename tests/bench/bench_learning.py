"""How much learning from a person helps, on made-up people (`inboxes.py`): each mail judged before it is learned from.

Set BENCH_PEERS to an interpreter that has `river` for peers that learn online over the same cases.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from service.domain.learning import Act, Feedback, KeyKind
from service.domain.verdicts import Category
from service.triage import Triage
from service.triage.acts import feedback as noted
from service.triage.lessons import lesson
from service.triage.prequential import Report
from service.triage.prequential import report as made
from service.triage.teaching import Teacher
from tests.bench.figures import Figure, report
from tests.bench.inboxes import feedback
from tests.builders import a_message, a_person, a_verdict, judged
from tests.taught import Taught

PEOPLE = 40
UTC = ZoneInfo("UTC")
PEERS = os.environ.get("BENCH_PEERS", sys.executable)


def main() -> None:
    people = [list(feedback(seed)) for seed in range(PEOPLE)]
    began = time.process_time()
    reports = [made(person, (), UTC) for person in people]
    ours = time.process_time() - began
    cases = sum(r.whole.cases for r in reports)
    builtin, learned = (sum(getattr(r.whole, name) for r in reports) / cases for name in ("builtin", "learned"))
    low, high = _gain(reports)
    report(
        Figure(
            f"wrong on {PEOPLE} made-up people; without learning",
            100 * (1 - learned),
            100 * (1 - builtin),
            "%",
            "below",
            learned > builtin,
        ),
        Figure("  gain, low end of 95 %", 100 * low, None, "points", "above 0", low > 0),
        Figure("  gain, high end", 100 * high, None, "points"),
        Figure(
            "  helped for each that it hurt", sum(r.whole.helped for r in reports) / max(1, sum(r.whole.hurt for r in reports))
        ),
        Figure("  people for whom it was worse", sum(r.whole.learned < r.whole.builtin for r in reports)),
    )
    for month in range(4):
        score = [r.months[m] for r in reports for m in sorted(r.months)[month : month + 1]]
        right, of = sum(s.learned for s in score), sum(s.cases for s in score)
        before = 100 * (1 - sum(s.builtin for s in score) / of)
        report(Figure(f"  month {month + 1}: wrong; without learning", 100 * (1 - right / of), before, "%"))
    _peers(people, learned, cases, cases / ours)
    _costs()


def _gain(reports: list[Report]) -> tuple[float, float]:
    """People drawn again, not mails: those of one person are not independent."""
    random, gains = Random(1), []
    for _ in range(2_000):
        some = random.choices(reports, k=len(reports))
        gains.append(sum(r.whole.learned - r.whole.builtin for r in some) / sum(r.whole.cases for r in some))
    gains.sort()
    return gains[50], gains[1949]


def _peers(people: list[list[Feedback]], learned: float, cases: int, rate: float) -> None:
    lines = "\n".join(json.dumps([_plain(one) for one in sorted(p, key=lambda o: o.received_at or o.at)]) for p in people)
    script = Path(__file__).with_name("learning_peers.py")
    done = subprocess.run([PEERS, str(script)], input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  no peers: {done.stderr.strip().splitlines()[-1]}; set BENCH_PEERS to an interpreter that has river")
        return
    for line in done.stdout.splitlines():
        peer = json.loads(line)
        report(
            Figure(f"wrong; {peer['name']}", 100 * (1 - learned), 100 * (1 - sum(peer["right"]) / cases), "%"),
            Figure("  cases judged and learned", rate, cases / peer["seconds"], "/s"),
        )


def _plain(one: Feedback) -> dict[str, object]:
    said = lesson([one])
    assert said is not None
    assert one.received_at is not None
    return {
        "received": one.received_at.timestamp(),
        "done": one.at.timestamp(),
        "keys": [k.text for k in one.keys],
        "said": one.said.value,
        "meant": said.meant.value,
    }


def _costs() -> None:
    """What learning adds to a judgement, with a sender, a domain and words that have been learned of."""
    teacher, triage = Teacher(Taught()), Triage(a_person())
    for n in range(60):
        one = judged(a_message(subject="Quarterly report on hiring"), a_verdict(category=Category.NEEDS_REPLY))
        teacher.note([noted(one, Act.CORRECTED, one.message.at, "fyi" if n % 3 else "urgent")])
    message = a_message(subject="Quarterly report on hiring")
    [hints] = teacher.hints([message])
    assert {p.key.kind for p in hints.patterns} >= {KeyKind.SENDER, KeyKind.WORD}
    now = message.at
    seconds = {}
    for name, given in (("without", ()), ("with", (hints,))):
        began = time.process_time()
        for _ in range(2_000):
            triage.judge(message, hints=given[0], now=now) if given else triage.judge(message)
        seconds[name] = (time.process_time() - began) / 2_000
    report(Figure("a judgement, with hints and without", seconds["with"] * 1e6, seconds["without"] * 1e6, "µs"))


if __name__ == "__main__":
    main()
