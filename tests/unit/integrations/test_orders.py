"""A draft is exactly what was approved, whatever its words hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service.domain.proposals import Pass, Proposal, Tier
from service.errors import Rejected
from service.integrations.orders import draft, message_id, planned
from service.ports import Order
from tests.builders import NOON, a_message

DRAFT = {"to": ["dana@atlas.example"], "subject": "Re: Term sheet", "text": "Here it is.\nMara"}
EVENT = {"title": "Call", "start": "2026-05-13T09:00:00+02:00", "end": "2026-05-13T10:00:00+02:00"}


def an_order(arguments: dict[str, Any], **fields: Any) -> Order:
    proposal = Proposal("k1", "mara", "mail.draft", "h", arguments, Tier.PRIVATE, (), "", NOON)
    return Order(Pass(proposal, "mara"), "k1", **fields)


def written(arguments: dict[str, Any], **fields: Any) -> Any:
    return message_from_bytes(draft(an_order(arguments, **fields), "mara@keller.example", NOON), policy=default)


def test_a_draft_names_whom_was_approved_and_nobody_else() -> None:
    made = written(DRAFT | {"cc": ["finn@atlas.example", "tom@atlas.example"]})
    assert (made["From"], made["To"], made["Subject"]) == ("mara@keller.example", "dana@atlas.example", "Re: Term sheet")
    assert made["Cc"] == "finn@atlas.example, tom@atlas.example"
    assert (made["Bcc"], made["In-Reply-To"], made["Message-ID"]) == (None, None, "<k1@keller.example>")
    assert made.get_content().splitlines() == ["Here it is.", "Mara"]


def test_an_answer_stands_in_its_thread() -> None:
    made = written(DRAFT, message=a_message(message_id="m2@atlas.example", thread_id="m1@atlas.example"))
    assert made["In-Reply-To"] == "<m2@atlas.example>"
    assert made["References"] == "<m1@atlas.example> <m2@atlas.example>"


@pytest.mark.parametrize("id", ["", "no at sign", "a@b>\r\nBcc: eve@evil.example", "x@" + "y" * 400, "ä@b.example"])
def test_a_broken_message_id_makes_no_header(id: str) -> None:
    made = written(DRAFT, message=a_message(message_id=id, thread_id=id))
    assert (made["In-Reply-To"], made["References"], made["Bcc"]) == (None, None, None)


@given(subject=some.text(max_size=60), text=some.text(max_size=200))
def test_no_words_make_a_header(subject: str, text: str) -> None:
    made = written(DRAFT | {"subject": subject, "text": text})
    names = ["From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    assert sorted(made.keys()) == sorted(names)
    assert made["To"] == "dana@atlas.example"


def test_the_message_id_is_the_same_at_each_attempt_and_plain() -> None:
    assert message_id(an_order(DRAFT), "mara@kéller.example") == "k1@xn--kller-bsa.example"


def test_an_event_is_as_long_as_it_says() -> None:
    plan = planned(an_order(EVENT | {"remind_minutes": 10, "attendees": ["dana@atlas.example"]}))
    assert plan.end_at - plan.start_at == timedelta(hours=1)
    assert (plan.remind, plan.attendees, plan.calendar) == (timedelta(minutes=10), ("dana@atlas.example",), "")
    assert planned(an_order(EVENT)).remind is None
    with pytest.raises(Rejected, match="before it begins"):
        planned(an_order(EVENT | {"end": EVENT["start"]}))


def test_an_order_carries_what_was_approved() -> None:
    order = an_order(DRAFT)
    assert (order.tool, order.arguments) == ("mail.draft", DRAFT)
    assert replace(order, refs=("INBOX;1.2",)).key == "k1"
