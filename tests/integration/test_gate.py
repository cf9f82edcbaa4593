"""Nothing acts without the person's yes to exactly that, once."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import service
from service.actions import TOOLS, Gate, Tool
from service.domain.proposals import Fixed, Given, Outside, Proposal, StandingApproval, Tier
from service.errors import NotAllowed
from service.store import Store
from tests.builders import NOON

SCHEMA = {"properties": {"project": {"type": "string"}, "title": {"type": "string"}}, "required": ["project", "title"]}
FILE_TASK = Tool("tasks.create", Tier.PRIVATE, SCHEMA, frozenset({"project"}))
WIPE = Tool("mail.erase", Tier.IRREVERSIBLE, SCHEMA, frozenset({"project"}))
ARGUMENTS: dict[str, Given] = {"project": Fixed("atlas"), "title": Outside("ATLAS-12: customers can't log in", ("m1",))}
PLAIN = {name: given.value for name, given in ARGUMENTS.items()}
pytestmark = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)  # test_acting is about both
LEASE, BUGS = timedelta(seconds=90), "bugs to the tracker"


@pytest.fixture
def gate(store: Store) -> Gate:
    return Gate({t.name: t for t in (FILE_TASK, WIPE)}, store.approvals)


def proposed(gate: Gate, tool: str = "tasks.create", more: dict[str, Given] | None = None, **fields: Any) -> Proposal:
    said: dict[str, Any] = {"why": "Tom wrote of a bug", "now": NOON} | fields
    return gate.propose("mara", tool, ARGUMENTS | (more or {}), **said)


def test_without_a_yes_nothing_acts(gate: Gate) -> None:
    with pytest.raises(NotAllowed, match="waits for your approval"):
        gate.open(proposed(gate), NOON)


def test_one_yes_is_good_for_one_run(gate: Gate, store: Store) -> None:
    proposal = proposed(gate)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)
    granted = gate.open(proposal, NOON)
    assert granted.by == "mara"
    assert store.acts.begin(granted, NOON, LEASE, NOON)
    assert store.acts.begin(granted, NOON, LEASE, NOON) is None
    with pytest.raises(NotAllowed, match="used already"):
        gate.open(proposal, NOON)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)  # a used approval can't be had again
    with pytest.raises(NotAllowed):
        gate.open(proposal, NOON)


@pytest.mark.parametrize(
    "changed",
    [
        {"arguments": PLAIN | {"project": "elsewhere"}},
        {"arguments": PLAIN | {"title": "ATLAS-12: customers can't log in "}},
        {"account": "another"},
        {"tier": Tier.READ},
        {"person": "zoe"},
    ],
)
def test_anything_else_than_what_was_approved_does_not_pass(gate: Gate, store: Store, changed: dict[str, Any]) -> None:
    proposal = proposed(gate)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)
    other = replace(proposal, **changed)
    with pytest.raises(NotAllowed):
        gate.open(other, NOON)
    assert store.acts.begin(replace(gate.open(proposal, NOON), proposal=other), NOON, LEASE, NOON) is None


def test_a_digest_is_the_same_wherever_it_is_made(gate: Gate, store: Store) -> None:
    proposal = proposed(gate)
    assert store.approvals.proposal(proposal.id) == proposal
    turned = replace(proposal, arguments=dict(reversed(proposal.arguments.items())))
    assert turned.digest == proposal.digest
    assert replace(proposal, id="other", why="because").digest == proposal.digest, "what is shown beside does not count"


def test_a_yes_to_something_else_is_none(gate: Gate) -> None:
    with pytest.raises(NotAllowed, match="not what is proposed"):
        gate.approve(proposed(gate).id, "0" * 64, "mara", NOON)


def test_a_yes_expires(gate: Gate, store: Store) -> None:
    proposal = proposed(gate)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)
    granted = gate.open(proposal, NOON)
    with pytest.raises(NotAllowed):
        gate.open(proposal, NOON + timedelta(days=2))
    assert store.acts.begin(granted, NOON + timedelta(days=2), LEASE, NOON) is None


def test_a_proposal_expires(gate: Gate, store: Store) -> None:
    proposal, later = proposed(gate), NOON + timedelta(days=8)
    assert store.approvals.waiting("mara", later) == []
    with pytest.raises(NotAllowed, match="expired"):
        gate.approve(proposal.id, proposal.digest, "mara", later)


def test_a_no_is_final(gate: Gate, store: Store) -> None:
    proposal = proposed(gate)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)
    granted = gate.open(proposal, NOON)
    assert store.approvals.reject(proposal.id, NOON)
    assert not store.approvals.reject(proposal.id, NOON)
    assert store.acts.begin(granted, NOON, LEASE, NOON) is None


def test_a_tool_that_changed_needs_a_new_yes(gate: Gate, store: Store) -> None:
    proposal = proposed(gate)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)
    changed = Tool("tasks.create", Tier.PRIVATE, SCHEMA | {"required": ["title"]})
    with pytest.raises(NotAllowed, match="has changed"):
        Gate({changed.name: changed}, store.approvals).open(proposal, NOON)


def test_a_rule_stands_for_one_action_with_its_target_fixed(gate: Gate) -> None:
    gate = replace(gate, standing=(StandingApproval(BUGS, "tasks.create", {"project": "atlas"}),))
    assert gate.open(proposed(gate, rule=BUGS), NOON).by == f"rule {BUGS}"
    for other in (
        proposed(gate),
        proposed(gate, rule="another"),
        proposed(gate, more={"project": Fixed("Atlas")}, rule=BUGS),
        proposed(gate, more={"project": Fixed("atlas ")}, rule=BUGS),
    ):
        with pytest.raises(NotAllowed, match="waits"):
            gate.open(other, NOON)


def test_a_rules_yes_grows_old(gate: Gate) -> None:
    gate = replace(gate, standing=(StandingApproval(BUGS, "tasks.create", {"project": "atlas"}),))
    with pytest.raises(NotAllowed, match="waits"):
        gate.open(proposed(gate, rule=BUGS), NOON + timedelta(hours=24))


def test_a_rule_that_leaves_a_target_open_stands_for_nothing(store: Store) -> None:
    for target in ({}, {"text": "hello"}):
        gate = Gate(TOOLS, store.approvals, (StandingApproval("r", "chat.post", target),))
        said: dict[str, Given] = {"channel": Fixed("#support"), "text": Fixed("hello")}
        proposal = gate.propose("mara", "chat.post", said, why="", now=NOON, rule="r")
        with pytest.raises(NotAllowed, match="waits"):
            gate.open(proposal, NOON)


def test_what_cannot_be_undone_never_stands(gate: Gate) -> None:
    gate = replace(gate, standing=(StandingApproval("r", "mail.erase", {"project": "atlas"}),))
    filed = proposed(gate, "mail.erase", rule="r")
    for tier in (Tier.IRREVERSIBLE, Tier.PRIVATE):  # it goes by the tool's own tier, not by what was filed
        with pytest.raises(NotAllowed):
            gate.open(replace(filed, tier=tier), NOON)


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_outside_text_says_nowhere_whom_a_tool_reaches(store: Store, name: str) -> None:
    tool = TOOLS[name]
    assert tool.targets
    for target in tool.targets:
        with pytest.raises(NotAllowed, match=f"its {target} came from outside"):
            Gate(TOOLS, store.approvals).propose("mara", name, {target: Outside("x", ("m1",))}, why="", now=NOON)
    assert store.approvals.waiting("mara", NOON) == []


def test_only_the_config_and_the_terminal_say_where_anything_goes() -> None:
    """Whoever makes a `Fixed` vouches that no outside text is in it: two modules do, and each new one is to be looked at."""
    root = Path(service.__file__).parent
    users = {str(file.relative_to(root)) for file in root.rglob("*.py") if "Fixed" in imported(file)}
    assert users == {"actions/gate.py", "actions/filing.py", "cli/proposals.py"}


def imported(file: Path) -> set[str]:
    """Names of proposals' module that it asks for, at its top or within."""
    found = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.ImportFrom))
    return {name.name for node in found if node.module == "service.domain.proposals" for name in node.names}


def test_what_it_derives_from_is_kept(gate: Gate) -> None:
    both = proposed(gate, more={"title": Outside("x", ("m1", "m2"))})
    assert (both.taint, both.arguments["title"]) == (("m1", "m2"), "x")


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("shell", {}),
        ("tasks.create", {"project": "atlas"}),
        ("tasks.create", PLAIN | {"tier": 0}),
        ("tasks.create", {"project": 1, "title": ""}),
        ("mail.draft", {"to": (), "subject": "", "text": ""}),
        ("mail.draft", {"to": ("dana",), "subject": "", "text": ""}),
        ("mail.draft", {"to": ("dana@atlas.example, eve@evil.example",), "subject": "", "text": ""}),
        ("mail.draft", {"to": ("dana@atlas.example\r\nBcc: eve@evil.example",), "subject": "", "text": ""}),
        ("calendar.event", {"title": "x", "start": "2026-05-12T14:00:00", "end": "2026-05-12T15:00:00Z"}),
        ("calendar.event", {"title": "x", "start": "tomorrow", "end": "2026-05-12T15:00:00Z"}),
        ("mail.flag", {"message": "m", "flagged": 1}),
    ],
)
def test_what_does_not_fit_cannot_even_be_proposed(store: Store, tool: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        Gate(TOOLS, store.approvals).propose("mara", tool, {k: Fixed(v) for k, v in arguments.items()}, why="", now=NOON)
    assert store.approvals.waiting("mara", NOON) == []


def test_proposals_that_wait_are_listed(gate: Gate, store: Store) -> None:
    first, second = proposed(gate), proposed(gate)
    gate.approve(first.id, first.digest, "mara", NOON)
    assert [p.id for p in store.approvals.waiting("mara", NOON)] == [second.id]
    assert [p.id for p in store.approvals.ready("mara", NOON)] == [first.id]
    assert len(store.approvals.waiting("mara", NOON + timedelta(days=2))) == 2, "the yes has expired"


def test_what_two_accounts_hold_is_filed_once(gate: Gate) -> None:
    for _ in range(2):
        proposed(gate, id="one")
    assert gate.approvals.proposal("one") is not None
