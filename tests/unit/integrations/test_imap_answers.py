"""What servers may answer, in every form that the RFCs leave open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import AccessLost, Unavailable
from service.integrations.imap.answers import Row, fetched, internal_date, listed, number, statuses
from service.integrations.imap.folders import Status, decoded
from service.integrations.imap.marks import Mark, Marks, Stamps, a_ref, parse_ref
from service.integrations.imap.refusals import Declined, sort, sort_login, words
from service.integrations.imap.sets import runs, spelled, spelled_in_parts, uids_of

AT = datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)


def test_items_come_in_any_order_and_form() -> None:
    parts = [
        (b"3 (BODY[] {5}", b"a (b)"),
        b' UID 7 FLAGS (\\Seen $Weird[1] \\Answered) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 5)',
        b'4 (UID 8 BODY[] "quo\\"ted )" FLAGS ())',
        b"5 (UID 9 BODY[] NIL X-NEW (1 (2 3)) MODSEQ (12))",
    ]
    rows = fetched(parts)
    assert rows[7] == Row(7, frozenset({r"\seen", "$weird[1]", r"\answered"}), 5, AT, None, b"a (b)")
    assert (rows[8].body, rows[8].flags) == (b'quo"ted )', frozenset())
    assert rows[9].body == b""


def test_what_was_not_asked_is_passed_over_and_what_comes_twice_is_one() -> None:
    parts = [b"1 (FLAGS (\\Seen))", b"2 (UID 4 RFC822.SIZE 9)", (b"2 (UID 4 BODY[HEADER.FIELDS (MESSAGE-ID)] {4}", b"a: b"), b")"]
    assert fetched(parts) == {4: Row(4, None, 9, None, b"a: b", None)}


@pytest.mark.parametrize(
    "line", [b"", b"1", b"1 (", b"1 (UID", b"1 (UID x)", b") (", b'1 (UID 3 BODY[] "', b"1 (UID (3))", b"((((", b"1 )UID 3("]
)
def test_half_an_answer_is_no_answer(line: bytes) -> None:
    assert all(row.body is None for row in fetched([line]).values())


@given(st.lists(st.one_of(st.binary(), st.tuples(st.binary(), st.binary()))))
def test_no_answer_breaks_the_reading(parts: list[bytes | tuple[bytes, bytes]]) -> None:
    fetched(parts)
    list(listed(parts))
    list(statuses(parts))
    number(parts)


def test_folders_are_named_as_atoms_quoted_or_as_literals() -> None:
    parts = [b'(\\HasNoChildren) "/" INBOX', b'(\\Junk) "." "a \\"b\\""', (b"() NIL {3}", b'c"d'), b"", b'() "/" [Gmail]/Spam']
    assert [(d, n) for _, d, n in listed(parts)] == [("/", b"INBOX"), (".", b'a "b"'), ("", b'c"d'), ("/", b"[Gmail]/Spam")]


def test_status_says_numbers() -> None:
    assert list(statuses([b'"a b" (MESSAGES 3 UIDNEXT 4 X NIL)', (b"{3}", b"c d"), b" (UNSEEN 1)"])) == [
        (b"a b", {"MESSAGES": 3, "UIDNEXT": 4}),
        (b"c d", {"UNSEEN": 1}),
    ]


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        (b"inbox", "INBOX"),
        (b"&AMk-t&AOk-", "Été"),
        (b"R&-D", "R&D"),
        (b"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
        ("Gelöscht".encode(), "Gelöscht"),
        (b"&2AA-", "&2AA-"),  # half a surrogate
    ],
)
def test_names_are_modified_utf_7(wire: bytes, name: str) -> None:
    assert decoded(wire) == name


@given(st.binary())
def test_any_name_can_be_said(wire: bytes) -> None:
    decoded(wire).encode()


def test_dates() -> None:
    assert internal_date(b" 1-Jan-2026 00:00:00 +0100") == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert (
        internal_date(b"99-Foo-2026 00:00:00 +0100") is internal_date(b"31-Feb-2026 00:00:00 +0000") is internal_date(b"") is None
    )


@given(st.sets(st.integers(1, 500)))
def test_sets_are_read_as_they_are_written(uids: set[int]) -> None:
    assert set(uids_of(spelled(sorted(uids)).encode())) == uids
    assert set(uids_of(*(part.encode() for part in spelled_in_parts(sorted(uids))))) == uids


def test_ranges_come_either_way_round_and_nonsense_is_passed_over() -> None:
    assert list(uids_of(b"5:3,9 11", b"x,1:*,-2,4294967296")) == [3, 4, 5, 9, 11]
    assert list(runs([1, 2, 3, 7])) == [(1, 3), (7, 7)]
    assert all(len(part) <= 4000 for part in spelled_in_parts(range(1, 10_000, 2)))


def test_refs_say_where() -> None:
    assert parse_ref(a_ref("a;7.b", 12, 3)) == ("a;7.b", 12, 3)
    assert parse_ref("elsewhere/9#9") == ("", 0, 0)
    assert parse_ref("x;1.y") == ("x", 0, 0)


def test_a_mark_goes_down_and_knows_what_is_left() -> None:
    mark = Mark(Status(1, 100), [[90, 100], [1, 50]])
    assert (mark.known(60), mark.known(95), mark.known(100), mark.known(10)) == (True, False, False, False)
    mark.done(97)
    mark.done(20)
    assert mark.unread == [[90, 97], [1, 20]]
    mark.settled(90, 100)
    mark.done(1)
    assert mark.unread == []


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "[]",
        "7",
        "null",
        '{"for":"f","table":{"v":1}}',
        '{"for":"f","table":{"v":1,"since":"","looked":0,"suspect":[],"folders":{"a":[1]}}}',
    ],
)
def test_what_is_no_cursor_is_as_none(cursor: str) -> None:
    marks = Marks(cursor, "f")
    assert (marks.good, marks.folders, marks.suspect) == (False, {}, set())


def test_a_cursor_says_all_again() -> None:
    marks = Marks(None, "f")
    marks.folders["INBOX"] = Mark(Status(1, 9, 8, None, 44), [[2, 9]])
    marks.folders["Odd"] = Mark(Status(2, 3))
    marks.suspect, marks.since, marks.looked_at = {"Odd"}, "2026-05-01", 7.9
    again = Marks(marks.cursor(), "f")
    assert (again.folders, again.suspect, again.since, again.looked_at) == (
        {"INBOX": marks.folders["INBOX"]},
        {"Odd"},
        "2026-05-01",
        7,
    )
    assert not Marks(marks.cursor(), "another").good


def test_a_stamp_of_other_settings_is_none() -> None:
    stamp = Stamps("aaa").stamp("k", {"seen", "flagged"})
    assert (Stamps("aaa").key(stamp), Stamps("bbb").key(stamp), Stamps("aaa").key("?")) == ("k", None, None)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", AccessLost),
        ("LOGIN failed.", AccessLost),
        ("[ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833", AccessLost),
        ("[EXPIRED] change it", AccessLost),
        ("[PRIVACYREQUIRED] no", AccessLost),
        ("[UNAVAILABLE] Temporary authentication failure.", Unavailable),
        ("[LIMIT] LOGIN Rate limit hit", Unavailable),
        ("[ALERT] Too many simultaneous connections. (Failure)", Unavailable),
        ("User is authenticated but not connected.", Unavailable),
        ("[AUTHENTICATIONFAILED] too many tries, try again", AccessLost),
    ],
)
def test_logins_fail_for_good_or_for_a_while(said: str, kind: type[Exception]) -> None:
    error = sort_login("imap.example", "mara", said, token=False)
    assert type(error) is kind
    assert ": " in str(error)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("[UNAVAILABLE] later", Unavailable),
        ("[INUSE] locked", Unavailable),
        ("[SERVERBUG] oops", Unavailable),
        ("Server temporarily unavailable", Unavailable),
        ("[EXPIRED] session", AccessLost),
        ("[NOPERM] not yours", Declined),
        ("[CANNOT] no", Declined),
        ("Unknown command", Declined),
        ("", Declined),
    ],
)
def test_commands_fail_for_good_or_for_a_while(said: str, kind: type[Exception]) -> None:
    assert type(sort("imap.example", said)) is kind


def test_a_server_that_repeats_the_password_is_not_repeated() -> None:
    assert "hunter2" not in words(b'Unknown command: LOGIN mara "hunter2"\r\n\x1b[31m', "hunter2")
