from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.items import Note, Provenance
from service.integrations.notes import Settings
from service.integrations.notes.note import File, to_note
from tests.integration.source_contract import Kept, PlacedContract, surroundings

TOUCHED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HERE = surroundings(Path("/"))


def note(text: str, name: str = "plain.md") -> Note:
    return to_note(File(name, text, TOUCHED, ""), HERE)


class TestNotes(PlacedContract):
    def settings(self, root: Path) -> Settings:
        return Settings(kind="notes", path=root)

    def missing(self, root: Path) -> Settings:
        return Settings(kind="notes", path=root / "nowhere")

    def fill(self, root: Path, count: int) -> None:
        (root / "Clients").mkdir()
        for number in range(count):
            (root / ("Clients" if number % 3 == 0 else "") / f"{number:05}.md").write_text(f"# Note {number}\n\nSome text.\n")

    def edit(self, root: Path) -> None:
        (root / "00001.md").write_text("# Note 1\n\nAnother text.\n")

    def delete(self, root: Path) -> None:
        (root / "00001.md").unlink()

    def move(self, root: Path) -> None:
        (root / "00001.md").rename(root / "Clients" / "00001.md")

    def add_broken(self, root: Path) -> None:
        (root / "broken.txt").write_bytes(b"\x7fELF\0\0\0\1" * 100)


def sync(root: Path) -> Kept:
    return Kept().sync(Settings(kind="notes", path=root).connect(surroundings(root.parent)))


def test_front_matter_names_title_date_and_people() -> None:
    found = note(
        "---\ntitle: 'Atlas: second call'\ndate: 2026-05-12 14:30\nattendees:\n  - Dana Whitfield <dana@atlas.example>\n"
        "  - [[Luis Ortega]]\ntags: [atlas]\n---\n# Something else\n\nDana wants **two** weeks.\n"
    )
    assert found.title == "Atlas: second call"
    assert found.at == datetime(2026, 5, 12, 12, 30, tzinfo=UTC)  # 14:30 in Zurich
    assert found.people == ("Dana Whitfield", "Luis Ortega")
    assert found.text == "Something else\n\nDana wants two weeks."
    assert found.provenance is Provenance.OWN


def test_a_list_of_people_in_one_line() -> None:
    assert note("---\nparticipants: [Dana, 'Luis Ortega', \"Mara\"]\n---\nx").people == ("Dana", "Luis Ortega", "Mara")
    assert note("# Call\n\n**Attendees:** Dana Whitfield (Atlas), Luis and Mara\n\nText").people == (
        "Dana Whitfield",
        "Luis",
        "Mara",
    )
    assert note("# Call\n\n## Participants\n\n- Dana\n- Luis\n\n## Text\n\n- Nobody").people == ("Dana", "Luis")


@pytest.mark.parametrize(
    ("name", "title", "day"),
    [
        ("2026-05-12 Atlas call.md", "Atlas call", 12),
        ("20260512_atlas_call.txt", "atlas call", 12),
        ("atlas-call-2026-05-12.md", "atlas call", 12),
        ("2026/05/13.md", "13", 13),
        ("2026-05-12/notes.txt", "notes", 12),
        ("Call 12 May 2026.md", "Call 12 May 2026", 12),
        ("2026-05-12T1430 Call.md", "Call", 12),
    ],
)
def test_names_give_title_and_day(name: str, title: str, day: int) -> None:
    found = note("Just text.", name)
    assert (found.title, found.at.astimezone(HERE.person.zone).day) == (title, day)


def test_without_any_date_the_files_own_time_counts() -> None:
    assert note("No date.", "Ideas 1234.md").at == TOUCHED


@pytest.mark.parametrize("name", ["99999999.md", "20261399.md", "2026-02-31 x.md", "12345678901234.md"])
def test_numbers_that_are_no_dates_are_none(name: str) -> None:
    assert note("x", name).at == TOUCHED


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("Intro\n\n## The plan ##\n", "a.md", "The plan"),
        ("The plan\n========\n", "a.md", "The plan"),
        ("#+TITLE: The plan\n* Heading\n", "a.org", "The plan"),
        ("* TODO The plan\n", "a.org", "The plan"),
        ("# not a heading in text", "Budget.txt", "Budget"),
        ("\ufeff# The plan", "a.md", "The plan"),
    ],
)
def test_titles(text: str, name: str, title: str) -> None:
    assert note(text, name).title == title


def test_markdown_becomes_plain() -> None:
    text = "See [the deck](https://deck.example/1) and [[Atlas|the Atlas page]]. <!-- hidden --> *Yes*, `code_with_snakes`.\n\n---\n![x](y.png)"
    assert note(text).text == "See the deck (https://deck.example/1) and the Atlas page.  Yes, `code_with_snakes`.\n\nx"


VTT = """WEBVTT

1
00:00:01.000 --> 00:00:04.000
<v Dana Whitfield>Can we move</v>

2
00:00:04.000 --> 00:00:06.000
<v Dana Whitfield>the closing &amp; the call?</v>

00:00:06.500 --> 00:00:08.000
<v Mara Keller>Yes, I will.</v>
"""


def test_captions_become_turns() -> None:
    found = note(VTT, "2026-05-12 call.vtt")
    assert found.transcript
    assert found.text == "Dana Whitfield: Can we move the closing & the call?\nMara Keller: Yes, I will."
    assert found.people == ("Dana Whitfield", "Mara Keller")
    assert found.provenance is Provenance.OUTSIDE
    assert found.title == "call"


@pytest.mark.parametrize(
    "turn", ["{who}: {what}", "[00:01:12] {who}: {what}", "**{who}:** {what}", "{who} (00:12): {what}", "{who}  00:12\n{what}\n"]
)
def test_turns_are_a_transcript(turn: str) -> None:
    said = [("Dana W.", "Can we move it?"), ("Mara", "To when?"), ("Dana W.", "Friday."), ("Mara", "Fine."), ("Dana W.", "Bye.")]
    found = note("\n".join(turn.format(who=who, what=what) for who, what in said), "call.txt")
    assert found.transcript
    assert found.people == ("Dana W.", "Mara")


def test_labelled_lines_are_no_transcript() -> None:
    found = note("Date: today\nTopic: budget\nOwner: me\nStatus: open\nRisk: none\nNext: call\nDate: again\n", "a.txt")
    assert not found.transcript
    assert not note("Dana: owes me a call\n\nA long text about other things.\nAnd more.\nAnd more.\n").transcript


def test_clippings_are_not_the_persons_own_words() -> None:
    assert note("---\nsource: https://news.example/1\n---\nThey said.").provenance is Provenance.OUTSIDE
    assert note("---\nauthor: Dana\n---\nI said.").provenance is Provenance.OUTSIDE
    assert note("---\nauthor: Mara Keller\n---\nI said.").provenance is Provenance.OWN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
def test_encodings_are_guessed(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes("Zürich – café, “gut”".encode(encoding))
    (found,) = sync(tmp_path).items.values()
    assert found.text == "Zürich – café, “gut”"


def test_hidden_folders_other_files_and_pipes_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / ".obsidian" / "workspace.md").write_text("x")
    (tmp_path / "image.png").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "a.md").write_text("x")
    assert list(sync(tmp_path).items) == ["a.md"]


def test_the_folder_may_be_called_folder(tmp_path: Path) -> None:
    assert Settings.model_validate({"kind": "notes", "folder": "~/Notes"}).path == Path("~/Notes")
    assert Settings(kind="notes", path=Path("x")).default_name() == "notes x"


@pytest.mark.parametrize(
    "piece", ["[", "![[", "**a", "__a ", "<!--", "%%", "a: ", "- ", "[a](", "=\n=", "# ", "Dana: x\n", "\n\n", "[[a|", "00:00 "]
)
def test_long_lines_of_signs_cost_little(piece: str) -> None:
    started = time.process_time()
    note(piece * (400_000 // len(piece)))
    assert time.process_time() - started < 5


@given(st.text(max_size=300), st.sampled_from(["a.md", "2026-05-12.txt", "x.vtt", "x.srt", "x.org"]))
def test_any_text_makes_a_note(text: str, name: str) -> None:
    found = note(text, name)
    assert found.title
    assert found.at.tzinfo is UTC
