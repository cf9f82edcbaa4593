"""What is learned lies in the store like in memory, for its person alone; and a sync sees what the person does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.learning import NOT_URGENT, Act, KeyKind
from service.domain.people import Retention
from service.domain.rules import Condition, Consequence, Rule
from service.domain.sync import Moved, Page
from service.ports import LearningStore
from service.store import Store
from service.store.learning import PersonLearning
from service.sync import Sync
from service.triage.acts import feedback
from service.triage.background import Background
from service.triage.teaching import Teacher
from service.watching import Observer
from tests.builders import DANA, MARA, NOON, a_message, judged
from tests.integration.test_sync import LONG, Bench, Pages, page
from tests.taught import Taught


@pytest.fixture(params=["store", "memory"])
def learning(request: pytest.FixtureRequest, store: Store) -> LearningStore:
    return PersonLearning("mara", store.database, store.codec) if request.param == "store" else Taught()


def some(n: int, act: Act = Act.CORRECTED, value: str = NOT_URGENT):
    return feedback(judged(a_message(id=f"i{n}", subject="Quarterly report")), act, NOON + timedelta(days=n), value)


def test_both_keep_what_they_are_given(learning: LearningStore) -> None:
    assert learning.is_empty()
    teacher = Teacher(learning)
    assert teacher.note([some(1), some(1), some(2), some(1, Act.OPENED, "")]) == 2
    assert [one.item for one in learning.all_feedback()] == ["i1", "i1", "i2"]
    assert set(learning.acts(["i1", "i2", "i3"])) == {"i1", "i2"}
    assert {p.key.kind for p in learning.all_patterns()} == {KeyKind.SENDER, KeyKind.DOMAIN, KeyKind.WORD}
    [pattern] = learning.patterns([f"sender:{DANA.email}", "sender:nobody"]).values()
    assert pattern.tallies[0].cases == 2
    [hints] = teacher.hints([a_message(id="i1")])
    assert (hints.corrected, len(hints.patterns)) == (NOT_URGENT, 2)
    assert learning.forget() == len({"sender", "domain", "quarterly", "report"})
    assert learning.is_empty()


def test_nobody_learns_from_another(store: Store) -> None:
    Teacher(PersonLearning("zoe", store.database, store.codec)).note([some(1)])
    mine = PersonLearning("mara", store.database, store.codec)
    assert mine.is_empty()
    assert not mine.all_patterns()
    assert not mine.acts(["i1"])


def test_what_was_forgotten_is_not_learned_again(learning: LearningStore) -> None:
    teacher = Teacher(learning)
    teacher.note([some(n) for n in range(4)])
    assert teacher.learned(NOON + timedelta(days=4))
    teacher.forget_all(NOON + timedelta(days=5))
    assert teacher.note([some(n) for n in range(4)]) == 0
    assert not teacher.learned(NOON + timedelta(days=6))
    assert teacher.note([some(n) for n in range(4, 9)]) == 3


def test_a_thousand_acts_are_few_transactions(store: Store) -> None:
    teacher = Teacher(PersonLearning("mara", store.database, store.codec))
    acts = [replace(some(1, Act.OPENED, ""), item=f"o{n}") for n in range(250)]
    assert teacher.note(acts) == 0
    assert len(teacher.store.all_feedback()) == 250


def test_a_reply_changes_what_a_rule_makes_of_the_thread(store: Store) -> None:
    rule = Rule("done", Condition(thread=("answered",)), Consequence(priority="low"))
    asked = a_message(id="asked", thread_id="t", sent_at=NOON - timedelta(hours=2))
    source = Pages([page(asked)])
    bench = Bench(store, rules=(rule,), mail=source)
    teacher = Teacher(PersonLearning(bench.person.id, store.database, store.codec))
    bench.sync.background = Background(bench.person, (rule,), bench.items, teacher, bench.clock)
    bench.sync.ensure_fresh(LONG)
    assert [j.verdict.rules for j in bench.items.received(NOON - timedelta(days=1), NOON)] == [()]
    bench.clock.forward(minutes=5)
    source.steps.append(page(a_message(id="reply", sender=MARA, thread_id="t", sent_at=NOON), cursor="2"))
    bench.sync.ensure_fresh(LONG)
    [verdict] = [j.verdict for j in bench.items.received(NOON - timedelta(days=1), NOON)]
    assert (verdict.rules, verdict.priority) == (("done",), "low")


def test_what_is_older_than_the_ledger_is_let_go(store: Store) -> None:
    mine = PersonLearning("mara", store.database, store.codec)
    Teacher(mine).note([some(1)])
    while store.pruner.prune("mara", Retention(), NOON + timedelta(days=399)):
        continue
    assert not mine.is_empty()
    while store.pruner.prune("mara", Retention(), NOON + timedelta(days=403)):
        continue
    assert mine.is_empty()


def watched(store: Store, source: Pages) -> tuple[Sync, Teacher, Bench]:
    bench = Bench(store, mail=source)
    teacher = Teacher(PersonLearning(bench.person.id, store.database, store.codec))
    bench.sync.background = Background(bench.person, (), bench.items, teacher, bench.clock)
    bench.sync.observer = Observer(store.database, store.codec, teacher)
    return bench.sync, teacher, bench


def test_flags_and_folders_that_a_sync_brings_are_lessons(store: Store) -> None:
    letters = [a_message(id=f"m{n}", folder="INBOX", subject=f"{n}") for n in range(3)]
    source = Pages([page(*letters)])
    sync, teacher, bench = watched(store, source)
    sync.ensure_fresh(LONG)
    assert teacher.store.is_empty()  # how mail first arrives is not the person's doing
    bench.clock.forward(minutes=5)
    moved = [Moved(f"ref/{m.id}", f"ref/{m.id}", "2", frozenset({"seen"}), "Junk") for m in letters[:2]]
    source.steps.append(Page(tuple(moved), "2"))
    source.steps.append(page(replace(letters[2], flags=frozenset({"seen"}), folder="Junk"), cursor="3"))
    sync.ensure_fresh(LONG)
    noted = {(one.item, one.act, one.value) for one in teacher.store.all_feedback()}
    assert noted == {(f"m{n}", act, value) for n in range(3) for act, value in ((Act.OPENED, ""), (Act.MOVED, "Junk"))}
    source.steps.append(page(a_message(id="next", subject="8", sent_at=NOON), cursor="4"))
    bench.clock.forward(minutes=5)
    sync.ensure_fresh(LONG)
    [verdict] = [j.verdict for j in bench.items.received(NOON - timedelta(hours=1), NOON + timedelta(hours=1))]
    assert verdict.brain == "learned"
    assert "you moved 3 of 3" in verdict.reasons[0]
