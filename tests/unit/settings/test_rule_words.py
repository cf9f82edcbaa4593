"""Conditions and wishes of rules as they're written, and what is said where one is wrong."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from service.domain.answers import Answering, Template
from service.domain.rules import Hours, Rule
from service.errors import ConfigError
from service.settings.load import load_text

HEAD = "me: {name: Mara, emails: [mara@keller.example], timezone: Europe/Zurich}\nrules:\n"


def read(when: str = "{subject: x}", then: str = "{mute: true}") -> Rule:
    return load_text(f"{HEAD}  - {{name: r, when: {when}, then: {then}}}\n", Path("/x/reveille.yaml")).rules[0]


def test_times_are_in_the_persons_zone() -> None:
    assert read('{time: "18:00 - 8:00"}').when.time == Hours("Europe/Zurich", time(18), time(8))
    assert read("{not: [{time: {days: weekends}}]}").when.none[0].time == Hours("Europe/Zurich", days=frozenset({5, 6}))
    assert read('{time: "00:00-24:00"}').when.time == Hours("Europe/Zurich")


def test_words_and_fields() -> None:
    when = read(
        "{domain: board.example, relation: answered, thread: [new, answer], crm: {stage: 'Term*', company: /atlas/i}}"
    ).when
    assert (when.domain, when.relation, when.thread) == ("board.example", ("answered",), ("new", "answer"))
    assert set(when.crm) == {("stage", "Term*"), ("company", "/atlas/i")}


def test_answers() -> None:
    assert read(then="{answer: receipt}").then.answer == Answering(Template.RECEIPT)
    own = read("{from: dana@atlas.example}", "{answer: {template: text, text: Here., by_itself: true, a_day: 2}}").then.answer
    assert own == Answering(Template.TEXT, "Here.", by_itself=True, a_day=2)


@pytest.mark.parametrize(
    ("when", "then", "said"),
    [
        (
            '{domain: "@x.example"}',
            "{mute: true}",
            "rules[0].when.domain: '@x.example' is not a domain. Write what follows the @: x.example",
        ),
        ('{time: "18:00"}', "{mute: true}", "rules[0].when.time: '18:00' is no span of time. Write two 24-hour times"),
        ('{time: "18:00-18:00"}', "{mute: true}", "begins when it ends"),
        ("{time: {}}", "{mute: true}", "no time is set"),
        (
            "{relation: freind}",
            "{mute: true}",
            "rules[0].when.relation: not one of the words known here. Write 'known', 'stranger'",
        ),
        ("{thread: [new, answr]}", "{mute: true}", "rules[0].when.thread[1]: not one of the words known here"),
        ("{crm: {stge: x}}", "{mute: true}", "rules[0].when.crm.stge: unknown key stge. Did you mean stage?"),
        ("{crm: {}}", "{mute: true}", "no field is set"),
        ('{text: "/(/i"}', "{mute: true}", "not a regular expression: missing )"),
        ('{text: "/[[a]/"}', "{mute: true}", "not a regular expression: unterminated character set"),
        ("{from: x}", "{answer: reciept}", "rules[0].then.answer: not one of the words known here. Write 'receipt'"),
        ("{from: x}", "{answer: text}", "takes your own words. Write {template: text, text: …}"),
        ("{from: '*@x.example'}", "{answer: {template: receipt, by_itself: true}}", "only for one sender whom the rule names"),
    ],
)
def test_what_is_wrong_and_how_to_mend_it(when: str, then: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(when, then)
    assert said in str(error.value)
    assert "reveille.yaml:3: " in str(error.value)
