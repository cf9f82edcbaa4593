"""What a config allows to be done, and what its rules stand for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.actions import TOOLS
from service.actions.filing import standing
from service.errors import ConfigError
from service.settings import Config, load
from service.settings.kinds import hands, installed

ME = "me: {name: Mara Keller, emails: [mara@keller.example]}\n"
SLACK = "{kind: slack, name: %s, token: {kept: slack}, allow: [post]}"


def loaded(folder: Path, sources: str, rule: str = "") -> Config:
    file = folder / "reveille.yaml"
    rules = f"rules:\n  - {{name: r, when: {{subject: x}}, then: {rule}}}\n" if rule else ""
    file.write_text(f"{ME}sources: [{sources}]\n{rules}")
    return load(file, secrets=False)


def test_nothing_is_allowed_where_nothing_is_said(tmp_path: Path) -> None:
    config = loaded(tmp_path, "{kind: gmail}, {kind: maildir, path: Mail}")
    assert [source.allowed for source in config.sources] == [frozenset(), frozenset()]


def test_what_is_allowed_is_allowed_there_alone(tmp_path: Path) -> None:
    config = loaded(tmp_path, "{kind: gmail, allow: label}, {kind: outlook, allow: [draft, label]}, {kind: google_calendar}")
    assert [sorted(source.allowed) for source in config.sources] == [["label"], ["draft", "label"], []]


@pytest.mark.parametrize("source", ["{kind: gmail, allow: [send]}", "{kind: ics, url: {env: X}, allow: [event]}"])
def test_a_kind_allows_only_what_it_can(tmp_path: Path, source: str) -> None:
    with pytest.raises(ConfigError, match="allow"):
        loaded(tmp_path, source)


@pytest.mark.parametrize(
    ("sources", "then", "says"),
    [
        ("{kind: gmail}", '{post: "#support"}', "no source may post. Add allow: \\[post\\] to exactly one Slack source"),
        (f"{SLACK % 'a'}, {SLACK % 'b'}", '{post: "#support"}', "2 sources may post \\(a, b\\)"),
        ("{kind: gmail}", "{flag: true}", "no source may flag mail"),
        ("{kind: gmail, allow: [label]}", "{at_most: 3}", "nothing follows"),
        ("{kind: gmail, allow: [label]}", "{label: x, at_most: 0}", "at_most"),
    ],
)
def test_a_rule_that_could_do_nothing_is_named(tmp_path: Path, sources: str, then: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        loaded(tmp_path, sources, then)


def test_a_rule_stands_for_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    sources = f"{{kind: gmail, allow: [label]}}, {SLACK % 'a'}"
    config = loaded(tmp_path, sources, '{label: Receipts, flag: true, post: "#support", task: atlas, at_most: 7}')
    stands = {one.tool: (one.target, one.at_most) for one in standing(config.rules)}
    assert stands == {
        "tasks.create": ({"project": "atlas"}, 7),
        "mail.label": ({"label": "Receipts"}, 7),
        "mail.flag": ({"flagged": True}, 7),
        "chat.post": ({"channel": "#support"}, 7),
    }
    assert standing(loaded(tmp_path, sources, "{priority: urgent}").rules) == ()


@pytest.mark.parametrize("kind", sorted(hands()))
def test_each_hand_does_what_the_house_knows_and_its_kind_can_allow(kind: str) -> None:
    hand = hands()[kind]()
    shown = json.dumps(installed().sources.settings(kind).model_json_schema()["properties"]["allow"])
    allowed = {word for word in {tool.allow for tool in TOOLS.values()} - {""} if f'"{word}"' in shown}
    assert hand.repeatable <= hand.tools <= TOOLS.keys()
    assert {TOOLS[name].allow for name in hand.tools} == allowed
