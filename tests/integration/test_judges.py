"""Judging in a process that can be killed says the same as judging here."""

from __future__ import annotations

from datetime import timedelta

from service.domain.verdicts import Category, Relation
from service.isolation import Isolated
from service.triage import Triage
from service.triage.judges import InlineJudges, IsolatedJudges
from tests.builders import a_message, a_person

MEMORY = 1 << 30


def test_both_say_the_same() -> None:
    triage = Triage(a_person())
    cases = [(a_message(text=f"Could you send me draft {n} by Friday?"), Relation(received=n)) for n in range(60)]
    with Isolated(time_limit=timedelta(seconds=10), memory_limit=MEMORY) as isolated:
        assert IsolatedJudges(triage, isolated).judge(cases) == InlineJudges(triage).judge(cases)


def test_what_hangs_its_judge_is_for_information_and_the_others_are_judged() -> None:
    triage = Triage(a_person())
    cases = [(a_message(), Relation()), (Hangs(), Relation()), (a_message(), Relation())]
    with Isolated(time_limit=timedelta(seconds=1), memory_limit=MEMORY) as isolated:
        first, hung, last = IsolatedJudges(triage, isolated).judge(cases)  # type: ignore[arg-type]
    assert first.requests == last.requests != ()
    assert (hung.category, hung.reasons, hung.brain) == (Category.FYI, ("could not be judged: took longer than 1 s",), "none")


class Hangs:
    """Stands for a message on which some pattern never ends."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        while True:
            pass
