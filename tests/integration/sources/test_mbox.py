from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.integrations.mbox import Settings
from tests.integration.source_contract import CountingReader, Kept, PlacedContract, surroundings
from tests.integration.sources.letters import a_letter

LINE = b"From dana@atlas.example Fri May  1 08:00:00 2026\n"


def entry(number: int, body: str = "", *, extra: str = "") -> bytes:
    return LINE + a_letter(number, body, extra=extra).replace(b"\r\n", b"\n") + b"\n"


def sync(path: Path, kept: Kept | None = None, reader: CountingReader | None = None) -> Kept:
    return (kept or Kept()).sync(Settings(kind="mbox", path=path).connect(surroundings(path.parent, reader)))


def texts(kept: Kept) -> list[str]:
    return [message.text for message in kept.items.values()]


class TestMbox(PlacedContract):
    def settings(self, root: Path) -> Settings:
        return Settings(kind="mbox", path=root)

    def missing(self, root: Path) -> Settings:
        return Settings(kind="mbox", path=root / "nowhere")

    def fill(self, root: Path, count: int) -> None:
        (root / "Inbox").write_bytes(b"".join(entry(n) for n in range(count - 3)))
        (root / "Sent.mbox").write_bytes(b"".join(entry(n) for n in range(count - 3, count)))

    def edit(self, root: Path) -> None:
        data = (root / "Inbox").read_bytes()
        (root / "Inbox").write_bytes(data.replace(b"Message-ID: <m1@", b"Status: RO\nMessage-ID: <m1@"))

    def delete(self, root: Path) -> None:
        data = (root / "Inbox").read_bytes()
        (root / "Inbox").write_bytes(data.replace(entry(1), b""))

    def move(self, root: Path) -> None:
        self.delete(root)
        with (root / "Sent.mbox").open("ab") as file:
            file.write(entry(1))

    def add_broken(self, root: Path) -> None:
        with (root / "Inbox").open("ab") as file:
            file.write(entry(9999, "poison"))


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "Inbox"


def test_growth_reads_only_what_is_new(inbox: Path) -> None:
    inbox.write_bytes(b"".join(entry(n) for n in range(20)))
    kept = sync(inbox)
    with inbox.open("ab") as file:
        file.write(entry(20))
    reader = CountingReader()
    sync(inbox, kept, reader)
    assert (len(reader.refs), len(kept.items), kept.deletes) == (1, 21, 0)


def test_newest_come_first(inbox: Path) -> None:
    inbox.write_bytes(b"".join(entry(n) for n in range(5)))
    assert [m.id for m in sync(inbox).items.values()] == [f"m{n}@atlas.example" for n in (4, 3, 2, 1, 0)]


def test_a_truncated_last_message_is_kept_and_completed_later(inbox: Path) -> None:
    inbox.write_bytes((entry(0) + entry(1, "First half"))[:-2])
    kept = sync(inbox)
    assert texts(kept) == ["First half", "Could you look at draft 0?"]
    with inbox.open("ab") as file:
        file.write(b" and second half\n\n" + entry(2))
    sync(inbox, kept)
    assert sorted(texts(kept)) == ["Could you look at draft 0?", "Could you look at draft 2?", "First half and second half"]


def test_compaction_reads_nothing_again(inbox: Path) -> None:
    inbox.write_bytes(b"".join(entry(n) for n in range(20)))
    kept = sync(inbox)
    inbox.write_bytes(b"".join(entry(n) for n in range(5, 20)))
    reader = CountingReader()
    sync(inbox, kept, reader)
    assert (reader.refs, kept.deletes, len(kept.items)) == ([], 5, 15)


def test_an_emptied_file_empties_the_mailbox(inbox: Path) -> None:
    inbox.write_bytes(entry(1))
    kept = sync(inbox)
    inbox.write_bytes(b"")
    assert not sync(inbox, kept).items


def test_a_renamed_file_reads_nothing_again(tmp_path: Path) -> None:
    (tmp_path / "Inbox").write_bytes(entry(1) + entry(2))
    kept = sync(tmp_path)
    (tmp_path / "Inbox").rename(tmp_path / "Archive.mbox")
    reader = CountingReader()
    sync(tmp_path, kept, reader)
    assert (reader.refs, kept.deletes, {m.folder for m in kept.items.values()}) == ([], 0, {"Archive"})


@pytest.mark.parametrize(
    ("header", "flags"),
    [
        ("Status: RO\nX-Status: AF\n", {"seen", "answered", "flagged"}),
        ("X-Mozilla-Status: 0007\nX-Mozilla-Status2: 00000000\n", {"seen", "answered", "flagged"}),
        ("X-Mozilla-Status: 0009\n", {"seen", "trashed"}),
        ("X-Gmail-Labels: Inbox,Unread,Starred\n", {"flagged"}),
        ("X-Gmail-Labels: Sent\n", {"seen"}),
        ("", set()),
        ("X-Mozilla-Status: zz\n", set()),
    ],
)
def test_status_headers_are_flags(inbox: Path, header: str, flags: set[str]) -> None:
    inbox.write_bytes(entry(1, extra=header))
    (message,) = sync(inbox).items.values()
    assert message.flags == flags


def test_a_changed_status_is_a_move_that_reads_nothing(inbox: Path) -> None:
    inbox.write_bytes(entry(1, extra="X-Mozilla-Status: 0000\n") + entry(2))
    kept = sync(inbox)
    stat = inbox.stat()
    inbox.write_bytes(entry(1, extra="X-Mozilla-Status: 0001\n") + entry(2))
    os.utime(inbox, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    reader = CountingReader()
    sync(inbox, kept, reader)
    assert (reader.refs, kept.moves) == ([], 1)


def test_quoted_from_lines_are_unquoted_and_plain_ones_do_not_split(inbox: Path) -> None:
    body = ">From the desk of Dana\n>>From deeper\n\nFrom here on it is text, at 10:30.\nFrom: not a header"
    inbox.write_bytes(entry(1, body) + entry(2))
    kept = sync(inbox)
    assert len(kept.items) == 2
    assert texts(kept)[1].startswith("From the desk of Dana\n>From deeper\n\nFrom here on")


def test_content_length_leads_over_a_from_line(inbox: Path) -> None:
    body = f"See below\n\n{LINE.decode()}Subject: an attached mailbox\n\ninner\n"
    inbox.write_bytes(entry(1, body, extra=f"Content-Length: {len(body) + 1}\n") + entry(2))
    assert sorted(m.id for m in sync(inbox).items.values()) == ["m1@atlas.example", "m2@atlas.example"]


@pytest.mark.parametrize("length", [5, 99999999, 0])
def test_a_wrong_content_length_loses_nothing(inbox: Path, length: int) -> None:
    inbox.write_bytes(entry(1, extra=f"Content-Length: {length}\n") + entry(2) + entry(3))
    assert len(sync(inbox).items) == 3


@pytest.mark.parametrize(
    "separator",
    [
        b"From - Fri May  1 08:00:00 2026\n",
        b"From MAILER-DAEMON Fri May 01 08:00:00 2026\n",
        b"From dana@atlas.example Fri May  1 08:00:00 MET DST 2026\n",
        b"From 1234567890@xxx Fri May 01 08:00:00 +0000 2026\n",
        b"From dana@atlas.example Fri, 1 May 2026 08:00:00 +0200\n",
        b"From ???@??? Fri May 01 08:00:00 2026\n",
        b"From dana@atlas.example\n",
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_separators_of_many_programs(inbox: Path, separator: bytes, end: bytes) -> None:
    letters = b"".join(separator + a_letter(n).replace(b"\r\n", b"\n") + b"\n" for n in range(3))
    inbox.write_bytes(letters.replace(b"\n", end))
    assert len(sync(inbox).items) == 3


def test_a_missing_blank_line_between_messages_still_separates(inbox: Path) -> None:
    inbox.write_bytes(entry(1).rstrip(b"\n") + b"\n" + entry(2))
    assert len(sync(inbox).items) == 2


def test_a_file_that_is_no_mbox_is_named_or_passed_over(tmp_path: Path) -> None:
    (tmp_path / "wrong.mbox").write_bytes(b"PK\x03\x04 a zip")
    (tmp_path / "diary.txt").write_bytes(b"Dear diary")
    (tmp_path / "Inbox.msf").write_bytes(entry(1))
    (tmp_path / "Inbox").write_bytes(entry(2))
    kept = sync(tmp_path)
    assert (len(kept.items), [p.where for p in kept.problems]) == (1, ["wrong.mbox"])


def test_duplicates_are_one(inbox: Path) -> None:
    inbox.write_bytes(entry(1) + entry(2) + entry(1))
    assert len(sync(inbox).items) == 2


def test_thunderbirds_folders_have_their_names(tmp_path: Path) -> None:
    (tmp_path / "Work.sbd").mkdir()
    (tmp_path / "Work.sbd" / "Clients").write_bytes(entry(1))
    (tmp_path / "Sent.mbox").mkdir()
    (tmp_path / "Sent.mbox" / "mbox").write_bytes(entry(2))
    assert {m.folder for m in sync(tmp_path).items.values()} == {"Work/Clients", "Sent"}
