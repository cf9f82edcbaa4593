"""Nothing acts without the person's yes to exactly that, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.actions import Gate, Tool
from service.domain.proposals import Proposal, StandingApproval, Tier
from service.errors import NotAllowed
from service.store import Store
from service.store.approvals import Approvals
from tests.builders import NOON

SCHEMA = {"properties": {"project": {"type": "string"}, "title": {"type": "string"}}, "required": ["project", "title"]}
FILE_TASK = Tool("tasks.create", Tier.PRIVATE, SCHEMA)
WIPE = Tool("mail.erase", Tier.IRREVERSIBLE, SCHEMA)
ARGUMENTS = {"project": "atlas", "title": "ATLAS-12: customers can't log in"}


@pytest.fixture
def gate(store: Store) -> Gate:
    return Gate({t.name: t for t in (FILE_TASK, WIPE)}, Approvals(store.database, store.codec))


def proposed(gate: Gate, **changes: object) -> Proposal:
    filed = gate.propose("mara", "tasks.create", ARGUMENTS, taint=("m1",), why="Tom wrote of a bug", now=NOON)
    return replace(filed, **changes)  # type: ignore[arg-type]


def test_without_a_yes_nothing_acts(gate: Gate) -> None:
    with pytest.raises(NotAllowed, match="waits for your approval"):
        gate.open(proposed(gate), NOON)


def test_one_yes_is_good_for_one_run(gate: Gate) -> None:
    proposal = proposed(gate)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)
    assert gate.open(proposal, NOON).by == "mara"
    with pytest.raises(NotAllowed):
        gate.open(proposal, NOON)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)  # a used approval can't be had again
    with pytest.raises(NotAllowed):
        gate.open(proposal, NOON)


def test_other_arguments_than_the_approved_ones_do_not_pass(gate: Gate) -> None:
    proposal = proposed(gate)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)
    with pytest.raises(NotAllowed):
        gate.open(replace(proposal, arguments=ARGUMENTS | {"project": "elsewhere"}), NOON)


def test_a_yes_to_something_else_is_none(gate: Gate) -> None:
    with pytest.raises(NotAllowed, match="not what is proposed"):
        gate.approve(proposed(gate).id, "0" * 64, "mara", NOON)


def test_a_yes_expires(gate: Gate) -> None:
    proposal = proposed(gate)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)
    with pytest.raises(NotAllowed):
        gate.open(proposal, NOON + timedelta(days=2))


def test_a_tool_that_changed_needs_a_new_yes(gate: Gate, store: Store) -> None:
    proposal = proposed(gate)
    gate.approve(proposal.id, proposal.digest, "mara", NOON)
    changed = Tool("tasks.create", Tier.PRIVATE, SCHEMA | {"required": ["title"]})
    with pytest.raises(NotAllowed, match="has changed"):
        Gate({changed.name: changed}, Approvals(store.database, store.codec)).open(proposal, NOON)


def test_a_rule_stands_for_one_action_with_its_target_fixed(gate: Gate) -> None:
    standing = StandingApproval("bugs to the tracker", "tasks.create", {"project": "atlas"})
    standing_gate = replace(gate, standing=(standing,))
    assert standing_gate.open(proposed(gate), NOON).by == "rule bugs to the tracker"
    elsewhere = standing_gate.propose("mara", "tasks.create", ARGUMENTS | {"project": "x"}, taint=(), why="", now=NOON)
    with pytest.raises(NotAllowed):
        standing_gate.open(elsewhere, NOON)


def test_what_cannot_be_undone_never_stands(gate: Gate) -> None:
    standing_gate = replace(gate, standing=(StandingApproval("r", "mail.erase", {"project": "atlas"}),))
    proposal = gate.propose("mara", "mail.erase", ARGUMENTS, taint=(), why="", now=NOON)
    with pytest.raises(NotAllowed):
        standing_gate.open(proposal, NOON)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("shell", {}),
        ("tasks.create", {"project": "atlas"}),
        ("tasks.create", ARGUMENTS | {"tier": 0}),
        ("tasks.create", {"project": 1, "title": ""}),
    ],
)
def test_what_does_not_fit_cannot_even_be_proposed(gate: Gate, tool: str, arguments: dict[str, object]) -> None:
    with pytest.raises(NotAllowed):
        gate.propose("mara", tool, arguments, taint=(), why="", now=NOON)


def test_proposals_that_wait_are_listed(gate: Gate, store: Store) -> None:
    first, second = proposed(gate), proposed(gate)
    gate.approve(first.id, first.digest, "mara", NOON)
    assert [p.id for p in Approvals(store.database, store.codec).waiting("mara")] == [second.id]


def test_a_standing_approval_goes_by_the_tools_own_tier_not_by_what_was_filed(store: Store) -> None:
    standing = (StandingApproval("clean up", "mail.erase", {"project": "atlas"}),)
    gate = Gate({WIPE.name: WIPE}, Approvals(store.database, store.codec), standing)
    filed = gate.propose("mara", "mail.erase", ARGUMENTS, taint=(), why="", now=NOON)
    with pytest.raises(NotAllowed):
        gate.open(replace(filed, tier=Tier.PRIVATE), NOON)


def test_what_two_accounts_hold_is_filed_once(gate: Gate) -> None:
    for _ in range(2):
        gate.propose("mara", "tasks.create", ARGUMENTS, taint=("m1",), why="", now=NOON, id="one")
    assert gate.approvals.proposal("one") is not None
