from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.domain.sync import Moved
from service.errors import AccessLost, Unavailable
from service.integrations.maildir import Settings
from tests.integration.source_contract import CountingReader, Kept, PlacedContract, opened_below, surroundings
from tests.integration.sources.letters import a_letter


def make(folder: Path) -> Path:
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return folder


def sync(root: Path, kept: Kept | None = None, reader: CountingReader | None = None, **options: object) -> Kept:
    settings = Settings(kind="maildir", path=root, **options)
    return (kept or Kept()).sync(settings.connect(surroundings(root.parent, reader)))


class TestMaildir(PlacedContract):
    def settings(self, root: Path) -> Settings:
        return Settings(kind="maildir", path=root)

    def missing(self, root: Path) -> Settings:
        return Settings(kind="maildir", path=root / "Nowhere")

    def fill(self, root: Path, count: int) -> None:
        make(root)
        make(root / ".Archive")
        for number in range(count):
            folder = root / ".Archive" if number % 3 == 0 else root
            (folder / "cur" / f"{1000 + number}.M{number}.host:2,S").write_bytes(a_letter(number))

    def edit(self, root: Path) -> None:
        (root / "cur" / "1001.M1.host:2,S").write_bytes(a_letter(1, "Quite another text."))

    def delete(self, root: Path) -> None:
        (root / "cur" / "1001.M1.host:2,S").unlink()

    def move(self, root: Path) -> None:
        (root / "cur" / "1001.M1.host:2,S").rename(root / ".Archive" / "cur" / "1001.M1.host:2,S")

    def add_broken(self, root: Path) -> None:
        (root / "new" / "9999.M9.host").write_bytes(a_letter(9999, "poison"))


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    return make(tmp_path / "Mail")


def test_a_flag_is_a_move_that_reads_nothing(mail: Path) -> None:
    (mail / "new" / "1.A.host").write_bytes(a_letter(1))
    kept = sync(mail)
    assert next(iter(kept.items.values())).flags == frozenset()
    (mail / "new" / "1.A.host").rename(mail / "cur" / "1.A.host:2,FRS")
    reader = CountingReader()
    with opened_below(mail) as opened:
        sync(mail, kept, reader)
    assert (reader.refs, opened, kept.upserts, kept.deletes, kept.moves) == ([], [], [], 0, 1)
    assert next(iter(kept.items.values())).flags == {"seen", "answered", "flagged"}


def test_a_move_to_another_folder_reads_nothing_and_takes_its_name(mail: Path) -> None:
    make(mail / ".Trash")
    (mail / "cur" / "1.A.host:2,S").write_bytes(a_letter(1))
    kept = sync(mail)
    (mail / "cur" / "1.A.host:2,S").rename(mail / ".Trash" / "cur" / "1.A.host:2,ST")
    reader = CountingReader()
    sync(mail, kept, reader)
    message = next(iter(kept.items.values()))
    assert (reader.refs, message.folder, message.flags) == ([], "Trash", {"seen", "trashed"})


def test_folders_of_every_layout_are_found(tmp_path: Path) -> None:
    root = tmp_path / "Mail"
    for number, folder in enumerate(["", ".Sent", ".Work.Clients", "Lists/Python", ".&AMk-t&AOk-", "Entwürfe"]):
        (make(root / folder) / "cur" / f"{number}.x:2,").write_bytes(a_letter(number))
    kept = sync(root)
    folders = {message.folder: message.flags for message in kept.items.values()}
    assert set(folders) == {"INBOX", "Sent", "Work/Clients", "Lists/Python", "Été", "Entwürfe"}
    assert folders["Sent"] == {"seen"}
    assert "draft" in folders["Entwürfe"]


def test_mail_being_delivered_is_left_alone(mail: Path) -> None:
    (mail / "tmp" / "1.A.host").write_bytes(a_letter(1))
    (mail / "cur" / ".hidden").write_bytes(a_letter(2))
    assert not sync(mail).items


def test_skipped_folders_are_not_read(mail: Path) -> None:
    (make(mail / ".Spam") / "cur" / "1.A:2,").write_bytes(a_letter(1))
    assert not sync(mail, skip=("Spam",)).items


def test_a_folder_without_maildirs_is_no_empty_mailbox(tmp_path: Path) -> None:
    """A disk that is not mounted leaves an empty folder behind: what is held must not be deleted."""
    with pytest.raises(Unavailable, match="holds no maildir"):
        sync(tmp_path)


def test_pipes_links_and_odd_names_neither_hang_nor_fail(mail: Path, tmp_path: Path) -> None:
    os.mkfifo(mail / "cur" / "1.fifo:2,")
    (tmp_path / "secret").write_bytes(a_letter(3))
    (mail / "cur" / "2.link:2,").symlink_to(tmp_path / "secret")
    (mail / "cur" / "3.loop:2,").symlink_to("3.loop:2,")
    Path(os.fsdecode(os.fsencode(mail) + b"/cur/4.\xff\xfe:2,S")).write_bytes(a_letter(4))
    kept = sync(mail)
    assert [message.subject for message in kept.items.values()] == ["Term sheet 4"]
    assert [ref.encode() for ref in kept.items] == [rb"4.\xff\xfe"]
    assert ["link out of the folder" in problem.what for problem in kept.problems] == [True]
    assert sync(mail, kept).upserts == []


def test_a_giant_message_is_a_problem(mail: Path) -> None:
    with (mail / "cur" / "1.big:2,").open("wb") as file:
        file.truncate(60_000_000)
    kept = sync(mail)
    assert "too large" in kept.problems[0].what
    assert sync(mail, kept).problems == kept.problems


def test_own_briefings_are_handed_over_as_such_and_not_read_again(mail: Path) -> None:
    (mail / "cur" / "1.A:2,").write_bytes(a_letter(1, extra="X-Reveille: morning\r\n"))
    kept = sync(mail)
    reader = CountingReader()
    sync(mail, kept, reader)
    assert [m.own_briefing for m in kept.items.values()] == [True]
    assert reader.refs == []


def test_another_address_of_the_person_reads_everything_anew(mail: Path) -> None:
    (mail / "cur" / "1.A:2,").write_bytes(a_letter(1))
    kept = sync(mail)
    source = Settings(kind="maildir", path=mail).connect(surroundings(mail, emails=("dana@atlas.example",)))
    kept.sync(source)
    assert [message.provenance for message in kept.items.values()] == ["own"]


@contextmanager
def as_nobody(*folders: Path) -> Iterator[None]:
    """Root may read everything: as root, the test goes on as a user who owns these folders and no more."""
    if os.geteuid() != 0:
        yield
        return
    nobody = 65534
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody, nobody)
    for above in folders[0].parents:
        if above.stat().st_mode & 0o005 == 0:  # a folder of pytest's own
            above.chmod(0o755)
    os.setegid(nobody)
    os.seteuid(nobody)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def test_a_locked_folder_keeps_what_is_held(mail: Path) -> None:
    (make(mail / ".Work") / "cur" / "1.A:2,").write_bytes(a_letter(1))
    kept = sync(mail)
    with as_nobody(mail):
        (mail / ".Work" / "cur").chmod(0)
        try:
            assert len(sync(mail, kept).items) == 1
            assert kept.problems
            mail.chmod(0)
            with pytest.raises(AccessLost):
                sync(mail, kept)
        finally:
            mail.chmod(0o700)
            (mail / ".Work" / "cur").chmod(0o700)


def test_moves_come_before_what_is_read_and_deletes_after(mail: Path) -> None:
    for number in range(3):
        (mail / "cur" / f"{number}.A:2,").write_bytes(a_letter(number))
    kept = sync(mail)
    (mail / "cur" / "0.A:2,").rename(mail / "cur" / "0.A:2,S")
    (mail / "cur" / "1.A:2,").unlink()
    (mail / "cur" / "5.A:2,").write_bytes(a_letter(5))
    source = Settings(kind="maildir", path=mail).connect(surroundings(mail))
    changes = [change for page in source.pages(kept.cursor, kept.stamps) for change in page.changes]
    assert [type(change).__name__ for change in changes] == ["Moved", "Upsert", "Delete"]
    assert isinstance(changes[0], Moved)


@pytest.mark.parametrize("seconds", [-(10**10), 10**12])
def test_a_file_of_no_century_is_read(mail: Path, seconds: int) -> None:
    (mail / "cur" / "1.A:2,").write_bytes(a_letter(1))
    try:
        os.utime(mail / "cur" / "1.A:2,", (seconds, seconds))
    except OSError:
        pytest.skip("this file system keeps no such time")
    assert len(sync(mail).items) == 1


def test_mail_is_not_read_again_for_moving_house(mail: Path, tmp_path: Path) -> None:
    """Another disk, another zone: the same messages."""
    (mail / "cur" / "1.A:2,").write_bytes(a_letter(1))
    kept = sync(mail)
    mail.rename(tmp_path / "Elsewhere")
    reader = CountingReader()
    source = Settings(kind="maildir", path=tmp_path / "Elsewhere").connect(surroundings(mail, reader, timezone="Asia/Tokyo"))
    kept.sync(source)
    assert (reader.refs, len(kept.items), kept.moves) == ([], 1, 0)
