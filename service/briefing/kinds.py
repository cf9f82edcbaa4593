"""What a received message is, as far as a morning cares: from a person, or one of the many."""

from __future__ import annotations

from enum import StrEnum

from service.domain.verdicts import Category, Judged
from service.people import is_machine


class Kind(StrEnum):
    PERSON = "person"
    NEWSLETTER = "newsletter"
    NOTIFICATION = "notification"
    LIST = "list"  # people talking on a mailing list
    MUTED = "muted"
    SPAM = "spam"
    PHISHING = "phishing"


def kind(one: Judged) -> Kind:
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
    if message.bulk.is_list or message.bulk.unsubscribe:
        talk = message.bulk.is_list and not machine
        if talk and asks_me(one):
            return Kind.PERSON
        return Kind.LIST if talk and message.in_reply_to else Kind.NEWSLETTER
    return Kind.NOTIFICATION if machine else Kind.PERSON


def asks_me(one: Judged) -> bool:
    return any(r.of_me for r in one.verdict.requests)


def insists(one: Judged) -> bool:
    """Worth a person's eye whoever sent it: a rule says so, or an alarm that is no newsletter."""
    if one.verdict.priority in {"urgent", "high"}:
        return True
    alarm = one.verdict.category is Category.URGENT and one.verdict.urgency >= 0.8
    return alarm and kind(one) is Kind.NOTIFICATION
