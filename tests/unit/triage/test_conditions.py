"""Conditions on what surrounds an item, and why a rule fired or nearly did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from service.domain.rules import CRM_FIELDS, RELATIONS, THREADS, Condition, Consequence, Hours, Rule
from service.domain.verdicts import Relation
from service.settings.rule_words import CrmSection
from service.settings.rules import RelationWord, ThreadWord
from service.triage import Triage
from service.triage.circumstances import Asked, Circumstances, around, relation_words, thread_words
from service.triage.explaining import Why, explained
from service.triage.patterns import TooSlow, tried
from service.triage.rules import fields_of, matching
from tests.builders import DANA, MARA, NOON, a_contact, a_deal, a_message, a_person, a_thread, an_event, judged
from tests.world import World

FRIDAY_NIGHT = datetime(2026, 5, 15, 20, 30, tzinfo=UTC)  # 22:30 in Zurich


def holds(item: Any, around: Circumstances = Circumstances(), **when: Any) -> bool:  # noqa: B008
    return bool(matching((Rule("r", Condition(**when), Consequence()),), item, "imap", around=around))


@pytest.mark.parametrize(
    ("pattern", "yes"),
    [("atlas.example", True), ("eu.atlas.example", True), ("*.atlas.example", True), ("las.example", False), ("example", False)],
)
def test_a_domain_holds_for_those_below_it(pattern: str, yes: bool) -> None:
    sender = type(DANA)("dana@eu.atlas.example", "Dana")
    assert holds(a_message(sender=sender), domain=pattern) is yes
    assert holds(a_thread("hi"), domain="atlas.example")
    assert not holds(an_event(), domain="atlas.example")  # nobody invited


@pytest.mark.parametrize(
    ("start", "end", "days", "at", "yes"),
    [
        (18, 8, range(7), FRIDAY_NIGHT, True),
        (18, 8, [4], FRIDAY_NIGHT + timedelta(hours=5), True),  # 3:30 on Saturday is still Friday's night
        (18, 8, [5], FRIDAY_NIGHT + timedelta(hours=5), False),
        (18, 8, range(7), FRIDAY_NIGHT + timedelta(hours=12), False),
        (8, 18, [4], FRIDAY_NIGHT - timedelta(hours=6), True),
        (0, 0, [5, 6], FRIDAY_NIGHT + timedelta(hours=1, minutes=29), False),
        (0, 0, [5, 6], FRIDAY_NIGHT + timedelta(hours=1, minutes=30), True),
    ],
)
def test_hours_are_the_persons(start: int, end: int, days: list[int], at: datetime, yes: bool) -> None:
    hours = Hours("Europe/Zurich", time(start), time(end), frozenset(days))
    assert holds(a_message(sent_at=at), time=hours) is yes


def test_who_the_sender_is() -> None:
    person = a_person()
    stranger = relation_words(Relation(received=3), person, DANA.email)
    assert stranger == {"stranger", "external"}
    assert relation_words(Relation(known=True, answered=2, sent=4), person, "tom@keller.example") == {
        "known",
        "answered",
        "written",
        "colleague",
    }
    assert holds(a_message(), Circumstances(relation=stranger), relation=("answered", "stranger"))
    assert not holds(a_message(), relation=("stranger",))  # nobody said who it is


def test_where_a_mail_stands_in_its_thread() -> None:
    asked = a_message(sender=MARA, thread_id="t", sent_at=NOON - timedelta(hours=2))
    reply = a_message(thread_id="t", sent_at=NOON - timedelta(hours=1))
    thanks = a_message(sender=MARA, thread_id="t", sent_at=NOON)
    thread = [judged(asked), judged(reply), judged(thanks)]
    assert thread_words(reply, thread) == {"joined", "answer", "answered"}
    assert thread_words(reply, thread[:1]) == {"joined", "answer", "open"}
    assert thread_words(a_message(), ()) == {"new", "open"}


def test_the_store_is_asked_only_for_what_rules_ask() -> None:
    world = World(a_person()).with_(
        an_event(start_at=NOON + timedelta(hours=1)),
        a_contact(lifecycle="customer"),
        a_deal(stage="Term sheet"),
        a_deal(open=False),
    )
    message, relations = a_message(), {DANA.email: Relation(known=True)}

    def gathered(*conditions: Condition) -> Circumstances:
        world.calls.clear()
        rules = [Rule(str(n), when, Consequence()) for n, when in enumerate(conditions)]
        return around([message], relations, rules, world.person, world, NOON)[0]

    assert gathered(Condition(subject="*")) == Circumstances()
    assert world.calls == []
    found = gathered(Condition(none=(Condition(relation=("meeting",)),)), Condition(any=(Condition(crm=(("stage", "*"),)),)))
    assert found.relation == {"known", "external", "meeting"}
    assert ("stage", "Term sheet") in found.crm
    assert ("lifecycle", "customer") in found.crm
    assert sum(name == "deal" for name, _ in found.crm) == 1
    assert sorted(world.calls) == ["contacts", "deals", "events"]
    assert holds(message, found, crm=(("stage", "term*"), ("company", "/atlas/")))
    assert not holds(message, found, crm=(("stage", "term*"), ("company", "other")))


def test_a_judge_is_told_what_surrounds_a_mail() -> None:
    rule = Rule("customers", Condition(crm=(("lifecycle", "customer"),)), Consequence(priority="high"))
    triage = Triage(a_person(), (rule,))
    assert triage.judge(a_message(), Relation(), Circumstances(crm=(("lifecycle", "customer"),))).rules == ("customers",)
    assert triage.judge(a_message()).rules == ()


def test_the_words_of_the_file_are_those_of_the_code() -> None:
    assert RelationWord.__args__ == RELATIONS  # type: ignore[attr-defined]
    assert ThreadWord.__args__ == THREADS  # type: ignore[attr-defined]
    assert tuple(CrmSection.model_fields) == CRM_FIELDS
    assert Asked.by([Rule("r", Condition(thread=("new",)), Consequence())]) == Asked(thread=True)


# --- why ---------------------------------------------------------------------------------------------------------------------


def why(item: Any, around: Circumstances = Circumstances(), **when: Any) -> Why:  # noqa: B008
    return explained(Rule("r", Condition(**when), Consequence()), fields_of(item, "imap", "fyi", around))


def test_a_rule_that_fired_names_what_held() -> None:
    found = why(a_message(), sender="*@atlas.example", any=(Condition(subject="x"), Condition(subject="term*")))
    assert (found.fired, found.nearly) == (True, False)
    assert found.held == ("from", "any")


def test_a_rule_that_nearly_fired_names_the_one_condition() -> None:
    found = why(a_message(), sender="*@atlas.example", subject="*payslip*")
    assert found.nearly
    assert str(found.missed[0]) == 'subject wants *payslip*; it has "Term sheet"'
    assert not why(a_message(), subject="*payslip*").nearly  # nothing of it held
    assert not why(a_message(), sender="*@b.example", subject="x", category="fyi").nearly


@pytest.mark.parametrize(
    ("when", "where"),
    [
        ({"time": Hours("UTC", time(1), time(2))}, "time"),
        ({"relation": ("known",)}, "relation"),
        ({"crm": (("stage", "x"),)}, "crm.stage"),
        ({"all": (Condition(subject="term*"), Condition(text="x"))}, "all[1].text"),
        ({"any": (Condition(text="x"), Condition(text="y"))}, "any"),
        ({"none": (Condition(subject="term*"),)}, "not[0]"),
        ({"category": "urgent"}, "category"),
    ],
)
def test_each_condition_says_where_it_failed(when: dict[str, Any], where: str) -> None:
    [miss] = why(a_message(), sender=DANA.email, **when).missed
    assert miss.where == where
    assert str(miss)


BOMB = r"/^(\w+\s?)*$/"


def test_a_pattern_without_end_fires_nothing() -> None:
    message = a_message(text="a" * 15_000 + "!")
    rule = Rule("r", Condition(sender="*", none=(Condition(text=BOMB),)), Consequence())
    assert matching((rule,), message, "imap") == ()
    assert "takes longer than 20 ms" in str(why(message, sender="*", none=(Condition(text=BOMB),)).missed[0])


def test_many_posts_share_one_limit() -> None:
    looked_at = []

    def posts() -> Iterator[str]:
        for n in range(1000):
            looked_at.append(n)
            yield "a" * 15_000 + "!"

    with pytest.raises(TooSlow):
        tried(BOMB, posts())
    assert len(looked_at) < 100
