import pytest

from service.domain.items import Provenance, Reply
from service.domain.people import Address
from tests.unit.calendar.calendars import an_ics, shown

WHEN = "DTSTART:20260512T080000Z\n"


def the_event(lines: str):
    (event,), problems = shown(an_ics(WHEN + lines))
    assert not problems
    return event


def test_people_with_their_replies_and_roles():
    event = the_event(
        "ORGANIZER;CN=Dana Whitfield:mailto:Dana@Atlas.example\n"
        'ATTENDEE;CN="Keller, Mara";PARTSTAT=ACCEPTED:MAILTO:mara@keller.example\n'
        "ATTENDEE;PARTSTAT=TENTATIVE;ROLE=OPT-PARTICIPANT:mailto:tom@atlas.example\n"
        "ATTENDEE;CUTYPE=ROOM;CN=Board room:mailto:room@atlas.example\n"
        "ATTENDEE;CN=Dana Whitfield:mailto:dana@atlas.example\n"
        "ATTENDEE;EMAIL=ines@atlas.example;CN=Ines:/principals/ines/\n"
        "ATTENDEE;CN=Dana again:mailto:dana@atlas.example"
    )
    assert event.organizer == Address("dana@atlas.example", "Dana Whitfield")
    mara, tom, room, dana, ines = event.attendees
    assert (mara.address, mara.reply) == (Address("mara@keller.example", "Keller, Mara"), Reply.ACCEPTED)
    assert (tom.reply, tom.optional) == (Reply.TENTATIVE, True)
    assert (room.resource, room.reply) == (True, Reply.NONE)
    assert dana.organizer
    assert ines.address == Address("ines@atlas.example", "Ines")


def test_an_organizer_who_is_not_in_the_list_leads_it():
    event = the_event("ORGANIZER:mailto:dana@atlas.example\nATTENDEE:mailto:mara@keller.example")
    assert [(a.address.email, a.organizer) for a in event.attendees] == [
        ("dana@atlas.example", True),
        ("mara@keller.example", False),
    ]


@pytest.mark.parametrize(
    ("lines", "provenance"),
    [
        ("SUMMARY:Dentist", Provenance.OWN),
        ("ORGANIZER:mailto:Mara@Keller.example\nATTENDEE:mailto:dana@atlas.example", Provenance.OWN),
        ("ORGANIZER:mailto:dana@atlas.example", Provenance.OUTSIDE),
        ("ATTENDEE:mailto:mara@keller.example", Provenance.OUTSIDE),
    ],
)
def test_own_is_what_the_person_wrote(lines, provenance):
    assert the_event(lines).provenance is provenance


@pytest.mark.parametrize(
    ("lines", "link"),
    [
        (
            "X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij\nLOCATION:https://zoom.us/j/1",
            "https://meet.google.com/abc-defg-hij",
        ),
        ("CONFERENCE;VALUE=URI:https://video.example/room", "https://video.example/room"),
        ("LOCATION:https://acme.zoom.us/j/123?pwd=x", "https://acme.zoom.us/j/123?pwd=x"),
        ("URL:https://teams.microsoft.com/l/meetup-join/19%3ax", "https://teams.microsoft.com/l/meetup-join/19%3ax"),
        ("DESCRIPTION:Agenda\\nhttps://docs.example/a\\nJoin <https://zoom.us/j/99>.", "https://zoom.us/j/99"),
        ("DESCRIPTION:Join the video call: https://video.example/room/7.", "https://video.example/room/7"),
        ("LOCATION:https://video.example/room", "https://video.example/room"),
        ("DESCRIPTION:See https://docs.example/agenda", ""),
        ("DESCRIPTION:https://zoom.us/pricing", ""),
        ("DESCRIPTION:https://zoom.us.evil.example/j/1", ""),
        ("LOCATION:http://zoom.us/j/1", ""),
    ],
)
def test_link_to_join(lines, link):
    assert the_event(lines).conference == link


def test_what_else_it_says():
    event = the_event(
        "SUMMARY:Quarterly\\, plan\nLOCATION:Room 4\\; floor 2\nSTATUS:TENTATIVE\nTRANSP:TRANSPARENT\nCLASS:CONFIDENTIAL\n"
        "SEQUENCE:3\nLAST-MODIFIED:20260501T090000Z\nURL:https://cal.example/e/1"
    )
    assert (event.title, event.location, event.status, event.busy) == ("Quarterly, plan", "Room 4; floor 2", "tentative", False)
    assert (event.private, event.sequence, event.url, event.updated_at.day) == (True, 3, "https://cal.example/e/1", 1)


def test_a_link_that_is_no_web_address_is_no_link():
    assert the_event("URL:javascript:alert(1)").url == ""


def test_html_in_a_description_is_read_as_it_is_shown():
    event = the_event(
        'DESCRIPTION:<p>Agenda</p><ul><li>Budget</li></ul><span style="display:none">secret</span><script>x()</script>a &lt; b'
    )
    assert event.description == "Agenda\nBudget\na < b"
    assert the_event("DESCRIPTION:if a < b and c > d").description == "if a < b and c > d"


def test_quoted_printable_of_old_calendars_is_decoded():
    assert the_event("SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9").title == "Café"
