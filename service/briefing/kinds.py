"""What a received message is, as far as a morning cares: from a person, or one of the many."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from service.briefing.conversations import bare_subject
from service.domain.items import Message
from service.domain.people import Person
from service.domain.verdicts import Category, Judged
from service.people import is_machine, organisation


class Kind(StrEnum):
    PERSON = "person"
    NEWSLETTER = "newsletter"
    NOTIFICATION = "notification"
    LIST = "list"  # people talking on a mailing list
    MUTED = "muted"
    SPAM = "spam"
    PHISHING = "phishing"


_TAG = re.compile(r"\[[\w .+-]{2,30}\]\s")
"""How a list without headers still shows itself: "[project] subject"."""


def kind(one: Judged, person: Person) -> Kind:
    message, verdict = one.message, one.verdict
    if verdict.phishing:
        return Kind.PHISHING
    if verdict.spam:
        return Kind.SPAM
    if verdict.muted:
        return Kind.MUTED
    if verdict.category is Category.PROMOTION:
        return Kind.NEWSLETTER
    talk = _is_talk(message)
    # Lists of people say "Precedence: bulk" too.
    automated = (
        message.bulk.is_automated
        and message.bulk.precedence != "list"
        and not (talk and message.bulk.auto_submitted in ("", "no"))
    )
    machine = _is_machine(message.sender.email) or automated
    if message.bulk.is_list or message.bulk.unsubscribe or message.bulk.precedence == "list":
        if machine or not talk:
            return Kind.NEWSLETTER
        return Kind.PERSON if _asks(one) and _is_to(message, person) else Kind.LIST
    if machine:
        return Kind.NOTIFICATION
    tagged = "[" in message.subject and _TAG.match(bare_subject(message.subject))
    return Kind.LIST if tagged and not _is_to(message, person) else Kind.PERSON


def insists(one: Judged, is_a: Kind) -> bool:
    """Worth a person's eye whoever sent it: a rule says so, or an alarm that is no newsletter."""
    if one.verdict.priority in {"urgent", "high"}:
        return True
    alarm = one.verdict.category is Category.URGENT and one.verdict.urgency >= 0.8
    return alarm and is_a is Kind.NOTIFICATION


@lru_cache(maxsize=4096)
def _is_machine(email: str) -> bool:
    """The same senders come again and again."""
    return is_machine(email)


def _is_talk(message: Message) -> bool:
    """People of many places write on a list; a newsletter comes from the house that keeps it, and answers nobody."""
    if not message.bulk.is_list and message.bulk.precedence != "list":
        return False
    keeper = organisation(message.bulk.list_id.strip("<> ").rpartition("<")[2])
    return bool(message.in_reply_to) or (bool(keeper) and organisation(message.sender.domain) != keeper)


def _is_to(message: Message, person: Person) -> bool:
    return any(person.is_me(a.email) for a in (*message.to, *message.cc))


def _asks(one: Judged) -> bool:
    return any(r.of_me for r in one.verdict.requests)
