"""The text of attached files is read where a person asks for it, within limits, and costs the message nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from service.domain.items import Message
from service.domain.raw import RawMessage
from service.isolation import Isolated
from service.mail import attached_text, limits, reader
from service.mail.message import read_message
from service.mail.reader import IsolatedMailReader
from tests.unit.mail.test_message import STORED, mixed


def file(kind: bytes, data: bytes, name: bytes = b"a.bin") -> bytes:
    return b"Content-Type: " + kind + b'; name="' + name + b'"\nContent-Disposition: attachment\n\n' + data


def raw(*parts: bytes) -> RawMessage:
    return RawMessage(mixed(b"Content-Type: text/plain\n\nsee attached", *parts), "mail", "ref", STORED)


def read(*parts: bytes) -> Message:
    return read_message(raw(*parts), frozenset(), attached=True)


def test_nothing_is_read_unless_asked_for() -> None:
    assert read_message(raw(file(b"text/plain", b"secret plan")), frozenset()).attachments[0].text == ""


@pytest.mark.parametrize(
    ("kind", "name", "data", "text"),
    [
        (b"text/plain; charset=iso-8859-1", b"a.txt", b"Gr\xfc\xdfe", "Gr\xfc\xdfe"),
        (b"text/csv", b"a.csv", b"a;b\r\n1;2\r\n", "a;b\n1;2"),
        (b"application/octet-stream", b"notes.md", b"# Plan", "# Plan"),
        (b"application/json", b"a.json", b'{"a": 1}', '{"a": 1}'),
        (b"text/html", b"a.html", b"<p>Yes</p><p hidden>No</p>", "Yes"),
        (b"text/plain", b"a.txt", "a\u202eb\U000e0041c".encode(), "abc"),
        (b"image/png", b"a.png", b"\x89PNG", ""),
        (b"application/octet-stream", b"a.txt", b"\x00\x01\x02binary", ""),
        (b"text/calendar", b"a.ics", b"BEGIN:VCALENDAR", ""),
    ],
)
def test_files_of_text_say_what_a_person_sees_in_them(kind: bytes, name: bytes, data: bytes, text: str) -> None:
    message = read(file(kind, data, name))
    assert (message.text, message.attachments[0].text) == ("see attached", text)


def test_much_is_cut_and_many_are_left_out() -> None:
    message = read(*[file(b"text/plain", b"x" * 30_000) for _ in range(3)])
    assert [len(a.text) for a in message.attachments] == [30_000, limits.ATTACHED_TEXT - 30_000, 0]
    many = read(*[file(b"text/plain", b"x") for _ in range(limits.ATTACHED_FILES + 2)])
    assert sum(bool(a.text) for a in many.attachments) == limits.ATTACHED_FILES


def pdf(text: str) -> bytes:
    """The smallest there is: a page, a font, and a few words."""
    stream = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(data),
    )


def test_pdf_is_read() -> None:
    pytest.importorskip("pypdf")
    assert read(file(b"application/pdf", pdf("Invoice 4711 due Friday"))).attachments[0].text == "Invoice 4711 due Friday"


def test_a_broken_pdf_is_a_problem_of_its_own() -> None:
    pytest.importorskip("pypdf")
    message = read(file(b"application/pdf", b"%PDF-1.4 nothing"), file(b"text/plain", b"fine"))
    assert [a.text for a in message.attachments] == ["", "fine"]
    assert any("could not be read" in problem for problem in message.problems)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    message = read(file(b"application/pdf", pdf("x")))
    assert attached_text.MISSING in message.problems


@pytest.fixture
def pool() -> Iterator[Isolated]:
    with Isolated(time_limit=reader.TIME_LIMIT, memory_limit=reader.MEMORY_LIMIT) as isolated:
        yield isolated


class Hanging(RawMessage):
    """Kills whoever reads it with its attachments: its bytes are gone the first time they are unpacked."""

    __slots__ = ()
    asked = 0

    def __reduce__(self) -> tuple[object, ...]:
        Hanging.asked += 1
        return (RawMessage, (None if Hanging.asked == 1 else self.data, self.account, self.ref, self.stored_at))


def test_a_file_that_kills_its_reader_takes_only_itself_along(pool: Isolated) -> None:
    whole = raw(file(b"text/plain", b"x"))
    (message,) = IsolatedMailReader(pool, attached=True).read([Hanging(whole.data, "mail", "ref", STORED)], frozenset())
    assert isinstance(message, Message)
    assert message.text == "see attached"
    assert any("attachments could not be read" in problem for problem in message.problems)
