"""The report judges each mail by what was known before it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from service.domain.learning import NOT_URGENT, Act, Feedback, Key, KeyKind, Pattern
from service.domain.verdicts import Category
from service.triage.prequential import interval, report
from tests.builders import NOON, a_person

KEY = Key(KeyKind.SENDER, "dana@atlas.example", "Dana")
ZONE = a_person().zone


def act(
    n: int, act: Act = Act.CORRECTED, value: str = NOT_URGENT, after: float = 1.0, said: Category = Category.URGENT
) -> Feedback:
    received = NOON + timedelta(days=n)
    return Feedback(f"i{n}", act, received + timedelta(hours=after), said, (KEY,), value, asked=True, received_at=received)


def test_the_first_three_are_wrong_and_the_next_are_right() -> None:
    found = report([act(n) for n in range(5)], (), ZONE)
    assert (found.whole.cases, found.whole.builtin, found.whole.learned) == (5, 0, 2)
    assert (found.whole.helped, found.whole.hurt) == (2, 0)
    assert found.confusion[Category.NEEDS_REPLY, Category.URGENT] == 3
    assert found.confusion_builtin[Category.NEEDS_REPLY, Category.URGENT] == 5
    assert set(found.months) == {"2026-05"}
    assert found.by_word.cases == 5


def test_a_mail_is_not_judged_by_what_was_said_after_it_came() -> None:
    late = [act(n, after=24 * 30) for n in range(5)]
    assert report(late, (), ZONE).whole.learned == 0


def test_an_item_counts_once_by_all_its_acts() -> None:
    found = report([act(1, Act.OPENED, ""), act(1, Act.IGNORED, ""), act(1, value="urgent")], (), ZONE)
    assert (found.whole.cases, found.whole.builtin) == (1, 1)
    assert report([act(1, Act.OPENED, "")], (), ZONE).whole.cases == 0


def test_what_was_taken_back_counts_no_more() -> None:
    taken_back = Pattern(KEY, NOON, forgotten_at=NOON + timedelta(days=3, hours=12))
    assert report([act(n) for n in range(6)], [taken_back], ZONE).whole.learned == 1
    assert report([act(n) for n in range(9)], [taken_back], ZONE).whole.learned == 3  # from the fourth after it on


def test_learning_that_hurts_is_said() -> None:
    found = report([*(act(n) for n in range(3)), act(4, value="urgent")], (), ZONE)
    assert (found.whole.helped, found.whole.hurt) == (0, 1)


@pytest.mark.parametrize(("right", "cases", "low", "high"), [(0, 0, 0, 1), (8, 10, 0.490, 0.943), (10, 10, 0.722, 1.0)])
def test_intervals_are_wilsons(right: int, cases: int, low: float, high: float) -> None:
    assert interval(right, cases) == pytest.approx((low, high), abs=0.001)


def test_months_are_those_of_the_person() -> None:
    eve = datetime(2026, 5, 31, 22, 30, tzinfo=NOON.tzinfo)
    one = Feedback("i", Act.CORRECTED, eve, Category.URGENT, (KEY,), NOT_URGENT, received_at=eve)
    assert set(report([one], (), ZONE).months) == {"2026-06"}
