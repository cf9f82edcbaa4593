from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from service.settings import schema
from service.settings.document import parse
from service.settings.server import PREFIX, Server
from tests.reference import MARK, PAGE, keys, tables, written
from tests.unit.settings.some_kinds import KINDS
from tests.unit.settings.test_load import WHOLE

PAGE_TEXT = PAGE.read_text(encoding="utf-8")


def wrong(value: Any, rule: dict[str, Any], whole: dict[str, Any], place: str = "") -> list[str]:
    """What a JSON Schema validator would say: by `jsonschema` where it is installed, else by the keywords that the schema uses."""
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        return _structural(value, rule, whole, place)
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def _structural(value: Any, rule: dict[str, Any], whole: dict[str, Any], place: str) -> list[str]:
    def inner(of: Any, under: dict[str, Any], at: str = place) -> list[str]:
        return _structural(of, under, whole, at)

    found: list[str] = []
    if "$ref" in rule:
        found += inner(value, whole["$defs"][rule["$ref"].rpartition("/")[2]])
    for part in rule.get("allOf", ()):
        found += inner(value, part)
    for word in ("anyOf", "oneOf"):
        passed = sum(not inner(value, part) for part in rule.get(word, ()))
        if word in rule and (passed == 0 or (word == "oneOf" and passed > 1)):
            found.append(f"{place}: {passed} of {word} hold")
    if "type" in rule and not _is(value, rule["type"]):
        return [*found, f"{place}: no {rule['type']}"]
    if "const" in rule and value != rule["const"]:
        found.append(f"{place}: not {rule['const']}")
    if "enum" in rule and value not in rule["enum"]:
        found.append(f"{place}: none of {rule['enum']}")
    if isinstance(value, str):
        found += [f"{place}: does not match"] * (not re.search(rule.get("pattern", ""), value))
        found += [f"{place}: too short"] * (len(value) < rule.get("minLength", 0))
    if isinstance(value, dict) and ("properties" in rule or "additionalProperties" in rule or "required" in rule):
        found += [f"{place}: no {name}" for name in rule.get("required", ()) if name not in value]
        for name, one in value.items():
            under = rule.get("properties", {}).get(name, rule.get("additionalProperties", True))
            if under is False:
                found.append(f"{place}: unknown {name}")
            elif isinstance(under, dict):
                found += inner(one, under, f"{place}.{name}")
    if isinstance(value, list) and "items" in rule:
        for i, one in enumerate(value):
            found += inner(one, rule["items"], f"{place}[{i}]")
    return found


def _is(value: Any, kind: str) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return {
        "string": isinstance(value, str),
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
        "boolean": isinstance(value, bool),
        "null": value is None,
        "integer": number and isinstance(value, int),
        "number": number,
    }[kind]


def read(text: str) -> Any:
    return parse(text.encode(), "t").data


def test_whole_example_fits():
    made = schema(KINDS)
    assert wrong(read(WHOLE), made, made) == []


@pytest.mark.parametrize(
    "text",
    [
        "bugdet: {}",
        "me: {name: A}",
        "me: {name: A, emails: a@b.example, role: 3}",
        "sources: [{kind: imap}]",
        "sources: [{path: /a}]",
        "sources: [{kind: box, path: /a, pth: /b}]",
        "channels: {inbox: {kind: post}}",
        "cadences: {morning: {at: 7am}}",
        "cadences: {early: {at: '07:00'}}",
        "cadences: {triage: {every: often}}",
        "keep: {bodies: 180}",
        "quiet: {from: '21:00'}",
        "rules: [{name: r, when: {frm: a}, then: {mute: true}}]",
        "pause: [{from: 2026-12-24, until: 2027-01-03, except: [never]}]",
    ],
)
def test_slips_do_not_fit(text: str):
    made = schema(KINDS)
    data = {"me": {"name": "A", "emails": "a@b.example"}} | read(text)
    assert wrong(data, made, made)


def test_one_or_many_both_fit():
    made = schema(KINDS)
    for to in ("inbox", "[inbox, phone]"):
        text = f"me: {{name: A, emails: a@b.example}}\ncadences: {{morning: {{to: {to}}}, noon: {{job: morning, at: '12:00'}}}}"
        assert wrong(read(text), made, made) == []


def test_every_reference_is_defined():
    made = schema()
    text = str(made)
    assert {ref.rpartition("/")[2] for ref in re.findall(r"#/\$defs/[\w.]+", text)} <= set(made["$defs"])


def test_keys_say_what_they_are_for():
    for name, table in tables().items():
        if not name.startswith("voice "):
            assert not re.findall(r"^\| `[^`]+` \|  \|", table, re.MULTILINE), name


class TestPage:
    def test_tables_are_those_of_the_schema(self):
        assert written(PAGE_TEXT) == PAGE_TEXT, "run: python -m tests.reference"

    def test_every_section_and_kind_has_its_table(self):
        assert set(tables()) <= {mark["name"] for mark in MARK.finditer(PAGE_TEXT)}

    def test_no_table_is_empty(self):
        assert all(keys(mark["table"]) for mark in MARK.finditer(PAGE_TEXT))

    def test_server_settings_are_all_there(self):
        for name in Server.model_fields:
            assert f"| `{name}` | `{PREFIX}{name.upper()}` |" in PAGE_TEXT

    def test_example_loads(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        from service.errors import ConfigError
        from service.settings import load

        for name in ("CALENDAR_URL", "SMTP_PASSWORD", "PUSH_URL"):
            monkeypatch.setenv(name, "https://x.example")
        (example,) = (block for block in re.findall(r"```yaml\n(.*?)```", PAGE_TEXT, re.DOTALL) if block.startswith("me:"))
        file = tmp_path / "reveille.yaml"
        file.write_text(example)
        try:
            assert load(file).rules
        except ConfigError as error:
            if not all("does not load" in complaint.problem for complaint in error.complaints):
                raise
            pytest.skip("this build lacks a source of the example")
