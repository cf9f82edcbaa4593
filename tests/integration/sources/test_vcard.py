from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.items import Contact
from service.integrations.vcard import Settings
from service.integrations.vcard.contact import to_contact
from service.integrations.vcard.parse import cards
from tests.integration.source_contract import Kept, PlacedContract, surroundings


def a_card(number: int, *, name: str = "") -> str:
    return (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u{number}\r\nFN:{name or f'Person {number}'}\r\n"
        f"EMAIL:p{number}@atlas.example\r\nEND:VCARD\r\n"
    )


class TestVCard(PlacedContract):
    def settings(self, root: Path) -> Settings:
        return Settings(kind="vcard", path=root)

    def missing(self, root: Path) -> Settings:
        return Settings(kind="vcard", path=root / "nowhere.vcf")

    def fill(self, root: Path, count: int) -> None:
        (root / "one.vcf").write_text(a_card(0))
        (root / "all.vcf").write_text("".join(a_card(n) for n in range(1, count)))

    def _replace(self, root: Path, old: str, new: str) -> None:
        (root / "all.vcf").write_bytes((root / "all.vcf").read_bytes().replace(old.encode(), new.encode()))

    def edit(self, root: Path) -> None:
        self._replace(root, a_card(1), a_card(1, name="Somebody else"))

    def delete(self, root: Path) -> None:
        self._replace(root, a_card(1), "")

    def move(self, root: Path) -> None:
        self.delete(root)
        with (root / "one.vcf").open("ab") as file:
            file.write(a_card(1).encode())

    def add_broken(self, root: Path) -> None:
        with (root / "all.vcf").open("ab") as file:
            file.write(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Cut o")


def contact(text: str | bytes) -> Contact:
    (card,) = cards(text if isinstance(text, bytes) else text.encode())
    found = to_contact(card, "here", "")
    assert found
    return found


def test_version_3_with_groups_folds_and_escapes() -> None:
    found = contact(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Whitfield;Dana;;Dr.;\r\nFN:Dana\r\n  Whitfield\r\nORG:Atlas\\, Inc.;Finance\r\n"
        "item1.EMAIL;type=INTERNET:Dana@Atlas.example\r\nEMAIL;TYPE=PREF,WORK:cfo@atlas.example\r\nTITLE:CFO\r\n"
        "TEL;TYPE=CELL:+41 44 555 01 01\r\nNOTE:First\\nsecond\r\nREV:2026-05-12T10:00:00Z\r\n"
        "PHOTO;ENCODING=b:AAAA\r\n BBBB\r\nEND:VCARD\r\n"
    )
    assert (found.name, found.company, found.title) == ("Dana Whitfield", "Atlas, Inc.", "CFO")
    assert found.emails == ("cfo@atlas.example", "dana@atlas.example")
    assert (found.phones, found.notes) == (("+41 44 555 01 01",), "First\nsecond")
    assert found.updated_at == datetime(2026, 5, 12, 10, tzinfo=UTC)


def test_version_4_with_uris_and_preferences() -> None:
    found = contact(
        'BEGIN:VCARD\nVERSION:4.0\nFN;X-A="a:b;c":Dana Whitfield\nEMAIL;PREF=2:b@atlas.example\nEMAIL;PREF=1:a@atlas.example\n'
        'TEL;VALUE=uri;TYPE="voice,home":tel:+41-44-555;ext=1\nORG;SORT-AS="Atlas":Atlas\nEND:VCARD\n'
    )
    assert (found.name, found.emails, found.phones) == ("Dana Whitfield", ("a@atlas.example", "b@atlas.example"), ("+41-44-555",))


@pytest.mark.parametrize("charset", ["CHARSET=ISO-8859-1;", "CHARSET=X-UNKNOWN;", ""])
def test_version_2_with_quoted_printable_over_lines(charset: str) -> None:
    found = contact(
        f"BEGIN:VCARD\nVERSION:2.1\nN;{charset}ENCODING=QUOTED-PRINTABLE:M=FCl=\nler;J=F6rg\nTEL;CELL;VOICE:+41\nEND:VCARD\n"
    )
    assert (found.name, found.phones) == ("Jörg Müller", ("+41",))


def test_an_assistants_card_inside_is_not_the_persons() -> None:
    found = contact("BEGIN:VCARD\nFN:Dana\nAGENT:\nBEGIN:VCARD\nFN:Luis\nEND:VCARD\nEMAIL:d@x.example\nEND:VCARD\n")
    assert (found.name, found.emails) == ("Dana", ("d@x.example",))


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("ORG:Atlas AG", "Atlas AG"),
        ("EMAIL:a@x.example", "a@x.example"),
        ("NICKNAME:Dee", "Dee"),
        ("N:;;;;\nFN: \nORG:Atlas", "Atlas"),
    ],
)
def test_who_has_no_name_is_called_by_what_there_is(body: str, name: str) -> None:
    assert contact(f"BEGIN:VCARD\n{body}\nEND:VCARD\n").name == name


def test_a_broken_card_costs_no_other(tmp_path: Path) -> None:
    text = "junk\n" + a_card(1) + "BEGIN:VCARD\r\nFN:never ends\r\n" + a_card(2) + "BEGIN:VCARD\r\nEND:VCARD\r\n" + a_card(3)
    (tmp_path / "a.vcf").write_text(text)
    kept = Kept().sync(Settings(kind="vcard", path=tmp_path / "a.vcf").connect(surroundings(tmp_path)))
    assert [c.name for c in kept.items.values() if isinstance(c, Contact)] == ["Person 1", "Person 2", "Person 3"]
    assert [p.what for p in kept.problems] == ["never ends", "names nobody"]


@given(st.binary(max_size=400), st.text(max_size=200))
def test_any_bytes_end_as_cards(data: bytes, text: str) -> None:
    for body in (data, text.encode("utf-8", "replace")):
        for card in cards(b"BEGIN:VCARD\n" + body + b"\nEND:VCARD\n"):
            to_contact(card, "here", "")
