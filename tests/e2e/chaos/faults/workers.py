"""Workers killed, frozen and put to sleep at chosen moments."""

from __future__ import annotations

import signal
from contextlib import suppress

import psutil
from sqlalchemy import select

from service.store import tables
from tests.e2e.chaos.rounds import Round, Scenario
from tests.e2e.chaos.topology import LEASE
from tests.e2e.chaos.verdict import Verdict, judge

EVERYWHERE = ("embedded", "redis", "rabbit")
MOST = ("embedded", "redis")
ONE = ("embedded",)
"""What differs little between topologies."""


def killed_in_sync(at: Round) -> None:
    a = tables.account
    for number in range(at.chance.randint(20, 80)):
        someone = at.chance.choice(at.topology.people)
        someone.receive(f"Could you answer question {number} today?", subject=f"Question {number}")
    at.release()
    at.until(lambda: at.topology.rows(select(a.c.name).where(a.c.lease_until.is_not(None))))
    at.pause(0, 0.05)
    for worker in at.topology.of("worker"):  # whichever reads: all of them
        at.kill(worker)


def killed_while_it_speaks(at: Round) -> None:
    at.release()
    worker, voice = at.until(lambda: next(((w, c) for w in at.topology.of("worker") for c in w.children("espeak")), None))
    with suppress(psutil.Error):
        voice.send_signal(signal.SIGSTOP)
    at.pause(0, 0.2)
    at.kill(worker)
    with suppress(psutil.Error):
        voice.kill()


def killed_before_the_send(at: Round) -> None:
    line = at.held(at.chance.choice(["envelope", "data"]))
    at.kill(at.holder(line))


def killed_before_the_mail_is_taken(at: Round) -> None:
    """The server has every byte and has not answered: it keeps nothing of somebody who is gone."""
    line = at.held("body")
    at.kill(at.holder(line))
    at.pause(0.02, 0.05)


def killed_in_the_doubtful_window(at: Round) -> None:
    """After the server took it, before our mark: its 250 is about to come, or has just been written."""
    _killed_in_doubt(at, proof=True)


def killed_in_the_doubtful_window_without_proof(at: Round) -> None:
    _killed_in_doubt(at, proof=False)


def _killed_in_doubt(at: Round, *, proof: bool) -> None:
    line = at.held("taken")
    worker = at.holder(line)
    if at.chance.random() < 0.5:
        since = len(at.witness.steps())
        at.witness.free()
        at.until(lambda: any(step.get("step") == "answered" for step in at.witness.steps(since)))
        at.seen["after the 250"] += 1
    at.kill(worker, proof=proof)


def killed_in_the_doubtful_window_of_a_push(at: Round) -> None:
    line = at.held("pushed")
    at.kill(at.holder(line))


def killed_anywhere(at: Round) -> None:
    at.release()
    at.pause(0, 1.2)
    at.kill(at.someone("worker"))


def frozen_until_its_lease_is_gone(at: Round) -> None:
    """In the middle of preparing; what it writes when it wakes is refused."""
    o = tables.occurrence
    at.release()
    at.until(lambda: at.topology.rows(select(o.c.id).where(o.c.state == "preparing")))
    workers = at.topology.of("worker")
    frozen = workers if at.chance.random() < 0.3 else [at.chance.choice(workers)]
    at.strike()
    for worker in frozen:
        worker.freeze()
    at.pause(LEASE + 0.5, LEASE + 2)
    for worker in frozen:
        worker.thaw()
    at.seen["refused"] = sum(w.said.count("late write refused") for w in workers)


def nothing(at: Round) -> None:
    """No fault at all: what the suite itself costs."""
    at.release()
    at.pause(0, 0.1)


def _without_a_word(at: Round) -> Verdict:
    """Where nothing fails, nobody complains."""
    verdict = judge(at.topology)
    for words in ("Traceback", "Unrecoverable", "lease lost", "late write refused"):
        if said := at.topology.said(words):
            verdict.unexplained.append(f"{words}: {said} times{at.topology.state()}")
    return verdict


SCENARIOS = (
    Scenario("no fault", nothing, EVERYWHERE, judged=_without_a_word),
    Scenario("worker killed in sync", killed_in_sync, EVERYWHERE, quick_on=MOST),
    Scenario("worker killed while it speaks", killed_while_it_speaks, EVERYWHERE, quick_on=ONE, options={"audio": True}),
    Scenario("worker killed before the send", killed_before_the_send, EVERYWHERE, quick_on=MOST),
    Scenario("worker killed before its mail is taken", killed_before_the_mail_is_taken, EVERYWHERE, quick_on=ONE),
    Scenario("worker killed in the doubtful window", killed_in_the_doubtful_window, EVERYWHERE, quick_on=MOST),
    Scenario(
        "worker killed in the doubtful window, no proof",
        killed_in_the_doubtful_window_without_proof,
        EVERYWHERE,
        quick_on=ONE,
        options={"proof": False},
    ),
    Scenario(
        "worker killed in the doubtful window of a push",
        killed_in_the_doubtful_window_of_a_push,
        EVERYWHERE,
        quick_on=ONE,
        may_end=frozenset({"sent", "unknown"}),
        options={"pushes": True, "mails": False},
    ),
    Scenario("worker killed anywhere", killed_anywhere, EVERYWHERE, options={"audio": True}),
    Scenario("worker frozen until its lease is gone", frozen_until_its_lease_is_gone, EVERYWHERE, quick_on=MOST),
)
