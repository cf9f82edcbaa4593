"""vCard files as a source: a card is an item, its ref the file and its UID, its stamp the digest of what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from service.domain.items import Contact
from service.domain.sync import Change, Delete, Page, Problem, Upsert
from service.errors import ExternalError
from service.integrations.files.contents import MEGABYTE, Unfit, Vanished, read
from service.integrations.files.pages import paged
from service.integrations.files.place import many, sound, unsound, uri
from service.integrations.files.progress import Progress
from service.integrations.files.settings import digest
from service.integrations.files.tree import list_files
from service.integrations.files.walk import Entry, Listing
from service.integrations.vcard.contact import identify, to_contact
from service.integrations.vcard.parse import Card, cards
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.vcard import Settings

LARGEST = 100 * MEGABYTE


def is_card(name: str) -> bool:
    return not name.startswith(".") and name.lower().endswith((".vcf", ".vcard"))


class VCards:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._at = at
        self._path = settings.place(at)
        self._fingerprint = settings.fingerprint(str(self._path))

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint)
        return paged(self._changes(held, progress), progress)

    def check(self) -> Check:
        try:
            _, listing = list_files(self._path, is_card)
        except ExternalError as error:
            return unsound(error)
        return sound(f"{self._path}: {many(len(listing.entries), 'file')}")

    def _changes(self, held: Mapping[str, str], progress: Progress) -> Iterator[Change | Problem]:
        root, listing = list_files(self._path, is_card)
        yield from listing.problems
        table = {entry.ref: entry.stamp for entry in listing.entries}
        changed = [entry for entry in listing.entries if progress.table.get(entry.ref) != entry.stamp]
        by_file = _by_file(held)
        yield from _still_wrong(progress, changed, listing)
        for entry in changed:
            try:
                yield from self._file(root, entry, held, by_file.get(entry.ref, set()), progress)
            except Vanished:
                table.pop(entry.ref)
            except Unfit as error:
                progress.set_aside(entry.ref, "", str(error))
                yield Problem(entry.ref, str(error))
        for file, refs in by_file.items():
            if file not in table and not listing.hides(file):
                yield from (Delete(ref) for ref in sorted(refs))
        progress.table = table

    def _file(
        self, root: Path, entry: Entry, held: Mapping[str, str], before: set[str], progress: Progress
    ) -> Iterator[Change | Problem]:
        seen: set[str] = set()
        found = 0
        for card in cards(read(root / entry.rel, LARGEST)):
            found += 1
            contact, fault = _contact(card, self._at.account, uri(root / entry.rel))
            if contact is None:
                where = f"{entry.ref}#line {card.line}"
                progress.set_aside(where, "", fault)
                yield Problem(where, fault)
                continue
            ref = f"{entry.ref}#{_free(identify(card), entry.ref, seen)}"
            seen.add(ref)
            stamp = digest(self._fingerprint, *(f"{p.name};{sorted(p.parameters.items())}:{p.value}" for p in card.properties))[
                :20
            ]
            if held.get(ref) != stamp:
                yield Upsert(replace(contact, id=f"{self._at.account}:{ref}"), ref, stamp)
        if not found and entry.size:
            progress.set_aside(entry.ref, "", "holds no vCard")
            yield Problem(entry.ref, "holds no vCard")
        yield from (Delete(ref) for ref in sorted(before - seen))


def _contact(card: Card, account: str, url: str) -> tuple[Contact | None, str]:
    if card.fault:
        return None, card.fault
    contact = to_contact(card, account, url)
    return contact, "" if contact else "names nobody"


def _still_wrong(progress: Progress, changed: list[Entry], listing: Listing) -> Iterator[Problem]:
    """What was wrong in files that are as they were; the rest is forgotten, because it is found anew or gone."""
    anew = {entry.ref for entry in changed}
    there = {entry.ref for entry in listing.entries}
    for ref in progress.refs_aside():
        file = ref if ref in there else ref.rpartition("#")[0]
        if file in anew or file not in there:
            progress.forget(ref)
        else:
            yield from progress.still(ref)


def _by_file(held: Mapping[str, str]) -> dict[str, set[str]]:
    files: dict[str, set[str]] = {}
    for ref in held:
        files.setdefault(ref.rpartition("#")[0], set()).add(ref)
    return files


def _free(name: str, file: str, seen: set[str]) -> str:
    number, free = 1, name
    while f"{file}#{free}" in seen:
        number += 1
        free = f"{name}~{number}"
    return free
