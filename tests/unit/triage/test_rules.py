from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.items import Attendee, Bulk
from service.domain.rules import Condition, Consequence, Rule
from service.triage.patterns import matcher
from service.triage.rules import matching, merged
from tests.builders import DANA, MARA, a_message, a_thread, an_event


def rule(name: str = "r", then: Consequence = Consequence(), **when: Any) -> Rule:  # noqa: B008
    return Rule(name, Condition(**when), then)


def holds(item: Any, kind: str = "imap", **when: Any) -> bool:
    return bool(matching((rule(**when),), item, kind))


@pytest.mark.parametrize(
    ("pattern", "field", "yes"),
    [
        ("*@atlas.example", "Dana@Atlas.example", True),
        ("atlas", "atlas round", False),
        ("atlas*", "Atlas round", True),
        ("*term?sheet*", "the Term-Sheet now", True),
        ("[ab]x", "bx", True),
        ("[!ab]x", "bx", False),
        ("a[b", "a[b", True),
        (r"/\bATLAS-\d+/", "see atlas-12", True),
        (r"/(?-i:ATLAS)/", "atlas", False),
        (r"/^term/", "a term", False),
    ],
)
def test_globs_match_the_whole_field_and_expressions_search(pattern: str, field: str, yes: bool) -> None:
    assert matcher(pattern)(field) is yes


@pytest.mark.parametrize("pattern", [r"/(a+)+$/", r"/(a|aa)+$/", "*a*a*a*a*a*a*a*a*a*b"])
def test_a_pattern_without_end_counts_as_not_matching(pattern: str) -> None:
    assert not matcher(pattern)("a" * 15_000 + "!")


def test_a_broken_expression_is_named() -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        matcher("/(/")


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_glob_compiles_and_answers(pattern: str, field: str) -> None:
    if not pattern.startswith("/"):
        matcher(pattern)(field)


def test_a_sender_is_known_by_address_or_name() -> None:
    message = a_message()
    assert holds(message, sender="dana@atlas.example")
    assert holds(message, sender="dana whitfield")
    assert not holds(message, sender="*@keller.example")


def test_all_fields_set_must_hold() -> None:
    message = a_message(subject="Term sheet", bulk=Bulk(list_id="Deals <deals.atlas.example>"))
    assert holds(message, subject="term*", to="mara@*", text="/signed/", list="*deals.atlas.example*", source="imap")
    assert holds(message, list="deals.atlas.example")
    assert not holds(message, subject="term*", source="slack")


def test_groups_of_conditions() -> None:
    message = a_message(subject="Invoice 7")
    invoice, payslip = Condition(subject="invoice*"), Condition(subject="*payslip*")
    assert holds(message, any=(invoice, payslip))
    assert holds(message, all=(invoice,), none=(payslip,))
    assert not holds(message, none=(invoice,))


def test_threads_and_events_have_their_own_fields() -> None:
    assert holds(a_thread("see ATLAS-3"), "slack_export", channel="proj-*", text=r"/\bATLAS-\d+/", source="slack_export")
    assert holds(a_thread("see ATLAS-3"), "slack_export", source="slack")
    assert not holds(a_thread("see ATLAS-3"), "imap", source="slack_export")
    assert holds(an_event(attendees=(Attendee(DANA),)), attendee="*@atlas.example", subject="Atlas*")
    assert not holds(an_event(), channel="*")
    assert not holds(a_message(), attendee="*")


def test_the_first_rule_wins_and_lists_add_up() -> None:
    first = rule("a", Consequence(priority="urgent", notify=("phone",), label="board"))
    second = rule("b", Consequence(priority="low", notify=("phone", "inbox"), label="money", private=True))
    then = merged((first, second))
    assert then == Consequence(priority="urgent", label="board,money", notify=("phone", "inbox"), private=True)


def test_no_rules_set_nothing() -> None:
    assert merged(matching((), a_message(to=(MARA,)), "imap")) == Consequence()
