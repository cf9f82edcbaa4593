"""What a received message is, as far as a morning cares: from a person, or one of the many."""

from __future__ import annotations

import re
from enum import StrEnum

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
    machine = is_machine(message.sender) or (message.bulk.is_automated and message.bulk.precedence != "list")
    to_me = _is_to(message, person)
    if message.bulk.is_list or message.bulk.unsubscribe or message.bulk.precedence == "list":
        if machine or not _is_talk(message):
            return Kind.NEWSLETTER
        return Kind.PERSON if to_me and _asks(one) else Kind.LIST
    if machine:
        return Kind.NOTIFICATION
    return Kind.LIST if not to_me and _TAG.match(bare_subject(message.subject)) else Kind.PERSON


def insists(one: Judged, person: Person) -> bool:
    """Worth a person's eye whoever sent it: a rule says so, or an alarm that is no newsletter."""
    if one.verdict.priority in {"urgent", "high"}:
        return True
    alarm = one.verdict.category is Category.URGENT and one.verdict.urgency >= 0.8
    return alarm and kind(one, person) is Kind.NOTIFICATION


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
