"""Bytes to a message, whatever the bytes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.items import Attachment, Message, Provenance
from service.domain.people import Address
from service.domain.raw import RawMessage
from service.mail import limits
from service.mail.message import read_message

STORED = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
HEAD = (
    b"From: Dana Whitfield <Dana@Atlas.example>\nTo: mara@keller.example\nSubject: Lunch\nDate: Tue, 12 May 2026 09:12:00 +0200\n"
)


def read(data: bytes, own: frozenset[str] = frozenset(), **fields: object) -> Message:
    return read_message(RawMessage(data, "mail", "ref", STORED, **fields), own)  # type: ignore[arg-type]


def mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return (
        HEAD
        + b"MIME-Version: 1.0\nContent-Type: multipart/"
        + kind
        + b'; boundary="b"\n\nnot shown\n'
        + body
        + b"--b--\nnot shown\n"
    )


def test_plain_message_is_read_whole() -> None:
    message = read(HEAD + b"Message-ID: <1@atlas.example>\n\nCan we meet at noon?\n", folder="INBOX", flags=frozenset({"seen"}))
    assert message.sender == Address("dana@atlas.example", "Dana Whitfield")
    assert message.to == (Address("mara@keller.example"),)
    assert (message.subject, message.text, message.reply_text) == ("Lunch", "Can we meet at noon?", "Can we meet at noon?")
    assert message.sent_at == datetime(2026, 5, 12, 7, 12, tzinfo=UTC)
    assert (message.folder, message.flags, message.problems) == ("INBOX", frozenset({"seen"}), ())
    assert message.url == "mid:1@atlas.example"


def test_same_message_in_two_folders_is_one() -> None:
    one = read(b"X-Folder: a\nMessage-ID: <1@x.example>\n\nhi")
    other = read(b"X-Folder: b\nMessage-ID: <1@x.example>\n\nhi")
    assert one.id == other.id
    assert read(b"Subject: a\n\nhi").id != read(b"Subject: b\n\nhi").id


def test_a_copied_message_id_does_not_take_the_place_of_the_message_it_was_copied_from() -> None:
    one = read(b"From: dana@x.example\nMessage-ID: <1@x.example>\n\nPay the usual account.")
    assert read(b"From: mallory@x.example\nMessage-ID: <1@x.example>\n\nPay the usual account.").id != one.id
    assert read(b"From: dana@x.example\nMessage-ID: <1@x.example>\n\nPay mine.").id != one.id


def test_a_forged_own_address_is_not_the_persons_word() -> None:
    forged = b"Authentication-Results: mx.example; spf=fail; dmarc=fail\n"
    assert read(forged + HEAD + b"\nhi", frozenset({"dana@atlas.example"})).provenance is Provenance.OUTSIDE


def test_thread_is_the_root_it_answers() -> None:
    root = read(b"Message-ID: <1@x.example>\n\nhi")
    answer = read(b"Message-ID: <2@x.example>\nIn-Reply-To: <1@x.example>\n\nhi")
    later = read(b"Message-ID: <3@x.example>\nIn-Reply-To: <2@x.example>\nReferences: <1@x.example>\n <2@x.example>\n\nhi")
    assert root.thread_id == answer.thread_id == later.thread_id
    assert later.in_reply_to == "2@x.example"


def test_own_mail_is_told_from_others() -> None:
    assert read(HEAD + b"\nhi", frozenset({"dana@atlas.example"})).provenance is Provenance.OWN
    assert read(HEAD + b"\nhi").provenance is Provenance.OUTSIDE
    assert read(b"X-Reveille-Notice: 1\n\nhi").own_briefing


def test_missing_date_falls_back_to_newest_relay_then_to_storage() -> None:
    relays = b"Received: by b.example; Tue, 12 May 2026 09:00:05 +0000\nReceived: by a.example; Tue, 12 May 2026 08:00:00 +0000\n"
    assert read(relays + b"\nhi").sent_at == datetime(2026, 5, 12, 9, 0, 5, tzinfo=UTC)
    assert read(b"Date: yesterday\n\nhi").sent_at == STORED
    assert "no readable Date" in read(b"Subject: x\n\nhi").problems


@pytest.mark.parametrize(
    "before",
    [
        b"From dana@atlas.example Tue May 12 09:12:00 2026\n",
        b"\n\n",
        b"\xef\xbb\xbf",
        b">From x\n",
        b"220 ready\n",
        b"\r\n\r\n",
        b"junk line\n\n",
    ],
)
def test_garbage_before_the_headers_is_passed_over(before: bytes) -> None:
    assert read(before + HEAD + b"\nhi").subject == "Lunch"


def test_garbage_between_the_headers_is_passed_over() -> None:
    assert read(b"From: a@x.example\nrelay says hello\nSubject: Lunch\nTo: b@x.example\n\nhi").subject == "Lunch"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Gr\xfc\xdfe"),
        ("=?utf-8?b?R3LDvMOfZQ==?=", "Gr\xfc\xdfe"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Gr\xfc\xdfe"),
        ("=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Gr\xfc\xdfe"),
        ("=?iso-8859-1?q?Gr=FC=DFe?= to you", "Gr\xfc\xdfe to you"),
        ("=?utf-8?q?two words?=", "two words"),
        ("=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Gr\xfc\xdfe"),
        ("=?utf-8?q?cut_of", "cut of"),
        ("=?no-such-set?q?Gr=FC=DFe?=", "Gr\xfc\xdfe"),
        ("=?utf-8?q?really??=", "really?"),
        ("a =?b", "a =?b"),
    ],
)
def test_encoded_words_are_read_even_broken(written: str, meant: str) -> None:
    assert read(f"Subject: {written}\n\nhi".encode()).subject == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("dana@atlas.example", [("dana@atlas.example", "")]),
        ('"Whitfield, Dana" <dana@atlas.example>', [("dana@atlas.example", "Whitfield, Dana")]),
        ("dana@atlas.example (Dana Whitfield)", [("dana@atlas.example", "Dana Whitfield")]),
        ("Board: a@x.example, B <b@x.example>;", [("a@x.example", ""), ("b@x.example", "B")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?q?Dana=2C_W?= <dana@atlas.example>, c@x.example", [("dana@atlas.example", "Dana, W"), ("c@x.example", "")]),
        ("Dana <dana@atlas.example", [("dana@atlas.example", "Dana")]),
        ("<@relay.example:dana@atlas.example>", [("dana@atlas.example", "")]),
        ("Dana [mailto:dana@atlas.example]", [("dana@atlas.example", "Dana")]),
        ("The Postmaster", [("", "The Postmaster")]),
        ("'Dana' <dana@atlas.example>", [("dana@atlas.example", "Dana")]),
        ("", []),
    ],
)
def test_addresses_are_read_as_people_write_them(written: str, meant: list[tuple[str, str]]) -> None:
    assert [(a.email, a.name) for a in read(f"To: {written}\n\nhi".encode()).to] == meant


@pytest.mark.parametrize(
    ("kind", "body", "meant"),
    [
        (b"text/plain; charset=utf-8", "Gr\xfc\xdfe".encode(), "Gr\xfc\xdfe"),
        (b"text/plain; charset=us-ascii", "Gr\xfc\xdfe".encode(), "Gr\xfc\xdfe"),
        (b"text/plain; charset=iso-8859-1", "Gr\xfc\xdfe".encode(), "Gr\xfc\xdfe"),
        (b"text/plain; charset=utf-8", "Gr\xfc\xdfe".encode("latin-1"), "Gr\xfc\xdfe"),
        (b"text/plain", "Gr\xfc\xdfe \u201chi\u201d".encode("cp1252"), "Gr\xfc\xdfe \u201chi\u201d"),
        (
            b"text/plain; charset=koi8-r",
            "\u041f\u0440\u0438\u0432\u0435\u0442".encode("koi8-r"),
            "\u041f\u0440\u0438\u0432\u0435\u0442",
        ),
        (b"text/plain; charset=shift_jis", "\u3053\u3093".encode("shift_jis"), "\u3053\u3093"),
        (b"text/html", b'<meta charset="koi8-r"><p>' + "\u041f\u0440\u0438".encode("koi8-r"), "\u041f\u0440\u0438"),
        (b'text/plain; format="flowed"', b"one \ntwo\n\nthree", "one two\n\nthree"),
        (b"text", b"hi", "hi"),
        (b"", b"hi", "hi"),
    ],
)
def test_character_sets_real_and_lying(kind: bytes, body: bytes, meant: str) -> None:
    assert read(b"Content-Type: " + kind + b"\n\n" + body).text == meant


def test_alternatives_show_what_a_client_shows() -> None:
    plain, html = b"Content-Type: text/plain\n\n", b"Content-Type: text/html\n\n"
    agree = mixed(
        plain + b"See *you* at noon\nhttps://a.example/\n",
        html + b"<p>See <b>you</b> at noon <a href='https://a.example/'>here</a>",
        kind=b"alternative",
    )
    assert read(agree).text == "See *you* at noon\nhttps://a.example/"
    differ = mixed(plain + b"See you. Also wire the money.\n", html + b"<p>See you.</p>", kind=b"alternative")
    assert read(differ).text == "See you."
    placeholder = mixed(plain + b"Your client shows no HTML\n", html + b"<p>See you.</p>", kind=b"alternative")
    assert read(placeholder).text == "See you."
    empty = mixed(plain + b"See you.\n", html + b"<img src=x>", kind=b"alternative")
    assert read(empty).text == "See you."


def test_parts_of_a_mixed_message_follow_each_other_and_files_are_attachments() -> None:
    message = read(
        mixed(
            b"\nHello\n",
            b"Content-Type: application/pdf; name*0*=utf-8''Angebot%20; name*1=Z%C3%BCrich.pdf\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n",
            b"Content-Type: text/plain\nContent-Disposition: attachment; filename=notes.txt\n\nnot shown\n",
            b"Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n",
            b"Content-Type: text/plain\n\nBye\n",
        )
    )
    assert message.text == "Hello\n\nBye"
    assert message.attachments[0].media_type == "application/pdf"
    assert message.attachments[0].size == 5
    assert message.attachments[1] == Attachment("notes.txt", "text/plain", 10)
    assert message.attachments[2].media_type == "text/calendar"


def test_encoded_file_name_is_put_together() -> None:
    part = b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*0*=utf-8''Z%C3%BC; filename*1*=rich; filename*2=.pdf\n\nx"
    assert read(mixed(b"\nhi\n", part)).attachments[0].name == "Z\xfcrich.pdf"


def test_a_message_that_only_carries_another_shows_it() -> None:
    inner = b"Content-Type: message/rfc822\n\nFrom: Bo <bo@x.example>\nSubject: Fire\nContent-Type: text/plain\n\nIt burns.\n"
    alone = read(mixed(inner))
    assert "Subject: Fire" in alone.text
    assert "It burns." in alone.text
    assert alone.attachments[0].media_type == "message/rfc822"
    assert read(mixed(b"\nSee below.\n", inner)).text == "See below."


def test_headers_that_tell_bulk_and_proof() -> None:
    message = read(
        b"Authentication-Results: mx.example; spf=pass (x; dkim=fail) smtp.mailfrom=a; dkim=pass header.d=a; dmarc=fail\n"
        b"Authentication-Results: forged.example; dmarc=pass\nList-Id: The club <club.lists.example>\nPrecedence: Bulk\n"
        b"Auto-Submitted: auto-replied; x\nList-Unsubscribe: <mailto:a@b.example>\nFeedback-ID: x\n\nhi"
    )
    assert (message.authentication.spf, message.authentication.dkim, message.authentication.dmarc) == ("pass", "pass", "fail")
    assert (message.bulk.list_id, message.bulk.precedence, message.bulk.auto_submitted) == (
        "club.lists.example",
        "bulk",
        "auto-replied",
    )
    assert message.bulk.unsubscribe
    assert message.bulk.feedback_id
    assert read(b"Received-SPF: SoftFail (x)\n\nhi").authentication.spf == "softfail"


def test_characters_nobody_sees_are_taken_out() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "pay")
    message = read(
        f"Content-Type: text/plain; charset=utf-8\n\nLunch{hidden} \u202eat\u202c no\u200bon \U0001f468\u200d\U0001f469 \u2764\ufe0f".encode()
    )
    assert message.text == "Lunch at noon \U0001f468\u200d\U0001f469 \u2764\ufe0f"
    assert message.hidden_chars == 5


def test_broken_boundaries_lose_nothing() -> None:
    unclosed = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello"
    glued = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello--b--\n"
    unnamed = b"Content-Type: multipart/mixed\n\n--b\nContent-Type: text/plain\n\nHello\n--b--\n"
    never = b"Content-Type: multipart/mixed; boundary=b\n\nHello"
    assert [read(data).text for data in (unclosed, glued, unnamed, never)] == ["Hello"] * 4


def bombs() -> dict[str, bytes]:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(3000))
    html = b"Content-Type: text/html\n\n"
    return {
        "nested": nested,
        "messages": b"Content-Type: message/rfc822\n\n" * 10_000,
        "parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
        "delimiters": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--c\n" * 300_000,
        "headers": b"A: b\n" * 100_000 + b"\nhi",
        "address": b"From: " + b"a@" * 100_000 + b"\n\nhi",
        "words": b"Subject: " + b"=?utf-8?b?" * 50_000 + b"\n\nhi",
        "depth": html + b"<div>" * 100_000,
        "selectors": html + b"<style>" + (b"* " * 100 + b"{color:red}") * 50 + b"</style>" + b"<div>" * 300,
        "rules": html + b"<style>" + b".a{color:red}" * 10_000 + b"</style>" + b"<p class=a>x" * 5000,
        "nth": html
        + b"<style>"
        + b"".join(b"p:nth-child(%dn){color:red}" % n for n in range(2, 90))
        + b"</style>"
        + b"<p>x" * 30_000,
        "variables": html
        + b"<style>"
        + b"".join(b":root{--a%d:var(--a%d) var(--a%d)}" % (n + 1, n, n) for n in range(300))
        + b"</style>"
        + b"<p style='color:var(--a300)'>x" * 2000,
        "sums": html + b"<p style='font-size:" + b"calc(" * 5000 + b"1px" + b")" * 5000 + b"'>x</p>",
        "nested rules": html + b"<style>" + b".a,.b{" * 3000 + b"color:red" + b"}" * 3000 + b"</style><p class=a>x",
        "quotes": b"\n\n" + b"On 1/1/2026 at 10:11 a@b.example wrote:\n" * 3000,
        "labels": b"\n\n" + b"From: a@b.example 2026\n" * 10_000,
        "calendar": b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n"
        + b"BEGIN:VEVENT\nUID:1\nDTSTART:20260101T000000Z\nEND:VEVENT\n" * 20_000,
        "report": b"Content-Type: message/delivery-status\n\nA: b\n\n" + b"Final-Recipient: rfc822; a@b.example\n\n" * 20_000,
        "flowed": b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 200_000,
    }


MOST_CALLS = 2_000_000
"""Functions called for one message, those of libraries in C included: a quarter of a second at most."""


def calls(work: Callable[[], object]) -> int:
    count = 0

    def seen(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_costs_little(name: str) -> None:
    data = bombs()[name]
    assert calls(lambda: read(data)) < MOST_CALLS


def test_what_lies_beyond_the_caps_is_named() -> None:
    assert read(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * (limits.PARTS + 5)).problems
    assert read(b"Date: Tue, 12 May 2026 09:12:00 +0200\n\n" + b"x" * (limits.TEXT_BYTES + 1)).problems


pieces = st.sampled_from(
    [b"From: a@b.example\n", b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: text/html; charset=x\n", b"\n", b"--b\n", b"--b--", b"=?utf-8?q?",
     b"Content-Transfer-Encoding: base64\n", b"Date: Mon, 99\n", b"<p style='", b"\x00\xff", b"> a\n", b"On 1/1 a@b wrote:\n", b"message/rfc822"]
)  # fmt: skip


@given(st.lists(pieces | st.binary(max_size=20), max_size=25))
@settings(max_examples=200, deadline=None)
def test_any_bytes_can_be_read(parts: list[bytes]) -> None:
    message = read(b"".join(parts))
    assert message.sent_at.tzinfo is UTC
    assert not any("could not be read" in problem for problem in message.problems)


def test_a_mail_that_was_on_its_way_is_new_from_when_it_arrived() -> None:
    held_up = read(b"Received: by mx.example; Tue, 12 May 2026 09:40:00 +0000\nDate: Tue, 12 May 2026 07:00:00 +0000\n\nhi")
    assert held_up.at == datetime(2026, 5, 12, 7, 0, tzinfo=UTC)
    assert held_up.new_at == datetime(2026, 5, 12, 9, 40, tzinfo=UTC)


@pytest.mark.parametrize("date", ["Thu, 1 Jan 1970 00:00:00 +0000", "Wed, 12 May 2032 09:00:00 +0000"])
def test_a_senders_wrong_clock_does_not_hide_a_mail_from_today(date: str) -> None:
    message = read(f"Received: by mx.example; Tue, 12 May 2026 09:40:00 +0000\nDate: {date}\n\nhi".encode())
    assert message.at == datetime(2026, 5, 12, 9, 40, tzinfo=UTC)


def test_a_copied_mailbox_does_not_make_old_mail_new() -> None:
    assert read(b"Date: Fri, 1 May 2020 09:00:00 +0000\n\nhi").new_at == datetime(2020, 5, 1, 9, 0, tzinfo=UTC)


def test_exchanges_thread_is_the_same_in_all_its_answers() -> None:
    first, answer = b"AdwZ1234567890abcdefghijklmnop==", b"AdwZ1234567890abcdefghijklmnopABCDEFGH=="
    one, other = read(HEAD + b"Thread-Index: " + first + b"\n\nhi"), read(HEAD + b"Thread-Index: " + answer + b"\n\nhi")
    assert one.conversation == other.conversation != ""
    assert read(HEAD + b"Thread-Index: AdwZ\n\nhi").conversation == ""
    assert read(HEAD + b"Thread-Index: " + first + b"\n\nhi", conversation="18f").conversation == "18f"
