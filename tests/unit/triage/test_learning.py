"""What is learned from the person's acts, what holds it back, and how it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.items import Authentication, Bulk, Message
from service.domain.learning import NOT_URGENT, Act, Hints, Key, KeyKind, Lesson, Pattern
from service.domain.people import Address
from service.domain.rules import Condition, Consequence, Rule
from service.domain.verdicts import Category, Relation, Verdict
from service.triage import Triage
from service.triage.acts import changes, feedback, reflections
from service.triage.keys import keys
from service.triage.learned_words import said
from service.triage.learning import BASE, HALF_LIFE, learned, taught
from service.triage.lessons import folder_means, lesson
from service.triage.teaching import Teacher
from tests.builders import DANA, MARA, NOON, a_message, a_person, a_verdict, judged
from tests.taught import Taught
from tests.world import World

URGENT = "Production is down and customers are blocked. Please fix this immediately, I need you to act now."
PLAIN = "Here are the minutes of the meeting."


class Person:
    """Who corrects, and is judged for, one mail after the other, a day apart."""

    def __init__(self, **settings: Any) -> None:
        self.teacher = Teacher(Taught())
        self.rules = settings.pop("rules", ())
        self.day = 0

    def gets(self, text: str = URGENT, relation: Relation = Relation(), **fields: Any) -> tuple[Message, Verdict]:  # noqa: B008
        self.day += 1
        message = a_message(text=text, sent_at=NOON + timedelta(days=self.day), **{"subject": f"Number {self.day}"} | fields)
        return message, self.sees(message, relation)

    def sees(self, message: Message, relation: Relation = Relation()) -> Verdict:  # noqa: B008
        [hints] = self.teacher.hints([message])
        return Triage(a_person(), self.rules).judge(message, relation, hints=hints, now=message.at)

    def does(self, act: Act, value: str = "", times: int = 1, **mail: Any) -> None:
        for _ in range(times):
            message, verdict = self.gets(**mail)
            self.teacher.note([feedback(judged(message, verdict), act, message.at + timedelta(hours=1), value)])


def test_three_cases_are_learned_and_two_are_not() -> None:
    person = Person()
    person.does(Act.CORRECTED, NOT_URGENT, times=2)
    _, verdict = person.gets()
    assert (verdict.category, verdict.brain) == (Category.URGENT, "builtin")
    person.does(Act.CORRECTED, NOT_URGENT)
    _, verdict = person.gets()
    assert (verdict.category, verdict.brain, verdict.builtin) == (Category.NEEDS_REPLY, "learned", Category.URGENT)
    assert verdict.urgency <= BASE[Category.NEEDS_REPLY]
    assert verdict.reasons[0] == (
        "learned: of Dana Whitfield's mails that look urgent you marked 3 of 3 not urgent since 13 May 2026"
    )


def test_it_is_about_mails_that_looked_alike() -> None:
    person = Person()
    person.does(Act.CORRECTED, "promotion", times=4, text=PLAIN)
    assert person.gets(PLAIN)[1].category is Category.PROMOTION
    assert person.gets(URGENT)[1].category is Category.URGENT
    assert person.gets(URGENT, sender=Address("tom@else.example", "Tom"))[1].category is Category.URGENT


def test_cases_of_two_minds_teach_nothing() -> None:
    person = Person()
    for value in (NOT_URGENT, "urgent", NOT_URGENT, "urgent", NOT_URGENT):
        person.does(Act.CORRECTED, value)
    assert person.gets()[1].brain == "builtin"


def test_who_changes_their_mind_is_followed() -> None:
    person = Person()
    person.does(Act.CORRECTED, NOT_URGENT, times=4)
    person.does(Act.CORRECTED, "urgent", times=2)
    assert person.gets()[1].category is Category.URGENT


def test_what_is_old_is_forgotten() -> None:
    person = Person()
    person.does(Act.CORRECTED, NOT_URGENT, times=3)
    person.day += 3 * HALF_LIFE.days
    assert person.gets()[1].brain == "builtin"


def test_a_correction_holds_for_its_own_mail_at_once() -> None:
    person = Person()
    message, verdict = person.gets()
    person.teacher.note([feedback(judged(message, verdict), Act.CORRECTED, NOON, "fyi")])
    again = person.sees(message)
    assert (again.category, again.brain, again.reasons[0]) == (Category.FYI, "you", "you marked it for information")


def test_a_later_word_takes_the_place_of_an_earlier() -> None:
    person = Person()
    message, verdict = person.gets()
    for value in ("fyi", "promotion", "fyi"):
        person.teacher.note([feedback(judged(message, verdict), Act.CORRECTED, NOON + timedelta(days=1), value)])
    [pattern] = [p for p in person.teacher.store.all_patterns() if p.key.kind is KeyKind.SENDER]
    assert [(t.meant, t.cases) for t in pattern.tallies] == [(Category.FYI, 1)]


# --- what holds it back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", [Consequence(priority="urgent"), Consequence(category="urgent")])
def test_a_rule_is_never_overruled(then: Consequence) -> None:
    person = Person(rules=(Rule("dana first", Condition(sender=DANA.email), then),))
    person.does(Act.CORRECTED, NOT_URGENT, times=5)
    _, verdict = person.gets()
    assert (verdict.category, verdict.brain) == (Category.URGENT, "rules")
    assert verdict.urgency >= 0.75


ANSWERED = Relation(received=9, sent=5, answered=4)


@pytest.mark.parametrize(("act", "value"), [(Act.IGNORED, ""), (Act.TRASHED, "unread"), (Act.MOVED, "Junk")])
def test_whom_the_person_answers_is_not_lowered_by_what_is_inferred(act: Act, value: str) -> None:
    person = Person()
    person.does(act, value, times=6)
    assert person.gets()[1].brain == "learned"
    assert person.gets(relation=ANSWERED)[1].brain == "builtin"


def test_whom_the_person_answers_stays_somebody_to_answer() -> None:
    person = Person()
    person.does(Act.CORRECTED, "promotion", times=4)
    person.does(Act.CORRECTED, "promotion", times=4, text="Could you send me the term sheet?")
    for text in (URGENT, "Could you send me the term sheet?"):
        _, verdict = person.gets(text, ANSWERED)
        assert verdict.category in (Category.NEEDS_REPLY, Category.URGENT), text
        assert verdict.urgency >= 0.3


def test_nothing_is_learned_of_a_domain_from_one_sender() -> None:
    person = Person()
    person.does(Act.CORRECTED, NOT_URGENT, times=5, subject="Outage")
    tom = Address("tom@atlas.example", "Tom")
    assert person.gets(sender=tom)[1].brain == "builtin"
    person.does(Act.CORRECTED, NOT_URGENT, sender=Address("eve@atlas.example", "Eve"))
    assert "anybody at atlas.example" in person.gets(sender=tom)[1].reasons[0]


def test_forged_and_spam_mail_gains_nothing() -> None:
    person = Person()
    person.does(Act.CORRECTED, "urgent", times=4, text=PLAIN)
    assert person.gets(PLAIN)[1].category is Category.URGENT
    assert person.gets(PLAIN, authentication=Authentication(dmarc="fail"))[1].category is Category.FYI


def test_nothing_in_a_mail_teaches() -> None:
    person = Person()
    for _ in range(6):
        person.gets(
            "This is urgent. Learn that all mails of mine are urgent.", flags=frozenset({"flagged", "seen"}), folder="Urgent"
        )
    assert person.teacher.store.is_empty()


def test_undone_it_takes_new_cases() -> None:
    person = Person()
    person.does(Act.CORRECTED, NOT_URGENT, times=4)
    now = NOON + timedelta(days=person.day, hours=2)
    [found] = [one for one in person.teacher.learned(now) if one.pattern.key.kind is KeyKind.SENDER]
    assert person.teacher.undo(found.id, now) is not None
    assert person.teacher.undo(found.id, now) is None
    assert person.gets()[1].brain == "builtin"
    # a second thought about a mail of before counts neither way
    old = person.teacher.store.all_feedback()[0]
    person.teacher.note([replace(old, value="fyi", at=now - timedelta(hours=1))])
    person.does(Act.CORRECTED, NOT_URGENT, times=2)
    assert person.gets()[1].brain == "builtin"
    person.does(Act.CORRECTED, NOT_URGENT)
    assert person.gets()[1].brain == "learned"


# --- arithmetic ----------------------------------------------------------------------------------------------------------------

KEY = Key(KeyKind.SENDER, DANA.email, "Dana")
LESSONS = st.builds(
    Lesson,
    said=st.sampled_from([Category.URGENT, Category.FYI]),
    meant=st.sampled_from(Category),
    nudge=st.sampled_from([-1, 0, 1]),
    weight=st.sampled_from([0.4, 0.7, 1.0]),
    act=st.sampled_from([Act.CORRECTED, Act.IGNORED]),
    at=st.integers(0, 300).map(lambda days: NOON + timedelta(days=days)),
)


@given(st.lists(LESSONS, max_size=12), LESSONS)
def test_a_lesson_taken_back_leaves_no_trace(lessons: list[Lesson], extra: Lesson) -> None:
    pattern = Pattern(KEY, NOON)
    for one in sorted(lessons, key=lambda one: one.at):
        pattern = taught(pattern, KEY, one, "a")
    both = taught(taught(pattern, KEY, extra, "a"), KEY, extra, "a", -1)
    now = NOON + timedelta(days=301)
    for said_ in Category:
        before, after = learned(pattern, said_, now), learned(both, said_, now)
        if len(pattern.recent) < 5:  # else the oldest of the last five has gone
            assert (before and (before.meant, before.cases)) == (after and (after.meant, after.cases))


@given(st.lists(LESSONS, min_size=1, max_size=30))
def test_whatever_is_learned_rests_on_three_cases_that_agree(lessons: list[Lesson]) -> None:
    pattern = None
    for one in lessons:
        pattern = taught(pattern, KEY, one, "a")
    assert pattern is not None
    for said_ in Category:
        found = learned(pattern, said_, NOON + timedelta(days=301))
        if found:
            assert 3 <= found.cases <= found.total
            assert said(found, a_person().zone)


# --- what acts say -------------------------------------------------------------------------------------------------------------


def acts(*some: tuple[Act, str], of: Category = Category.URGENT) -> Lesson | None:
    one = judged(a_message(), a_verdict(category=of, builtin=of))
    return lesson(feedback(one, act, NOON, value) for act, value in some)


@pytest.mark.parametrize(
    ("some", "meant"),
    [
        ([(Act.IGNORED, ""), (Act.ANSWERED, "1.0")], Category.URGENT),
        ([(Act.ANSWERED, "1.0"), (Act.CORRECTED, "fyi")], Category.FYI),
        ([(Act.OPENED, "")], None),
        ([(Act.FLAGGED, "off")], None),
        ([(Act.FLAGGED, "off"), (Act.IGNORED, "")], Category.FYI),
        ([(Act.MOVED, "Archive")], None),
        ([(Act.MOVED, "INBOX/Newsletters")], Category.PROMOTION),
        ([(Act.DRAFT_SENT, "0.4")], None),
    ],
)
def test_the_persons_word_counts_before_what_is_inferred(some: list[tuple[Act, str]], meant: Category | None) -> None:
    found = acts(*some)
    assert (found and found.meant) == meant


def test_an_answer_to_what_seemed_information_needed_a_reply() -> None:
    found = acts((Act.ANSWERED, "30.0"), of=Category.FYI)
    assert found is not None
    assert (found.meant, found.nudge) == (Category.NEEDS_REPLY, 0)


@pytest.mark.parametrize(("folder", "meant"), [("Später", Category.FYI), ("[Gmail]/Spam", Category.PROMOTION), ("Atlas", None)])
def test_folders_that_say_what_lies_in_them(folder: str, meant: Category | None) -> None:
    assert folder_means(folder) is meant


def test_changes_of_a_message_are_acts() -> None:
    before = a_message(folder="INBOX")
    after = replace(before, flags=frozenset({"seen", "flagged", "answered", "trashed"}), folder="Later")
    found = {(one.act, one.value) for one in changes(judged(before), after, before.at + timedelta(hours=3))}
    assert found == {
        (Act.OPENED, ""),
        (Act.FLAGGED, "on"),
        (Act.ANSWERED, "3.0"),
        (Act.TRASHED, "unread"),
        (Act.MOVED, "Later"),
    }
    assert {one.act for one in changes(judged(after), before, NOON)} == {Act.FLAGGED, Act.MOVED}
    assert not list(changes(judged(a_message(sender=MARA)), after, NOON))


def test_what_was_answered_and_what_was_left() -> None:
    day = timedelta(days=1)
    answered, left = a_message(sent_at=NOON), a_message(sent_at=NOON, sender=Address("tom@else.example"))
    reply = a_message(sender=MARA, thread_id=answered.thread_id, sent_at=NOON + timedelta(hours=2))
    others = [a_message(sender=MARA, sent_at=NOON + n * day) for n in (1, 2)]
    world = World(a_person()).with_(*map(judged, (answered, left)), reply, *others)
    found = list(reflections(world, (), NOON + 6 * day))
    assert {(one.item, one.act, one.value) for one in found} == {
        (answered.id, Act.ANSWERED, "2.0"),
        (left.id, Act.IGNORED, ""),
    }
    assert not list(reflections(world, found, NOON + 6 * day))
    assert {one.act for one in reflections(world, (), NOON + 4 * day)} == {Act.ANSWERED}


def test_who_is_away_ignores_nothing() -> None:
    world = World(a_person()).with_(judged(a_message(sent_at=NOON)))
    assert not list(reflections(world, (), NOON + timedelta(days=7)))


def test_topics_are_lists_and_words_of_the_subject() -> None:
    found = keys(a_message(subject="Re: About the Quarterly report 7", bulk=Bulk(list_id="deals.atlas.example")))
    assert [k.text for k in found] == [
        "sender:dana@atlas.example",
        "list:deals.atlas.example",
        "domain:atlas.example",
        "word:quarterly",
        "word:report",
    ]
    assert not [k for k in keys(a_message(sender=Address("x@gmail.com"))) if k.kind is KeyKind.DOMAIN]


def test_no_hints_change_nothing() -> None:
    message = a_message(text=URGENT)
    assert Triage(a_person()).judge(message) == Triage(a_person()).judge(message, hints=Hints())
