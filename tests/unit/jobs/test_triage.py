from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jobs import triage
from service.domain.delivery import Audience, Draft, Keep, Nothing, Skip
from service.domain.ledger import Cadence, Every, Occurrence
from service.domain.people import Address
from service.domain.sync import Account, Health
from service.domain.verdicts import Category, Judged, Request, Span
from service.ports import Occasion, Services
from tests.builders import MARA, NOON, a_contact, a_message, a_person, a_verdict, judged
from tests.world import World

STRANGER = Address("kim@unknown.example", "Kim")
CHANNELS = {"inbox": Audience.PERSON, "phone": Audience.PERSON, "wall": Audience.OTHERS}
FIVE = timedelta(minutes=5)


def urgent(**fields) -> Judged:
    verdict = {
        k: fields.pop(k)
        for k in ("notify", "priority", "spam", "phishing", "muted", "private", "urgency", "category")
        if k in fields
    }
    text = fields.pop("text", "The server is down. Can you call me now?")
    ask = "Can you call me now?"
    message = a_message(**{"subject": "Server", "text": text, "reply_text": text, "sent_at": NOON - FIVE} | fields)
    plain = {"category": Category.URGENT, "urgency": 0.9, "requests": (Request(Span(ask, 20), ask),)}
    return judged(message, a_verdict(**plain | verdict))


def occasion(to: tuple[str, ...] = ("phone",), count: int = 1) -> Occasion:
    row = Occurrence("o", "mara", "triage", "triage", "x", NOON, NOON, NOON + FIVE, count=count)
    return Occasion(Cadence("mara", "triage", "triage", Every(FIVE), to), row)


def services(*things: object) -> Services:
    return Services(World(a_person()).with_(*things), audiences=CHANNELS)


def prepare(at: Services, when: Occasion | None = None) -> Draft | Nothing:
    return triage.prepare(at, a_person(), when or occasion(), NOON)


NOTHING = Nothing("nothing urgent")


def test_an_urgent_mail_from_somebody_known_alerts_with_its_question() -> None:
    draft = prepare(services(urgent(), a_contact()))
    assert draft.to == ("phone",)
    assert draft.notices[0].short == "Dana Whitfield: Server\n“Can you call me now?”"
    assert draft.notices[0].subject == "Dana Whitfield: Server"
    assert draft.notices[0].priority == "urgent"
    assert draft.facts[0].sources[0].quote == "Can you call me now?"


def test_strangers_and_machines_do_not_interrupt_unless_a_rule_says_so() -> None:
    assert prepare(services(urgent(sender=STRANGER))) == NOTHING
    assert prepare(services(urgent(sender=Address("noreply@bank.example")))) == NOTHING
    assert prepare(services(urgent(sender=STRANGER, notify=("phone",)))).to == ("phone",)
    assert prepare(services(urgent(sender=STRANGER, priority="urgent"))).to == ("phone",)


@pytest.mark.parametrize("mark", ["spam", "phishing", "muted"])
def test_junk_never_alerts_even_where_a_rule_would(mark: str) -> None:
    assert prepare(services(urgent(notify=("phone",), **{mark: True}), a_contact())) == NOTHING


@pytest.mark.parametrize("flag", ["seen", "answered"])
def test_what_the_person_has_seen_does_not_alert(flag: str) -> None:
    assert prepare(services(urgent(flags=frozenset({flag})), a_contact())) == NOTHING


def test_what_the_person_has_answered_does_not_alert() -> None:
    answer = a_message(sender=MARA, thread_id="t", sent_at=NOON - timedelta(minutes=1))
    assert prepare(services(urgent(thread_id="t"), answer, a_contact())) == NOTHING


def test_ordinary_and_old_mail_waits_for_the_morning() -> None:
    assert prepare(services(urgent(category=Category.NEEDS_REPLY), a_contact())) == NOTHING
    assert prepare(services(urgent(sent_at=NOON - timedelta(hours=3)), a_contact())) == NOTHING


def test_after_an_outage_what_came_meanwhile_still_alerts() -> None:
    at = services(urgent(sent_at=NOON - timedelta(hours=5)), a_contact())
    assert prepare(at, occasion(count=72)).to == ("phone",)


def test_each_message_alerts_once() -> None:
    at = services(urgent(), a_contact())
    at.items.tell("triage", NOON - FIVE, prepare(at).facts)
    assert prepare(at) == NOTHING


def test_rules_name_channels_that_exist_else_the_cadence_does() -> None:
    assert prepare(services(urgent(notify=("inbox", "pager")))).to == ("inbox",)
    assert prepare(services(urgent(notify=("pager",)))).to == ("phone",)


def test_several_are_one_alert() -> None:
    draft = prepare(services(urgent(), urgent(sender=Address("tom@atlas.example", "Tom Reed"), notify=("phone",)), a_contact()))
    assert len(draft.notices) == 1
    assert draft.notices[0].subject.startswith("2 urgent messages: ")
    assert len(draft.facts) == 2


def test_a_private_message_is_kept_from_channels_others_see() -> None:
    at = services(urgent(private=True), urgent(subject="Lift", text="The lift is stuck."), a_contact())
    draft = prepare(at, occasion(("phone", "wall")))
    shown = {n.audience: n.subject + n.text + n.short + n.html for n in draft.notices}
    assert "Server" in shown[Audience.PERSON]
    assert "Server" not in shown[Audience.OTHERS]
    assert "Lift" in shown[Audience.OTHERS]
    alone = prepare(services(urgent(private=True), a_contact()), occasion(("wall",)))
    assert alone == Nothing("what there is to say is private, and its channels are seen by others")


def test_without_a_channel_it_says_so() -> None:
    assert prepare(services(urgent(), a_contact()), occasion(())) == Nothing("no channel is named for it")


def test_read_in_the_meantime_is_not_said() -> None:
    at = services(urgent(), a_contact())
    draft = prepare(at)
    assert triage.recheck(at, a_person(), draft, occasion(), NOON) == Keep()
    one = at.items.messages[0]
    at.items.messages[0] = replace(one, message=replace(one.message, flags=frozenset({"seen"})))
    assert triage.recheck(at, a_person(), draft, occasion(), NOON) == Skip("nothing urgent")


def refusing(since=NOON - FIVE, **fields) -> Account:
    said = {"error": "imap.keller.example refuses user mara with this password: make an app password"}
    what = {"person": "mara", "name": "imap mara@keller.example", "kind": "imap", "health": Health.NO_ACCESS}
    return Account(**what | said | {"failing_since": since} | fields)


def after(draft: Draft, *things: object) -> Services:
    world = World(a_person()).with_(*things)
    return Services(world.tell("triage", NOON - FIVE, draft.facts), audiences=CHANNELS)


def test_a_source_that_refuses_us_is_told_with_what_mends_it() -> None:
    draft = prepare(services(refusing()))
    assert draft.notices[0].subject == "mara@keller.example can't be read any more"
    assert draft.notices[0].short.endswith("\nimap.keller.example refuses user mara with this password: make an app password")
    assert draft.to == ("phone",)
    assert "make an app password" in draft.notices[0].text


def test_it_is_told_once_and_anew_when_it_breaks_anew() -> None:
    draft = prepare(services(refusing()))
    assert prepare(after(draft, refusing())) == NOTHING
    assert prepare(after(draft, refusing(health=Health.OK, failing_since=None, error=""))) == NOTHING
    again = prepare(after(draft, refusing(since=NOON)))
    assert [fact.key for fact in again.facts] == ["access:imap mara@keller.example"]


def test_what_is_merely_unreachable_is_not_worth_an_interruption() -> None:
    assert prepare(services(refusing(health=Health.UNREACHABLE))) == NOTHING


def test_it_goes_along_with_an_urgent_mail_and_never_to_others() -> None:
    draft = prepare(services(urgent(), a_contact(), refusing()), occasion(("phone", "wall")))
    person, wall = (next(n for n in draft.notices if n.audience == a) for a in (Audience.PERSON, Audience.OTHERS))
    assert person.short.splitlines()[0] == "Dana Whitfield: Server"
    assert person.short.splitlines()[1].startswith("mara@keller.example can't be read any more")
    assert "password" not in wall.text + wall.short + (wall.html or "")


def test_what_was_lost_before_a_restore_was_told_by_the_service_before() -> None:
    assert prepare(replace(services(refusing()), silent_until=NOON)) == NOTHING
