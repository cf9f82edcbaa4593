"""A maildir as a source. A message's ref is its folder and unique name, so that flags and `new` → `cur` don't change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from service.domain.raw import RawMessage
from service.domain.sync import Change, Delete, Moved, Page, Problem
from service.errors import ExternalError, Unavailable
from service.integrations.files.contents import Unfit, Vanished, read
from service.integrations.files.letters import LARGEST, Letter, understand
from service.integrations.files.pages import paged
from service.integrations.files.place import many, need_folder, sound, unsound
from service.integrations.files.progress import Progress
from service.integrations.files.walk import DEEPEST, Listing, changed_at, printable, scan
from service.integrations.maildir.names import flags_of, folder_name, split_info
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.maildir import Settings


class Mail(NamedTuple):
    rel: str  # the file's path below the root
    ref: str
    folder: str
    flags: frozenset[str]
    size: int  # bytes
    mtime_ns: int

    def key(self, fingerprint: str) -> str:
        """Stands for the bytes."""
        return f"{fingerprint}.{self.size}.{self.mtime_ns}"

    def stamp(self, fingerprint: str) -> str:
        return f"{self.key(fingerprint)}:{','.join(sorted(self.flags))}"


class Maildir:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings = settings
        self._at = at
        self._root = settings.place(at)
        self._fingerprint = settings.fingerprint(*sorted(at.person.emails))

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint)
        return paged(self._changes(held, progress), progress)

    def check(self) -> Check:
        try:
            mails, _ = self._list()
        except ExternalError as error:
            return unsound(error)
        folders = {mail.folder for mail in mails.values()}
        return sound(f"{self._root}: {many(len(mails), 'message')} in {many(len(folders), 'folder')}")

    def _changes(self, held: Mapping[str, str], progress: Progress) -> Iterator[Change | Problem]:
        mails, listing = self._list()
        yield from listing.problems
        for ref in progress.refs_aside():
            if ref not in mails:
                progress.forget(ref)
        gone = [ref for ref in held if ref not in mails and not listing.hides(ref)]
        unread, moved = self._compare(mails, held, gone, progress)
        progress.total = len(unread)
        for mail, old_ref in moved:
            yield Moved(old_ref, mail.ref, mail.stamp(self._fingerprint), mail.flags, mail.folder)
        yield from (problem for ref in progress.refs_aside() if ref in mails for problem in progress.still(ref))
        yield from understand(self._at, self._letters(unread, progress), progress)
        taken = {old_ref for _, old_ref in moved}
        yield from (Delete(ref) for ref in gone if ref not in taken)

    def _letters(self, mails: list[Mail], progress: Progress) -> Iterator[Letter | Problem]:
        for mail in mails:
            try:
                data = self._read(mail)
            except Vanished:
                continue
            except Unfit as error:
                progress.set_aside(mail.ref, mail.key(self._fingerprint), str(error))
                yield Problem(mail.ref, str(error))
                continue
            stored_at = changed_at(mail.mtime_ns)
            raw = RawMessage(data, self._at.account, mail.ref, stored_at, mail.folder, mail.flags)
            yield Letter(raw, mail.stamp(self._fingerprint), mail.key(self._fingerprint))

    def _read(self, mail: Mail) -> bytes:
        """The file may have been renamed since it was listed: a mail program marked it as seen."""
        try:
            return read(self._root / mail.rel, LARGEST)
        except Vanished:
            file = self._root / mail.rel
            unique = split_info(file.name)[0]
            for letters in ("", "S", "RS", "FS"):
                with suppress(Vanished):
                    return read(file.parent.parent / "cur" / f"{unique}:2,{letters}", LARGEST)
            raise

    def _list(self) -> tuple[dict[str, Mail], Listing]:
        """All messages by ref, newest first. Raises Unavailable where there is no maildir."""
        need_folder(self._root, "a maildir")
        listing = Listing()
        mails: list[Mail] = []
        found = 0
        folders = [("", 0)]
        while folders:
            rel, depth = folders.pop()
            below = {name: path for name, path, status in scan(self._root, rel, listing) if status is None}
            if "cur" in below or "new" in below:
                found += 1
                if folder_name(rel) not in self._settings.skip:
                    mails.extend(self._in_folder(rel, below, listing))
                below = {name: path for name, path in below.items() if name not in {"cur", "new", "tmp"}}
            if depth < DEEPEST:
                folders.extend((path, depth + 1) for path in below.values())
        if not found and not listing.unlisted:
            raise Unavailable(f"{self._root} holds no maildir (no `cur` or `new` in it): correct `path`, or mount the disk")
        mails.sort(key=lambda mail: mail.mtime_ns, reverse=True)
        return {mail.ref: mail for mail in mails}, listing

    def _in_folder(self, rel: str, below: dict[str, str], listing: Listing) -> Iterator[Mail]:
        folder = folder_name(printable(rel))
        prefix = printable(f"{rel}/" if rel else "")
        for place in ("new", "cur"):  # a mail caught in both counts as in `cur`: the later one wins
            if place not in below:
                continue
            before = len(listing.unlisted)
            for name, path, status in scan(self._root, below[place], listing):
                if status is None or name.startswith("."):
                    continue
                unique, letters = split_info(name)
                ref = prefix + printable(unique)
                yield Mail(path, ref, folder, flags_of(letters, folder), status.st_size, status.st_mtime_ns)
            if len(listing.unlisted) > before:  # refs don't name `cur`: all of the folder is in doubt
                listing.unlisted.append(prefix)

    def _compare(
        self, mails: Mapping[str, Mail], held: Mapping[str, str], gone: list[str], progress: Progress
    ) -> tuple[list[Mail], list[tuple[Mail, str]]]:
        """What has to be read, and what is held already under this or another ref."""
        elsewhere = {(_unique(ref), _key(held[ref])): ref for ref in gone}
        unread: list[Mail] = []
        moved: list[tuple[Mail, str]] = []
        for mail in mails.values():
            stamp = held.get(mail.ref)
            key = mail.key(self._fingerprint)
            if stamp == mail.stamp(self._fingerprint) or progress.is_aside(mail.ref, key):
                continue
            if stamp is not None and _key(stamp) == key:
                moved.append((mail, mail.ref))
            elif stamp is None and (old_ref := elsewhere.pop((_unique(mail.ref), key), None)):
                moved.append((mail, old_ref))
            else:
                progress.forget(mail.ref)
                unread.append(mail)
        return unread, moved


def _unique(ref: str) -> str:
    return ref.rpartition("/")[2]


def _key(stamp: str) -> str:
    return stamp.rpartition(":")[0]
