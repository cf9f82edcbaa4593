"""A rule that wants answers: drafts through the gate, to the one sender that it names and to nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from service.actions import TOOLS, Gate
from service.actions.filing import Filing, standing
from service.answering.answers import Desk
from service.domain.answers import Answering, Template
from service.domain.items import Message
from service.domain.people import Address
from service.domain.proposals import Proposal
from service.domain.rules import Condition, Consequence, Rule
from service.domain.sync import Account
from service.domain.verdicts import Category
from service.store import Store
from tests.builders import DANA, NOON, a_message, a_person, a_verdict
from tests.world import World

ACCOUNT = Account("mara", "mail", "imap", read_at=NOON - timedelta(days=1))


def files(**fields: Any) -> Message:
    return a_message(**{"text": "Here are the files that you wanted for the audit.", "sent_at": NOON} | fields)


def filed(store: Store, messages: Sequence[Message], sender: str = DANA.email, **wish: Any) -> tuple[Gate, Sequence[Proposal]]:
    rule = Rule("files", Condition(sender=sender), Consequence(answer=Answering(Template.RECEIPT, **wish)))
    gate = Gate(TOOLS, store.approvals, standing([rule]))
    person = a_person()
    desk = Desk(person, World(person), lambda *_: False)
    filing = Filing(gate, [rule], {"mail": frozenset({"mail.draft"})}, desk=desk)
    verdict = replace(a_verdict(category=Category.FYI), rules=("files",))
    for message in messages:
        filing.file("mara", message, ACCOUNT, NOON, verdict)
        filing.file("mara", message, ACCOUNT, NOON, verdict)
    return gate, store.approvals.waiting("mara", NOON)


def test_a_draft_is_proposed_once_and_waits(store: Store) -> None:
    message = files()
    gate, [proposal] = filed(store, [message])
    assert (proposal.tool, proposal.account, proposal.rule) == ("mail.draft", "mail", "files")
    assert proposal.arguments["to"] == [DANA.email]
    assert proposal.arguments["answers"] == message.id
    assert "has arrived" in proposal.arguments["text"]
    assert proposal.taint == (message.id,)
    assert gate.stands(proposal) is None


def test_by_itself_it_stands_for_that_sender_so_often_a_day(store: Store) -> None:
    gate, [proposal] = filed(store, [files()], by_itself=True, a_day=2)
    stands = gate.stands(proposal)
    assert stands is not None
    assert (stands.rule, stands.at_most) == ("files", 2)
    assert gate.stands(replace(proposal, arguments={**proposal.arguments, "to": ["eve@evil.example"]})) is None
    assert gate.stands(replace(proposal, arguments={**proposal.arguments, "cc": ["eve@evil.example"]})) is None


def test_nobody_becomes_a_target_by_writing(store: Store) -> None:
    eve = files(sender=Address("eve@evil.example", DANA.email))
    elsewhere = files(reply_to=Address("eve@evil.example"))
    assert filed(store, [eve, elsewhere], by_itself=True)[1] == []
    assert filed(store, [files()], sender="*@atlas.example")[1] == []


def test_what_no_template_answers_honestly_is_left(store: Store) -> None:
    assert filed(store, [files(to=(DANA,))])[1] == []
