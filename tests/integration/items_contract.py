"""What every implementation of `ports.Items` must do. A test module provides the fixture `items_factory` and imports these:

`items_factory(person, judged_messages=(), events=(), threads=(), contacts=(), deals=(), notes=(), tasks=()) -> Items`
"""

from datetime import date, timedelta

from service.domain.items import Attendee, Post
from service.domain.people import Address
from tests.builders import (
    DANA,
    MARA,
    NOON,
    a_contact,
    a_deal,
    a_message,
    a_note,
    a_person,
    a_task,
    a_thread,
    a_verdict,
    an_event,
    judged,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOM = Address("tom@reed.example", "Tom Reed")


def mail(**fields):
    return judged(a_message(**fields))


def ids(some):
    return [getattr(one, "message", one).id for one in some]


def test_received_is_from_others_in_the_window_newest_first(items_factory):
    items = items_factory(
        a_person(),
        [
            mail(id="old", sent_at=NOON - DAY),
            mail(id="first", sent_at=NOON - 3 * HOUR),
            mail(id="second", sent_at=NOON - 2 * HOUR),
            mail(id="mine", sender=MARA, to=(DANA,), sent_at=NOON - HOUR),
            mail(id="future", sent_at=NOON + HOUR),
        ],
    )
    assert ids(items.received(NOON - 4 * HOUR, NOON)) == ["second", "first"]


def test_window_includes_its_start_and_not_its_end(items_factory):
    items = items_factory(a_person(), [mail(id="start", sent_at=NOON - HOUR), mail(id="end", sent_at=NOON)])
    assert ids(items.received(NOON - HOUR, NOON)) == ["start"]


def test_sent_is_the_persons_own(items_factory):
    items = items_factory(a_person(), [mail(id="theirs"), mail(id="mine", sender=MARA, to=(DANA,))])
    assert ids(items.sent(NOON - DAY, NOON)) == ["mine"]


def test_drafts_deleted_mail_and_own_briefings_are_out_of_sight(items_factory):
    hidden = [
        mail(id="draft", flags=frozenset({"draft"}), sender=MARA),
        mail(id="trashed", flags=frozenset({"trashed"})),
        mail(id="briefing", own_briefing=True),
    ]
    items = items_factory(a_person(), [*hidden, mail(id="seen", flags=frozenset({"seen"}))])
    assert ids(items.received(NOON - DAY, NOON)) == ["seen"]
    assert not items.sent(NOON - DAY, NOON)


def test_messages_come_back_as_they_were_judged(items_factory):
    one = judged(a_message(), a_verdict(urgency=0.83, reasons=("because", "and")))
    assert items_factory(a_person(), [one]).received(NOON - DAY, NOON) == [one]


def test_conversations_are_whole_and_oldest_first_but_end_at_the_moment(items_factory):
    items = items_factory(
        a_person(),
        [
            mail(id="b", thread_id="t", sent_at=NOON - HOUR, sender=MARA, to=(DANA,)),
            mail(id="a", thread_id="t", sent_at=NOON - 30 * DAY),
            mail(id="later", thread_id="t", sent_at=NOON + HOUR),
            mail(id="elsewhere", thread_id="u"),
        ],
    )
    found = items.conversations(["t", "missing"], NOON)
    assert {key: ids(value) for key, value in found.items()} == {"t": ["a", "b"]}


def test_correspondence_goes_both_ways_newest_first_and_is_limited(items_factory):
    items = items_factory(
        a_person(),
        [
            mail(id="from", sent_at=NOON - 3 * HOUR),
            mail(id="to", sender=MARA, to=(DANA,), sent_at=NOON - 2 * HOUR),
            mail(id="copied", sender=MARA, to=(TOM,), cc=(DANA,), sent_at=NOON - HOUR),
            mail(id="other", sender=TOM, to=(MARA,), sent_at=NOON - HOUR),
            mail(id="future", sent_at=NOON + HOUR),
        ],
    )
    assert ids(items.correspondence([DANA.email], NOON, 10)) == ["copied", "to", "from"]
    assert ids(items.correspondence([DANA.email], NOON, 1)) == ["copied"]


def test_relations_count_both_ways_and_leave_out_strangers(items_factory):
    items = items_factory(
        a_person(),
        [mail(message_id="q@x"), mail(), mail(sender=MARA, to=(DANA,), in_reply_to="q@x")],
        contacts=[a_contact()],
    )
    found = items.relations([DANA.email, "stranger@else.example"])
    assert set(found) == {DANA.email}
    assert (found[DANA.email].received, found[DANA.email].sent, found[DANA.email].known) == (2, 1, True)


def test_events_overlap_the_window_by_start_cancelled_ones_included(items_factory):
    def event(id, start, end, **fields):
        return an_event(id=id, start_at=NOON + start * HOUR, end_at=NOON + end * HOUR, **fields)

    items = items_factory(
        a_person(),
        events=[
            event("later", 2, 3),
            event("running", -1, 1),
            event("ended", -2, 0),
            event("off", 1, 2, status="cancelled"),
            event("after", 5, 6),
        ],
    )
    assert ids(items.events(NOON, NOON + 5 * HOUR)) == ["running", "off", "later"]


def test_one_event_is_found_by_its_id_or_not_at_all(items_factory):
    event = an_event(attendees=(Attendee(DANA),))
    items = items_factory(a_person(), events=[event])
    assert items.event(event.id) == event
    assert items.event("no such event") is None


def test_chats_are_newest_first_without_what_was_posted_later(items_factory):
    def post(id, hours, author=DANA):
        return Post(id=id, at=NOON + hours * HOUR, author=author, text=id)

    items = items_factory(
        a_person(),
        threads=[
            a_thread(id="quiet", posts=(post("p0", -9),)),
            a_thread(id="lively", posts=(post("p1", -8), post("p2", -1), post("p3", 1))),
            a_thread(id="calm", posts=(post("p4", -2),)),
            a_thread(id="future", posts=(post("p5", 2),)),
        ],
    )
    found = items.chats(NOON - 3 * HOUR, NOON)
    assert [(t.id, [p.id for p in t.posts]) for t in found] == [("lively", ["p1", "p2"]), ("calm", ["p4"])]


def test_chats_with_somebody_are_those_they_wrote_in(items_factory):
    def post(id, hours, author):
        return Post(id=id, at=NOON + hours * HOUR, author=author, text=id)

    items = items_factory(
        a_person(),
        threads=[
            a_thread(id="toms", posts=(post("p1", -3, TOM),)),
            a_thread(id="both", posts=(post("p2", -5, TOM), post("p3", -4, DANA))),
            a_thread(id="hers", posts=(post("p4", -2, DANA),)),
            a_thread(id="not yet", posts=(post("p5", -2, TOM), post("p6", 2, DANA))),
        ],
    )
    assert ids(items.chats_with([DANA.email], NOON, 5)) == ["hers", "both"]
    assert ids(items.chats_with([DANA.email], NOON, 1)) == ["hers"]


def test_contacts_of_one_address_are_merged_the_newest_winning(items_factory):
    old = a_contact(account="crm", title="Analyst", company="Atlas AG", updated_at=NOON - 9 * DAY)
    new = a_contact(account="phone", title="CFO", company="", phones=("+41 44 000 00 00",), updated_at=NOON - DAY)
    found = items_factory(a_person(), contacts=[old, new]).contacts([DANA.email, "nobody@else.example"])
    assert set(found) == {DANA.email}
    card = found[DANA.email]
    assert (card.title, card.company, card.phones) == ("CFO", "Atlas AG", ("+41 44 000 00 00",))


def test_deals_name_a_person_or_a_company_open_and_new_first(items_factory):
    items = items_factory(
        a_person(),
        deals=[
            a_deal(id="lost", open=False, updated_at=NOON),
            a_deal(id="old", updated_at=NOON - 3 * DAY),
            a_deal(id="new", people=(), updated_at=NOON - DAY),
            a_deal(id="other", people=(TOM.email,), company="Reed Ltd"),
        ],
    )
    assert ids(items.deals([DANA.email], ["atlas ag"])) == ["new", "old", "lost"]
    assert ids(items.deals([TOM.email], [])) == ["other"]
    assert ids(items.deals([], [])) == []
    assert set(ids(items.open_deals())) == {"old", "new", "other"}


def test_deals_are_found_by_the_domain_of_their_company(items_factory):
    deals = [a_deal(id="theirs", company="Northbay Holding", people=(), domains=("northbay.example",)), a_deal(id="other")]
    assert ids(items_factory(a_person(), deals=deals).deals([], ["northbay.example"])) == ["theirs"]


def test_tasks_are_the_open_ones_by_due_date(items_factory):
    items = items_factory(
        a_person(),
        tasks=[
            a_task(id="some day"),
            a_task(id="friday", due_on=date(2026, 5, 15)),
            a_task(id="today", due_on=date(2026, 5, 12)),
            a_task(id="done", due_on=date(2026, 5, 11), done=True),
        ],
    )
    assert ids(items.tasks()) == ["today", "friday", "some day"]


def test_notes_with_most_matches_come_first_then_the_newest(items_factory):
    items = items_factory(
        a_person(),
        notes=[
            a_note(id="one", title="Call", text="Whitfield called", at=NOON - 2 * DAY),
            a_note(id="one, newer", title="Call", text="Whitfield called again", at=NOON - DAY),
            a_note(id="both", title="Atlas", text="Whitfield on the term sheet", at=NOON - 9 * DAY),
            a_note(id="none", title="Garden", text="tulips", at=NOON - DAY),
            a_note(id="later", title="Atlas", text="Whitfield", at=NOON + DAY),
        ],
    )
    assert ids(items.notes(["Whitfield", "Atlas"], NOON, 5)) == ["both", "one, newer", "one"]
    assert ids(items.notes(["whitfield"], NOON, 1)) == ["one, newer"]
    assert ids(items.notes([], NOON, 5)) == []


def test_an_empty_store_answers_everything_with_nothing(items_factory):
    items = items_factory(a_person())
    assert not items.received(NOON - DAY, NOON)
    assert not items.relations([DANA.email])
    assert not items.told("morning", NOON)
    assert items.last_told_at("morning", NOON) is None
    assert not items.missed(NOON - DAY, NOON)
