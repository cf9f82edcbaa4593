"""Which mails are one conversation: what they answer, their vendor's thread, and last their subject and partners."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from service.briefing.conversations import bare_subject, gather
from service.domain.items import Message
from service.domain.mailing import Automatic
from service.domain.people import Address
from service.domain.verdicts import Category, Judged, Verdict
from tests.builders import NOON, a_message

DANA, OTTO = Address("dana@atlas.example", "Dana"), Address("otto@other.example", "Otto")


def mail(id: str, *, sender: Address = DANA, subject: str = "Lunch", at: datetime = NOON, **fields: Any) -> Judged:
    message: Message = a_message(
        id=id,
        message_id=id,
        thread_id=fields.pop("thread_id", id),
        sender=sender,
        subject=subject,
        sent_at=at,
        arrived_at=at,
        **fields,
    )
    return Judged(message, Verdict(Category.FYI, 0.2, ()))


def grouped(*mails: Judged) -> list[set[str]]:
    return [{j.message.id for j in conversation.messages} for conversation in gather(mails, ())]


def test_answers_are_in_the_thread_they_answer() -> None:
    assert grouped(mail("a"), mail("b", subject="Re: Lunch", thread_id="a", in_reply_to="a", at=NOON + timedelta(hours=1))) == [
        {"a", "b"}
    ]


def test_a_reply_that_lost_its_thread_is_found_by_subject_and_partner() -> None:
    assert grouped(mail("a"), mail("b", subject="RE: Lunch", at=NOON + timedelta(days=2))) == [{"a", "b"}]


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "Re: Lunch", "at": NOON + timedelta(days=120)},  # months later
        {"subject": "Re: Lunch", "sender": OTTO, "at": NOON + timedelta(days=1)},  # somebody else
        {"subject": "Lunch", "at": NOON + timedelta(days=1)},  # a new mail, no reply
        {"subject": "Re: Dinner", "at": NOON + timedelta(days=1)},
    ],
)
def test_a_subject_used_again_is_another_conversation(other: dict[str, Any]) -> None:
    assert grouped(mail("a"), mail("b", **other)) == [{"a"}, {"b"}]


def test_the_vendors_thread_joins_what_headers_do_not() -> None:
    later = NOON + timedelta(days=100)
    assert grouped(mail("a", conversation="t1"), mail("b", subject="Re: Lunch (new room)", conversation="t1", at=later)) == [
        {"a", "b"}
    ]
    assert grouped(mail("a", conversation="t1"), mail("b", subject="Re: Dinner", conversation="t2", at=later)) == [{"a"}, {"b"}]
    assert grouped(mail("a", conversation="t1"), mail("b", subject="x", conversation="t1", account="other", at=later)) == [
        {"a"},
        {"b"},
    ]


@pytest.mark.parametrize("kind", [Automatic.REPLY, Automatic.READ, Automatic.DELIVERED])
def test_what_a_program_answers_is_no_answer(kind: Automatic) -> None:
    away = mail(
        "b", subject="Automatic reply: Lunch", thread_id="a", in_reply_to="a", automatic=kind, at=NOON + timedelta(minutes=1)
    )
    assert grouped(mail("a"), away) == [{"a"}]


@pytest.mark.parametrize(
    "subject", ["Re: Lunch", "AW: Re: Lunch", "Re[2]: Lunch", "SV: Lunch", "RIF: Lunch", "R: Lunch", "回复：Lunch", "Odp: Lunch", "FW: Lunch", "WG: AW: Lunch", "ΑΠ: Lunch", "Re(3): Lunch"]
)  # fmt: skip
def test_prefixes_of_any_language_are_no_part_of_a_subject(subject: str) -> None:
    assert bare_subject(subject) == "Lunch"
