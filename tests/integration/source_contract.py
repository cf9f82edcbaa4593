"""What every source in files keeps to. A test of a kind derives from `SourceContract` and says how its files are made."""

from __future__ import annotations

import os
import sys
import tracemalloc
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message as Parsed
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from service.domain.items import Item, Message, Provenance, Series
from service.domain.people import Address
from service.domain.raw import RawMessage
from service.domain.sync import Delete, Moved, Page, Problem, Upsert
from service.errors import ExternalError
from service.ports import Source, Surroundings
from service.settings.section import SourceSettings
from tests.builders import NOON, a_person


class CountingReader:
    """Reads just enough of a message, and counts. A message that says "poison" can't be read."""

    def __init__(self) -> None:
        self.refs: list[str] = []

    def read(self, raws: Iterable[RawMessage], own: frozenset[str]) -> Iterator[Message | Problem]:
        for raw in raws:
            self.refs.append(raw.ref)
            yield Problem(raw.ref, "is poison") if b"poison" in raw.data else self._message(raw, own)

    def _message(self, raw: RawMessage, own: frozenset[str]) -> Message:
        parsed: Parsed = message_from_bytes(raw.data)
        name, email = getaddresses([parsed.get("From", "")])[0] if parsed.get("From") else ("", "")
        message_id = parsed.get("Message-ID", "").strip("<> \n") or raw.ref
        text = str(parsed.get_payload(decode=False)).strip()
        return Message(
            id=message_id,
            account=raw.account,
            message_id=message_id,
            thread_id=message_id,
            sent_at=parsedate_to_datetime(parsed["Date"]) if parsed.get("Date") else raw.stored_at,
            sender=Address(email.lower(), name),
            subject=parsed.get("Subject", ""),
            text=text,
            reply_text=text,
            folder=raw.folder,
            flags=raw.flags,
            provenance=Provenance.OWN if email.lower() in own else Provenance.OUTSIDE,
            own_briefing="X-Reveille" in parsed,
            url=raw.url,
        )


class NoCalendar:
    def read(self, data: bytes, account: str, where: str) -> tuple[tuple[Series, ...], tuple[Problem, ...]]:
        raise AssertionError("no calendar here")

    expand: Any = None


def surroundings(folder: Path, reader: CountingReader | None = None, **person: Any) -> Surroundings:
    return Surroundings(
        person=a_person(**person),
        account="here",
        folder=folder,
        read_mail=reader or CountingReader(),
        read_calendar=NoCalendar(),
        clock=lambda: NOON,
    )


@dataclass
class Kept:
    """A store as small as can be: what each ref holds."""

    items: dict[str, Item] = field(default_factory=dict)
    stamps: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None
    problems: list[Problem] = field(default_factory=list)
    upserts: list[str] = field(default_factory=list)
    moves: int = 0
    deletes: int = 0

    def apply(self, page: Page) -> None:
        assert len(page.changes) <= 200
        for change in page.changes:
            match change:
                case Upsert(item, ref, stamp):
                    self.items[ref], self.stamps[ref] = item, stamp
                    self.upserts.append(ref)
                case Delete(ref) if ref in self.items:
                    del self.items[ref], self.stamps[ref]
                    self.deletes += 1
                case Moved(old, ref, stamp, flags, folder) if old in self.items:
                    self._move(old, ref, stamp, flags, folder)
        self.problems.extend(page.problems)
        self.cursor = page.cursor

    def _move(self, old: str, ref: str, stamp: str, flags: frozenset[str] | None, folder: str | None) -> None:
        item = self.items.pop(old)
        del self.stamps[old]
        new = {"flags": flags, "folder": folder}
        self.items[ref] = _with(item, {k: v for k, v in new.items() if v is not None})
        self.stamps[ref] = stamp
        self.moves += 1

    def sync(self, source: Source, *, pages: int | None = None) -> Kept:
        """Applies all pages, or the first few as if the process died then."""
        self.problems, self.upserts, self.moves, self.deletes = [], [], 0, 0
        held: Mapping[str, str] = dict(self.stamps)
        for number, page in enumerate(source.pages(self.cursor, held)):
            if number == pages:
                break
            self.apply(page)
        return self

    @property
    def ids(self) -> set[str]:
        return {item.id for item in self.items.values()}


def _with(item: Item, fields: dict[str, Any]) -> Item:
    if not isinstance(item, Message):
        return item
    kept = {name: getattr(item, name) for name in item.__dataclass_fields__}
    return Message(**kept | fields)


_opened: list[str] | None = None


def _note_open(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], (str, bytes, os.PathLike)):
        _opened.append(os.fsdecode(arguments[0]))


sys.addaudithook(_note_open)


@contextmanager
def opened_below(root: Path) -> Iterator[list[str]]:
    """The paths of files below `root` that are opened meanwhile, filled in at the end."""
    global _opened  # noqa: PLW0603  # an audit hook can't be taken away, only silenced
    _opened, found = [], []
    try:
        yield found
    finally:
        found.extend(path for path in _opened if path.startswith(f"{root}{os.sep}"))
        _opened = None


def age(root: Path) -> None:
    """Gives every file a time of its own, in order of name, so that edits that follow are seen."""
    files = sorted((p for p in root.rglob("*") if p.is_file()), key=str)
    start = int(datetime(2026, 5, 1, tzinfo=UTC).timestamp() * 1e9)
    for number, path in enumerate(files):
        os.utime(path, ns=(start + number * 1_000_000_007,) * 2)


class SourceContract:
    many = 450
    """Items of the larger tests: more than two pages."""

    @abstractmethod
    def fill(self, root: Path, count: int) -> None:
        """Makes files of `count` items, numbered from 0."""

    @abstractmethod
    def settings(self, root: Path) -> SourceSettings: ...

    @abstractmethod
    def edit(self, root: Path) -> None:
        """Changes what item 1 says, in place."""

    @abstractmethod
    def delete(self, root: Path) -> None:
        """Takes item 1 away."""

    @abstractmethod
    def add_broken(self, root: Path) -> None:
        """Adds one that can't be read."""

    @abstractmethod
    def missing(self, root: Path) -> SourceSettings:
        """Settings that name a path that is not there."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        root = tmp_path / "source"
        root.mkdir()
        return root

    def source(self, root: Path, reader: CountingReader | None = None) -> Source:
        return self.settings(root).connect(surroundings(root.parent, reader))

    def synced(self, root: Path, count: int) -> Kept:
        self.fill(root, count)
        age(root)
        return Kept().sync(self.source(root))

    def test_first_sync_brings_everything_once(self, root: Path) -> None:
        kept = self.synced(root, self.many)
        assert len(kept.items) == len(kept.upserts) == len(kept.ids) == self.many
        assert not kept.problems

    def test_nothing_changed_opens_no_file(self, root: Path) -> None:
        kept = self.synced(root, 30)
        reader = CountingReader()
        with opened_below(root) as opened:
            kept.sync(self.source(root, reader))
        assert (opened, reader.refs, kept.upserts, kept.moves, kept.deletes) == ([], [], [], 0, 0)

    def test_an_edit_brings_that_item_alone(self, root: Path) -> None:
        kept = self.synced(root, 30)
        before = dict(kept.items)
        self.edit(root)
        kept.sync(self.source(root))
        assert len(kept.items) == 30
        assert len(kept.upserts) <= 1
        assert sum(kept.items.get(ref) != item for ref, item in before.items()) == 1

    def test_what_is_gone_is_deleted(self, root: Path) -> None:
        kept = self.synced(root, 30)
        self.delete(root)
        kept.sync(self.source(root))
        assert (len(kept.items), kept.deletes, kept.upserts) == (29, 1, [])

    def test_a_broken_one_is_a_problem_and_the_rest_come(self, root: Path) -> None:
        self.fill(root, 30)
        self.add_broken(root)
        age(root)
        kept = Kept().sync(self.source(root))
        assert len(kept.items) == 30
        assert len(kept.problems) == 1
        assert kept.problems[0].where
        assert kept.problems[0].what

    def test_a_broken_one_is_named_again_without_being_opened(self, root: Path) -> None:
        self.fill(root, 3)
        self.add_broken(root)
        age(root)
        kept = Kept().sync(self.source(root))
        first = kept.problems
        with opened_below(root) as opened:
            kept.sync(self.source(root))
        assert (kept.problems, opened) == (first, [])

    def test_a_missing_path_is_named_with_its_fix(self, root: Path) -> None:
        source = self.missing(root).connect(surroundings(root.parent))
        with pytest.raises(ExternalError, match="correct `path`"):
            list(source.pages(None, {}))
        check = source.check()
        assert not check.ok
        assert check.fix

    def test_check_says_what_is_there(self, root: Path) -> None:
        self.synced(root, 3)
        check = self.source(root).check()
        assert check.ok, check

    @pytest.mark.parametrize("pages", [0, 1, 2])
    def test_after_a_crash_the_rest_comes_exactly_once(self, root: Path, pages: int) -> None:
        self.fill(root, self.many)
        age(root)
        kept = Kept().sync(self.source(root), pages=pages)
        early = list(kept.upserts)
        kept.sync(self.source(root))
        assert sorted(early + kept.upserts) == sorted(kept.items)
        assert len(kept.items) == self.many
        assert kept.sync(self.source(root)).upserts == []

    def test_a_cursor_that_is_no_cursor_does_no_harm(self, root: Path) -> None:
        kept = self.synced(root, 30)
        for cursor in ("", "[]", "nonsense", '{"for": 3, "table": []}', '{"for":"x","aside":{"a":1}}'):
            kept.cursor = cursor
            kept.sync(self.source(root))
            assert (kept.upserts, kept.deletes, len(kept.items)) == ([], 0, 30)

    def test_what_was_the_file_of_another_account_is_deleted(self, root: Path) -> None:
        """The path in the config changed: nothing held is there any more."""
        kept = self.synced(root, 3)
        kept.items["elsewhere/9#9"] = next(iter(kept.items.values()))
        kept.stamps["elsewhere/9#9"] = "?"
        kept.cursor = None
        kept.sync(self.source(root))
        assert len(kept.items) == 3

    @pytest.mark.slow
    def test_memory_stays_flat(self, root: Path) -> None:
        self.fill(root, 10_000)
        source = self.source(root)
        tracemalloc.start()
        try:
            seen = sum(len(page.changes) for page in source.pages(None, {}))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert seen == 10_000
        assert peak < 40_000_000


class PlacedContract(SourceContract):
    """For kinds whose items have a place of their own."""

    @abstractmethod
    def move(self, root: Path) -> None:
        """Moves item 1 elsewhere in the source."""

    def test_what_is_moved_stays(self, root: Path) -> None:
        kept = self.synced(root, 30)
        self.move(root)
        kept.sync(self.source(root))
        assert len(kept.items) == 30
        assert len(kept.upserts) <= 1
