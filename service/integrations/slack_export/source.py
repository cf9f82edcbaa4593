"""An export as a source: a thread is an item, its ref the channel's folder and the first post's ts.

A thread's stamp is a digest of what it says and the days it runs over. When a day file has changed, the threads in it are
put together again from all their days; other files stay closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from service.domain.sync import Change, Delete, Page, Problem, Upsert
from service.errors import ExternalError, Unavailable
from service.integrations.files.contents import Unfit, Vanished
from service.integrations.files.pages import paged
from service.integrations.files.place import many, need_folder, sound, unsound, uri
from service.integrations.files.progress import Progress
from service.integrations.files.walk import Listing, scan
from service.integrations.slack_export.gather import gather
from service.integrations.slack_export.lists import load, load_json
from service.integrations.slack_messages.directory import Channel, Directory
from service.integrations.slack_messages.posts import Found, moment, posts_of
from service.integrations.slack_messages.threads import content
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.slack_export import Settings

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}\.json$")
_LISTS = ("users.json", "channels.json", "groups.json", "dms.json", "mpims.json")
Days = dict[str, str]
"""Day ("2026-05-12") → its file's stamp."""


@dataclass(frozen=True, slots=True)
class Work:
    """What has to be read in one channel: all of the `changed` days, and of the `other` days only the threads in `wanted`."""

    channel: Channel
    days: Days
    changed: frozenset[str]
    other: frozenset[str]
    wanted: frozenset[str]
    held: Mapping[str, tuple[str, ...]]  # root → days, of the threads that the store holds


class SlackExport:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._at = at
        self._root = settings.place(at)
        self._only = frozenset(name.lstrip("#").lower() for name in settings.channels)
        self._workspace = re.sub(r"^https?://|\.slack\.com.*$|/.*$", "", settings.workspace.strip())
        self._user = settings.user
        self._fingerprint = settings.fingerprint(str(self._root), at.person.name, *sorted(at.person.emails))

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint)
        return paged(self._changes(held, progress), progress)

    def check(self) -> Check:
        try:
            folders, _ = self._list()
            directory = load(self._root, self._at.person, self._user)
        except ExternalError as error:
            return unsound(error)
        if not directory.me:
            fix = "set `user` to your Slack handle or id, so that your own posts and mentions of you are known"
            return Check(ok=False, says=f"{self._root}: users.json names nobody with your e-mail", fix=fix)
        return sound(f"{self._root}: {many(len(folders), 'channel')}, {many(sum(map(len, folders.values())), 'day')}")

    def _list(self) -> tuple[dict[str, Days], Listing]:
        """The day files of every folder. Raises Unavailable where it is no export."""
        need_folder(self._root, "an unpacked Slack export")
        listing = Listing()
        top = scan(self._root, "", listing)
        folders: dict[str, Days] = {}
        for name, path, status in top:
            if status is not None or name.startswith((".", "__MACOSX")):
                continue
            days = {f[:-5]: f"{s.st_size}.{s.st_mtime_ns}" for f, _, s in scan(self._root, path, listing) if s and _DAY.match(f)}
            folders[name] = days
        known = any(name in _LISTS and status is not None for name, _, status in top)
        if not known and not any(folders.values()):
            fix = "unpack the export's zip and give the folder that holds users.json and channels.json"
            raise Unavailable(f"{self._root} is no Slack export: {fix}")
        return folders, listing

    def _changes(self, held: Mapping[str, str], progress: Progress) -> Iterator[Change | Problem]:
        folders, listing = self._list()
        yield from listing.problems
        lists = self._stamp_of_lists()
        table = {name: dict(days) for name, days in folders.items()}
        before = progress.table.get("days", {}) if progress.table.get("lists") == lists else {}
        if before == table:
            for ref in progress.refs_aside():
                yield from progress.still(ref)
            return
        for ref in progress.refs_aside():
            progress.forget(ref)
        directory = load(self._root, self._at.person, self._user)
        for problem in directory.problems:
            progress.set_aside(problem.where, "", problem.what)
            yield problem
        by_folder = _by_folder(held)
        channels = self._channels(folders, directory)
        for channel in channels:
            if f"{channel.folder}/" in listing.unlisted:
                table[channel.folder] = before.get(channel.folder, {})
                continue
            work = _plan(channel, folders[channel.folder], before.get(channel.folder, {}), by_folder.get(channel.folder, {}))
            yield from self._channel(work, directory, held, progress)
        read = {channel.folder for channel in channels}
        for folder, threads in by_folder.items():
            if folder not in read and not listing.hides(f"{folder}/"):
                yield from (Delete(f"{folder}/{root}") for root in threads)
        progress.table = {"lists": lists, "days": table}

    def _stamp_of_lists(self) -> str:
        stamps = [(name, status.st_size, status.st_mtime_ns) for name, _, status in scan(self._root, "", Listing()) if status]
        return repr(sorted(stamp for stamp in stamps if stamp[0] in _LISTS))

    def _channels(self, folders: Mapping[str, Days], directory: Directory) -> list[Channel]:
        """Those that are to be read, the one with the newest day first. A folder that no list names is a channel too."""
        named = {channel.folder: channel for channel in directory.channels}
        found = [named.get(folder) or Channel(folder, folder, folder) for folder in folders]
        if self._only:
            found = [c for c in found if {c.name.lower(), c.id.lower(), "direct" if c.direct else c.folder.lower()} & self._only]
        return sorted(found, key=lambda channel: (max(folders[channel.folder], default=""), channel.folder), reverse=True)

    def _channel(
        self, work: Work, directory: Directory, held: Mapping[str, str], progress: Progress
    ) -> Iterator[Change | Problem]:
        folder = work.channel.folder
        problems: list[Problem] = []
        unread: set[str] = set()
        seen: set[str] = set()
        days = self._read(work, directory, problems, unread)
        for whole in gather(days, work.channel, directory, self._at.person, self._at.account, self._workspace):
            if whole.thread is None:
                continue
            ref = f"{folder}/{whole.root}"
            seen.add(whole.root)
            stamp = f"{self._fingerprint}.{content(whole.thread)}:{','.join(whole.days)}"
            lost = set(work.held.get(whole.root, ())) & unread  # a part of it could not be read this time
            if held.get(ref) != stamp and not lost:
                yield Upsert(whole.thread, ref, stamp)
        for problem in problems:
            progress.set_aside(problem.where, "", problem.what)
            yield problem
        for root, over in work.held.items():
            touched = any(day in work.changed or day not in work.days for day in over)
            if touched and root not in seen and not unread.intersection(over):
                yield Delete(f"{folder}/{root}")

    def _read(
        self, work: Work, directory: Directory, problems: list[Problem], unread: set[str]
    ) -> Iterator[tuple[str, list[Found]]]:
        """The newest day first: all of the changed days, and of the others what belongs to a thread that has changed."""
        wanted, others = self._needed(work, directory)
        for day in sorted(work.days, reverse=True):
            if day in work.changed:
                yield day, self._day(work.channel, day, directory, problems, unread)
            elif day in others:
                yield day, [f for f in self._day(work.channel, day, directory, problems, unread) if f.root in wanted]

    def _needed(self, work: Work, directory: Directory) -> tuple[set[str], set[str]]:
        """The threads that have to be put together again, and the unchanged days they run over. To know them, the changed
        days are read once before; not at a first sync, when every day is read anyway.
        """
        wanted, others = set(work.wanted), set(work.other)
        if len(work.changed) < len(work.days):
            begun: set[str] = set()
            for day in work.changed:
                for found in self._day(work.channel, day, directory, [], set()):
                    (begun if found.post.id.endswith(f"/{found.root}") else wanted).add(found.root)
            for root in wanted | begun:
                others.update(work.held.get(root) or (() if root in begun else _days_around(root)))
            wanted |= begun
        return wanted, others

    def _day(self, channel: Channel, day: str, directory: Directory, problems: list[Problem], unread: set[str]) -> list[Found]:
        path: Path = self._root / channel.folder / f"{day}.json"
        try:
            return list(posts_of(load_json(path), channel, directory, uri(path), self._workspace))
        except Vanished:
            return []
        except Unfit as error:
            unread.add(day)
            problems.append(Problem(f"{channel.folder}/{day}.json", str(error)))
            return []


def _plan(channel: Channel, days: Days, before: Days, held: Mapping[str, tuple[str, ...]]) -> Work:
    changed = frozenset(day for day, stamp in days.items() if before.get(day) != stamp)
    touched = {root: over for root, over in held.items() if _is_touched(root, over, days, changed)}
    other = frozenset(day for over in touched.values() for day in over if day in days) - changed
    return Work(channel, days, changed, other, frozenset(touched), held)


def _is_touched(root: str, over: tuple[str, ...], days: Days, changed: frozenset[str]) -> bool:
    """By one of its days; or, where the store holds only answers, by the day that may hold the first post at last."""
    if any(day in changed or day not in days for day in over):
        return True
    around = _days_around(root)
    return not set(around) & set(over) and not changed.isdisjoint(around)


def _by_folder(held: Mapping[str, str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Folder → root → the days it runs over, of what the store holds."""
    folders: dict[str, dict[str, tuple[str, ...]]] = {}
    for ref, stamp in held.items():
        folder, _, root = ref.rpartition("/")
        folders.setdefault(folder, {})[root] = tuple(filter(None, stamp.rpartition(":")[2].split(",")))
    return folders


def _days_around(ts: str) -> list[str]:
    """The days whose file may hold the post: exports cut days in a zone that they don't name."""
    at = moment(ts)
    return [(at + timedelta(days=shift)).date().isoformat() for shift in (-1, 0, 1)] if at else []
