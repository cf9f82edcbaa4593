"""Newsletters, and people who talk on a list."""

from __future__ import annotations

import pytest

from service.briefing.kinds import Kind, kind
from service.domain.items import Bulk
from service.domain.people import Address
from service.domain.verdicts import Category, Judged, Verdict
from tests.builders import a_message, a_person

LIST = "<talk.lists.example>"


@pytest.mark.parametrize(
    ("bulk", "sender", "is_a"),
    [
        (Bulk(list_id=LIST, precedence="bulk"), "ann@firm.example", Kind.LIST),
        (Bulk(list_id=LIST, precedence="list"), "ann@firm.example", Kind.LIST),
        (Bulk(list_id=LIST, precedence="bulk"), "editor@lists.example", Kind.NEWSLETTER),
        (Bulk(list_id=LIST, precedence="bulk", auto_submitted="auto-generated"), "ann@firm.example", Kind.NEWSLETTER),
        (Bulk(list_id=LIST, precedence="bulk"), "noreply@firm.example", Kind.NEWSLETTER),
        (Bulk(precedence="bulk", unsubscribe=True), "ann@firm.example", Kind.NEWSLETTER),
    ],
)
def test_people_who_talk_on_a_list_write_no_newsletter_whatever_its_precedence(bulk: Bulk, sender: str, is_a: Kind) -> None:
    message = a_message(bulk=bulk, sender=Address(sender), to=(Address("talk@lists.example"),))
    assert kind(Judged(message, Verdict(Category.FYI, 0.1, ())), a_person()) is is_a
