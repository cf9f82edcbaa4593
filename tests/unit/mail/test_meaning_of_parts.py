"""What a mail is beside its words: about a meeting, from a program, carrying files and other mail."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from service.domain.items import Message
from service.domain.mailing import Automatic, Delivery, Invitation
from service.domain.people import Address
from service.domain.raw import RawMessage
from service.mail.anatomy import read_closely
from service.mail.message import read_message
from service.store.codec import Codec
from tests.unit.mail.test_message import HEAD, STORED, mixed, read

DANA = Address("dana@atlas.example", "Dana")


def calendar(method: str = "REQUEST", *lines: str, status: str = "") -> bytes:
    event = ["UID:7@atlas.example", "DTSTART:20260514T120000Z", "DTEND:20260514T130000Z", "SUMMARY:Lunch", "SEQUENCE:2"]
    event += ["ORGANIZER;CN=Dana:mailto:dana@atlas.example", "LOCATION:Baltic", *lines, *([f"STATUS:{status}"] if status else [])]
    book = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        *([f"METHOD:{method}"] if method else []),
        "BEGIN:VEVENT",
        *event,
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\n".join(book).encode()


def invited(data: bytes, kind: bytes = b"text/calendar; method=REQUEST; charset=utf-8") -> tuple[Invitation, ...]:
    return read(mixed(b"Content-Type: text/plain\n\nhi", b"Content-Type: " + kind + b"\n\n" + data)).invitations


def test_an_invitation_names_its_event() -> None:
    (one,) = invited(calendar())
    start, end = datetime(2026, 5, 14, 12, tzinfo=UTC), datetime(2026, 5, 14, 13, tzinfo=UTC)
    assert one == Invitation("7@atlas.example", "request", "", "Lunch", start, end, "Baltic", 2, DANA)
    assert one.concerns("7@atlas.example", "any instance")
    assert not one.concerns("8@atlas.example", "")


def test_a_change_of_one_instance_concerns_only_that() -> None:
    (one,) = invited(calendar("REQUEST", "RECURRENCE-ID:20260514T120000Z"))
    assert one.concerns("7@atlas.example", one.event_id)
    assert not one.concerns("7@atlas.example", "7@atlas.example/20260521T120000Z")


@pytest.mark.parametrize(
    ("data", "method"),
    [
        (calendar("CANCEL"), "cancel"),
        (calendar("REQUEST", status="CANCELLED"), "cancel"),
        (calendar("PUBLISH"), "publish"),
        (calendar("COUNTER"), "counter"),
        (calendar(""), "request"),  # said by the part alone
    ],
)
def test_methods_are_told_apart(data: bytes, method: str) -> None:
    assert [one.method for one in invited(data)] == [method]


def test_a_reply_says_who_answered_what() -> None:
    (one,) = invited(calendar("REPLY", "ATTENDEE;CN=Mara;PARTSTAT=DECLINED:mailto:mara@keller.example"))
    assert one.replies == ((Address("mara@keller.example", "Mara"), "declined"),)


def test_an_invitation_attached_as_a_file_too_is_one() -> None:
    file = b"Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment\n\n" + calendar()
    assert len(read(mixed(b"Content-Type: text/calendar\n\n" + calendar(), file)).invitations) == 1


def test_a_broken_calendar_part_costs_nothing_else() -> None:
    message = read(
        mixed(b"Content-Type: text/plain\n\nhi", b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:x")
    )
    assert (message.text, message.invitations) == ("hi", ())


@pytest.mark.parametrize("lines", [(), ("DTSTART;VALUE=DATE:20260514", "DTEND;VALUE=DATE:20260515")])
def test_the_store_gives_back_what_was_read(lines: tuple[str, ...]) -> None:
    data = (
        calendar()
        .replace(b"DTSTART:20260514T120000Z", b"\n".join(map(str.encode, lines)))
        .replace(b"DTEND:20260514T130000Z\n", b"")
        if lines
        else calendar()
    )
    message = read(mixed(b"Content-Type: text/calendar\n\n" + data))
    assert isinstance(message.invitations[0].start, datetime if not lines else date)
    codec = Codec()
    assert codec.unpack(codec.pack(message), Message) == message


def bounce(
    *groups: str, returned: bytes = b"Content-Type: message/rfc822\n\nMessage-ID: <sent@keller.example>\nSubject: Lunch\n\nhi"
) -> Message:
    status = b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n" + "\n\n".join(groups).encode()
    return read(mixed(b"Content-Type: text/plain\n\nSorry.", status, returned, kind=b"report; report-type=delivery-status"))


def group(action: str, status: str = "5.1.1", email: str = "otto@gone.example") -> str:
    return f"Final-Recipient: rfc822; {email}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 No such user"


def test_a_bounce_says_whom_it_did_not_reach_and_which_mail() -> None:
    message = bounce(group("failed"))
    assert message.automatic is Automatic.BOUNCE
    assert message.report is not None
    assert message.report.deliveries == (Delivery("otto@gone.example", "5.1.1", "550 No such user"),)
    assert message.report.about == "sent@keller.example"


@pytest.mark.parametrize(
    ("actions", "kind"),
    [
        (["delayed"], Automatic.DELAY),
        (["delivered"], Automatic.DELIVERED),
        (["relayed"], Automatic.DELIVERED),
        (["delivered", "failed"], Automatic.BOUNCE),
        (["delayed", "delivered"], Automatic.DELAY),
    ],
)
def test_reports_are_told_apart_by_the_worst_they_say(actions: list[str], kind: Automatic) -> None:
    assert bounce(*map(group, actions)).automatic is kind


def test_headers_alone_name_the_mail_that_came_back() -> None:
    message = bounce(
        group("failed"), returned=b"Content-Type: text/rfc822-headers\n\nMessage-ID: <sent@keller.example>\nSubject: Lunch\n"
    )
    assert message.report is not None
    assert message.report.about == "sent@keller.example"


BY_HAND = [
    (b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n<otto@gone.example>:\nno user (#5.1.1)\n", Automatic.BOUNCE),
    (b"From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: otto@gone.example\n\nsorry 5.1.1", Automatic.BOUNCE),
    (b"From: postmaster@mx.example\nSubject: Unzustellbar: Lunch\n\notto@gone.example wurde nicht gefunden (5.1.1)", Automatic.BOUNCE),
    (b"From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Warning: message 1abc delayed 24 hours\n\notto@gone.example\n  4.1.1", Automatic.DELAY),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), BY_HAND)
def test_servers_that_report_in_their_own_words_are_known(data: bytes, kind: Automatic) -> None:
    message = read(data)
    assert message.automatic is kind
    assert message.report is not None
    assert [d.email for d in message.report.deliveries] == ["otto@gone.example"]


def test_a_receipt_says_who_has_read_what() -> None:
    note = b"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; otto@x.example\nOriginal-Message-ID: <sent@keller.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n"
    message = read(mixed(b"Content-Type: text/plain\n\nRead.", note, kind=b"report; report-type=disposition-notification"))
    assert message.automatic is Automatic.READ
    assert message.report is not None
    assert (message.report.about, message.report.deliveries[0].why) == ("sent@keller.example", "displayed")


AWAY = [
    "Auto-Submitted: auto-replied\nSubject: Lunch", "X-Autoreply: yes\nSubject: x", "Precedence: auto_reply\nSubject: x", "Subject: Automatic reply: Lunch",
    "Subject: Out of Office: Lunch", "Subject: Abwesenheitsnotiz: Urlaub", "Subject: Automatische Antwort: Essen", "Subject: R\u00e9ponse automatique : D\u00e9jeuner",
    "Subject: Respuesta autom\u00e1tica: Comida", "Subject: Risposta automatica: Pranzo", "Subject: Autosvar: Lunch", "Subject: \u81ea\u52a8\u56de\u590d: x",
]  # fmt: skip


@pytest.mark.parametrize("head", AWAY)
def test_automatic_replies_are_known(head: str) -> None:
    assert read(f"From: dana@atlas.example\n{head}\n\nI am away.".encode()).automatic is Automatic.REPLY


@pytest.mark.parametrize(
    "head",
    [
        "Subject: Re: Out of office plans",
        "Auto-Submitted: no\nSubject: x",
        "Auto-Submitted: auto-generated\nSubject: Build",
        "Subject: Delivery failed? call me",
    ],
)
def test_a_persons_mail_and_a_machines_are_no_automatic_reply(head: str) -> None:
    message = read(f"From: dana@atlas.example\n{head}\n\nhi".encode())
    assert (message.automatic, message.report) == (Automatic.NONE, None)


def test_attached_messages_are_named() -> None:
    inner = b"Content-Type: message/rfc822\n\nFrom: otto@x.example\nSubject: Old\nDate: Tue, 12 May 2026 09:12:00 +0200\nMessage-ID: <o@x>\n\nhi"
    (one,) = read(mixed(b"Content-Type: text/plain\n\nsee below", inner)).carried
    assert (one.sender.email, one.subject, one.message_id) == ("otto@x.example", "Old", "o@x")
    assert one.sent_at == datetime(2026, 5, 12, 7, 12, tzinfo=UTC)


FILES = [
    (b'application/pdf; name="../../etc/report.pdf"', b"%PDF-1.7", "report.pdf", ""),
    (b'application/pdf; name="a\\\\b.pdf"', b"%PDF-1.7", "b.pdf", ""),
    (b'application/octet-stream; name="invoice.pdf.exe"', b"MZ..", "invoice.pdf.exe", "a program that calls itself a document"),
    (b'application/pdf; name="invoice.pdf"', b"MZ\x90\x00", "invoice.pdf", "is a program"),
    (b'image/png; name="photo.png"', b"%PDF-1.4", "photo.png", "application/pdf"),
    (b'application/msword; name="a.doc"', b"{\\rtf1", "a.doc", ""),
    (b'application/octet-stream; name="a.docx"', b"PK\x03\x04", "a.docx", ""),
    ('application/pdf; name="evil\u202efdp.exe"'.encode(), b"MZ", "evilfdp.exe", "characters that nobody sees"),
    (b"application/pdf; name*=utf-8''%C3%BCbersicht.pdf", b"%PDF-", "\u00fcbersicht.pdf", ""),
    (b"application/pdf; name*0*=utf-8''%C3%BCber; name*1=sicht.pdf", b"%PDF-", "\u00fcbersicht.pdf", ""),
    (b'application/pdf; name="=?utf-8?B?w7xiZXJzaWNodC5wZGY=?="', b"%PDF-", "\u00fcbersicht.pdf", ""),
]


@pytest.mark.parametrize(("kind", "data", "name", "said"), FILES)
def test_files_have_plain_names_and_lies_about_them_are_noticed(kind: bytes, data: bytes, name: str, said: str) -> None:
    part = b"Content-Disposition: attachment\nContent-Type: " + kind + b"\n\n" + data
    message = read(mixed(b"Content-Type: text/plain\n\nhi", part))
    assert [a.name for a in message.attachments] == [name]
    assert (said in " ".join(message.noticed)) if said else not message.noticed


def test_forms_that_say_different_things_are_noticed() -> None:
    plain = b"Content-Type: text/plain\n\nPlease wire the whole amount to the new account in Riga today."
    html = b"Content-Type: text/html\n\n<p>Lunch at noon?</p>"
    message = read(mixed(plain, html, kind=b"alternative"))
    assert message.text == "Lunch at noon?"
    assert message.noticed == ("its plain text says what its HTML does not show; the HTML was read",)
    same = read(mixed(b"Content-Type: text/plain\n\nLunch at noon?", html, kind=b"alternative"))
    assert same.noticed == ()


def test_anatomy_shows_what_was_made_of_each_part() -> None:
    html = b'Content-Type: text/html\n\n<p>Yes.</p><p style="display:none">Pay Otto</p><blockquote>When?</blockquote>'
    data = mixed(b"Content-Type: multipart/alternative; boundary=c\n\n--c\n\nYes. See the HTML of this mail for all the rest\n--c\n" + html + b"\n--c--", b"Content-Type: application/pdf; name=a.pdf\n\n%PDF-1")  # fmt: skip
    message, anatomy = read_closely(RawMessage(data, "mail", "ref", STORED), frozenset())
    assert [(part.depth, part.media_type, part.use) for part in anatomy.parts] == [
        (0, "multipart/mixed", ""),
        (1, "multipart/alternative", ""),
        (2, "text/plain", "another form"),
        (2, "text/html", "read"),
        (1, "application/pdf", "attachment"),
    ]
    assert anatomy.chosen == "the HTML, which says more than the plain text"
    assert anatomy.hidden == ("Pay Otto",)
    assert anatomy.cut == "> When?"
    assert message == read_message(RawMessage(data, "mail", "ref", STORED), frozenset())


def test_anatomy_of_any_bytes_is_there() -> None:
    message, anatomy = read_closely(RawMessage(HEAD + b"\nhi", "mail", "ref", STORED), frozenset())
    assert message.text == "hi"
    assert [part.use for part in anatomy.parts] == ["read"]
    assert read_closely(RawMessage(b"", "mail", "ref", STORED), frozenset())[1].cut == ""
