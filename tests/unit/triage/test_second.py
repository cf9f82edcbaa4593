"""What a model may change of a verdict, with one that says what it is told to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from service.domain.verdicts import Category, Judged, Request, Span
from service.errors import BudgetExceeded, Unavailable
from service.ports import Question
from service.triage.second import read, second, weighed, worth_asking
from tests.builders import a_message, a_verdict, judged


@dataclass
class Scripted:
    """Says each of its lines in turn; an exception among them is raised."""

    script: list[Any]
    name: str = "scripted"
    asked: list[Question] = field(default_factory=list)

    def consider(self, question: Question) -> Mapping[str, Any]:
        self.asked.append(question)
        line = self.script.pop(0)
        if isinstance(line, Exception):
            raise line
        return line


def says(category: str = "urgent", urgency: float = 0.85, **more: Any) -> dict[str, Any]:
    return {"category": category, "urgency": urgency, "summary": "", "because": "the launch hangs on it"} | more


def test_the_builtin_verdict_travels_along_and_the_reply_counts() -> None:
    one, model = judged(), Scripted([says()])
    [verdict] = second([one], model).values()
    assert (verdict.category, verdict.urgency, verdict.brain) == (Category.URGENT, 0.85, "scripted")
    assert verdict.reasons == ("scripted: the launch hangs on it", *one.verdict.reasons)
    assert model.asked[0].verdict["category"] == "needs_reply"
    assert model.asked[0].text == one.message.reply_text


@pytest.mark.parametrize(
    "fields",
    [
        {"brain": "rules", "rules": ("r",)},
        {"brain": "you"},
        {"private": True},
        {"muted": True},
        {"spam": True},
        {"phishing": True},
        {"category": Category.FYI},
        {"category": Category.URGENT, "urgency": 0.95},
    ],
)
def test_what_is_decided_private_or_plain_is_never_sent(fields: dict[str, Any]) -> None:
    model = Scripted([])
    assert second([Judged(a_message(), a_verdict(**fields))], model) == {}
    assert not model.asked


def test_what_asks_something_is_worth_words() -> None:
    asks = (Request(Span("Could you sign?", 0), "sign"),)
    assert worth_asking(Judged(a_message(), a_verdict(category=Category.URGENT, urgency=0.95, requests=asks)))


@pytest.mark.parametrize(
    "said",
    [
        {},
        says("burning"),
        says(urgency=7),
        says(urgency="0.9"),
        says(urgency=True),
        says(urgency=float("nan")),
        says(because=["x"]),
        {"category": ["urgent"], "urgency": 0.9},
    ],
)
def test_nonsense_changes_nothing(said: dict[str, Any]) -> None:
    assert read(said) is None
    assert second([judged()], Scripted([said])) == {}


@pytest.mark.parametrize(
    "fields", [{"brain": "rules"}, {"priority": "urgent"}, {"brain": "you"}, {"spam": True}, {"phishing": True}]
)
def test_what_was_decided_stays(fields: dict[str, Any]) -> None:
    verdict, reply = a_verdict(**fields), read(says("fyi", 0.0))
    assert reply is not None
    assert weighed(verdict, reply, "m") == verdict


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (Category.URGENT, "promotion", Category.URGENT),
        (Category.URGENT, "needs_reply", Category.NEEDS_REPLY),
        (Category.NEEDS_REPLY, "promotion", Category.NEEDS_REPLY),
        (Category.FYI, "urgent", Category.FYI),
    ],
)
def test_a_model_moves_a_verdict_by_one_step(before: Category, said: str, after: Category) -> None:
    reply = read(says(said, 0.5))
    assert reply is not None
    assert weighed(a_verdict(category=before), reply, "m").category is after


def test_a_reply_can_do_nothing_else() -> None:
    reply = read(says(notify=["phone"], priority="urgent", tier=3, tool="mail.send", muted=True, because="a\x1b[31m\nb" * 200))
    assert reply is not None
    verdict = weighed(a_verdict(), reply, "m")
    assert (verdict.notify, verdict.priority, verdict.muted, verdict.rules) == ((), "", False, ())
    assert "\n" not in verdict.reasons[0]
    assert "\x1b" not in verdict.reasons[0]
    assert len(verdict.reasons[0]) < 300


def test_a_model_that_is_away_or_too_dear_leaves_the_rest_as_it_is() -> None:
    some = [judged(), judged(), judged(), judged()]
    model = Scripted([Unavailable("line cut"), says(), BudgetExceeded("0.50 spent")])
    assert set(second(some, model)) == {some[1].message.id}
    assert len(model.asked) == 3
