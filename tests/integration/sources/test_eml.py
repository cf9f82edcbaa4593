from __future__ import annotations

from pathlib import Path

import pytest

from service.integrations.eml import Settings
from service.integrations.eml.looks import looks_like_mail, may_be_mail
from tests.integration.source_contract import CountingReader, Kept, PlacedContract, surroundings
from tests.integration.sources.letters import a_letter


class TestEml(PlacedContract):
    def settings(self, root: Path) -> Settings:
        return Settings(kind="eml", path=root)

    def missing(self, root: Path) -> Settings:
        return Settings(kind="eml", path=root / "nowhere")

    def fill(self, root: Path, count: int) -> None:
        (root / "Sent").mkdir()
        for number in range(count):
            (root / ("Sent" if number % 3 == 0 else "") / f"{number:05}.eml").write_bytes(a_letter(number))

    def edit(self, root: Path) -> None:
        (root / "00001.eml").write_bytes(a_letter(1, "Quite another text."))

    def delete(self, root: Path) -> None:
        (root / "00001.eml").unlink()

    def move(self, root: Path) -> None:
        (root / "00001.eml").rename(root / "Sent" / "00001.eml")

    def add_broken(self, root: Path) -> None:
        (root / "broken.eml").write_bytes(a_letter(9999, "poison"))


def sync(path: Path, kept: Kept | None = None, reader: CountingReader | None = None) -> Kept:
    return (kept or Kept()).sync(Settings(kind="eml", path=path).connect(surroundings(path.parent, reader)))


def test_files_without_an_ending_count_where_they_look_like_mail(tmp_path: Path) -> None:
    (tmp_path / "00012.7c53336b37003a9286aba55d2945844c").write_bytes(a_letter(1))
    (tmp_path / "17").write_bytes(b"From dana@atlas.example  Fri May  1 08:00:00 2026\n" + a_letter(2))
    (tmp_path / "README").write_text("Note: this is no mail.\nWarning: nor is this.\n")
    (tmp_path / "report.pdf").write_bytes(a_letter(3))
    (tmp_path / "apple.emlx").write_bytes(a_letter(4))
    kept = sync(tmp_path)
    assert {message.id for message in kept.items.values()} == {"m1@atlas.example", "m2@atlas.example"}
    assert not kept.problems


def test_a_message_links_to_its_file_and_carries_its_folder(tmp_path: Path) -> None:
    (tmp_path / "Drafts").mkdir()
    path = tmp_path / "Drafts" / "a b.eml"
    path.write_bytes(a_letter(1))
    (message,) = sync(tmp_path).items.values()
    assert (message.url, message.folder, "draft" in message.flags) == (path.as_uri(), "Drafts", True)


def test_one_file_is_a_source_too(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(a_letter(1))
    (tmp_path / "two.eml").write_bytes(a_letter(2))
    assert list(sync(tmp_path / "one.eml").items) == ["one.eml"]


@pytest.mark.parametrize(
    ("name", "may"), [("a.eml", True), ("A.EML", True), ("cafe1234", True), ("x.txt", False), (".a.eml", False)]
)
def test_names_that_may_be_mail(name: str, may: bool) -> None:
    assert may_be_mail(name) is may


@pytest.mark.parametrize(
    ("head", "is_mail"),
    [
        (b"Received: from x\r\n\tby y\r\nSubject: z\r\n\r\n", True),
        (b"\n\nFrom: a@b.example\nDate: today\n\n", True),
        (b"Title: a\nDate: b\n\ntext", False),
        (b"", False),
        (b"\xff\xfe\x00", False),
    ],
)
def test_what_looks_like_mail(head: bytes, is_mail: bool) -> None:
    assert looks_like_mail(head) is is_mail


def test_a_file_that_only_its_name_calls_a_message_is_named_in_the_problems(tmp_path: Path) -> None:
    (tmp_path / "Größe und Maß.eml").write_bytes(a_letter(1))
    (tmp_path / "empty.eml").write_bytes(b"\n")
    (tmp_path / "photo.eml").write_bytes(b"\xff\xd8\0\0" * 100)
    kept = sync(tmp_path)
    assert {message.id for message in kept.items.values()} == {"m1@atlas.example"}
    assert {(p.where, p.what) for p in kept.problems} == {
        ("empty.eml", "is empty"),
        ("photo.eml", "is no message, whatever its name says"),
    }
