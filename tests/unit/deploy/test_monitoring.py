"""Alerts and dashboard: they name what the service exports, fire when they should, and say what to do."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from service.domain.ledger import Outcome
from service.domain.sync import Health
from tests.unit.deploy.files import DEPLOY, ROOT, document, said, tool
from tests.unit.deploy.metrics import EXPORTED, unknown

PROMETHEUS = DEPLOY / "prometheus"
ALERTS = [rule for group in document(PROMETHEUS / "alerts.yaml")["groups"] for rule in group["rules"]]
BOARD = json.loads((DEPLOY / "grafana" / "reveille.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [rule["expr"] for rule in ALERTS] + [target["expr"] for panel in PANELS for target in panel["targets"]]
INSTALL = "apt install prometheus"


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_it_is_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    page, anchor = rule["annotations"]["runbook_url"].split("#")
    sections = re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (text,) = [text for title, text in sections if title.lower() == anchor]
    for word in ("**Means:**", "**Look:**", "**Do:**"):
        assert word in text, rule["alert"]


def test_the_runbook_knows_no_alert_that_is_gone() -> None:
    told = set(re.findall(r"^### (Reveille\w+)$", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert told == {rule["alert"] for rule in ALERTS}


def test_every_alert_is_proven_to_fire() -> None:
    tests = "".join(file.read_text(encoding="utf-8") for file in PROMETHEUS.glob("*_test.yaml"))
    assert [rule["alert"] for rule in ALERTS if not re.search(rf'"{rule["alert"]}"', tests)] == []


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_names_what_is_exported(expression: str) -> None:
    assert unknown(expression) == set()


def test_a_name_that_nobody_exports_is_found() -> None:
    assert unknown('sum by (kind) (reveille_late{job="x"}) > 1') == {"reveille_late", "kind"}
    assert unknown("max(reveille_occurrences_late{state='x'})") == {"reveille_occurrences_late{state}"}


def test_words_in_selectors_are_ones_the_service_says() -> None:
    words = {"health": {*Health}, "outcome": {*Outcome}}
    for label, known in words.items():
        for found in re.findall(rf'\b{label}=~?"([^"]*)"', "\n".join(EXPRESSIONS)):
            assert set(found.split("|")) <= known


def test_every_metric_is_seen_somewhere() -> None:
    everything = "\n".join(EXPRESSIONS)
    assert [name for name in EXPORTED if not re.search(rf"\b{name}\b", everything)] == []


@pytest.mark.slow
def test_alerts_fire_when_they_should_and_only_then() -> None:
    promtool = tool("promtool", INSTALL)
    code, output = said(promtool, "test", "rules", *sorted(PROMETHEUS.glob("*_test.yaml")))
    assert code == 0, output


def test_rules_and_scrapes_are_valid() -> None:
    code, output = said(
        tool("promtool", INSTALL), "check", "config", "--lint=all", "--lint-fatal", PROMETHEUS / "prometheus.yaml"
    )
    assert code == 0, output


def test_the_board_has_its_rows_and_each_panel_its_own_place() -> None:
    assert [p["title"] for p in BOARD["panels"] if p["type"] == "row"] == [
        "On time",
        "Deliveries",
        "Queues and workers",
        "Sources",
        "Cost",
    ]
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids))
    assert len({panel["title"] for panel in BOARD["panels"]}) == len(ids)

    def apart(one: dict[str, int], other: dict[str, int]) -> bool:
        return (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )

    for one, other in combinations(BOARD["panels"], 2):
        assert apart(one["gridPos"], other["gridPos"]), (one["title"], other["title"])
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in BOARD["panels"])


def test_the_board_asks_the_chosen_source_for_the_chosen_instances() -> None:
    names = [variable["name"] for variable in BOARD["templating"]["list"]]
    assert names == ["datasource", "instance"]
    for panel in PANELS:
        refs = [target["refId"] for target in panel["targets"]]
        assert len(refs) == len(set(refs))
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == panel["datasource"]["uid"] == "${datasource}"
            assert target["expr"].count("reveille_") == target["expr"].count('instance=~"$instance"')


def test_expressions_of_the_board_are_promql(tmp_path: Path) -> None:
    promtool = tool("promtool", INSTALL)
    rules = [
        {"record": f"board:{panel['id']}:{target['refId']}", "expr": target["expr"].replace("$__rate_interval", "5m")}
        for panel in PANELS
        for target in panel["targets"]
    ]
    file = tmp_path / "rules.json"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "board", "rules": rules}]}), encoding="utf-8")
    code, output = said(promtool, "check", "rules", file)
    assert code == 0, output
