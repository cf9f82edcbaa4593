"""Posts of many days to whole threads, from the newest day to the oldest, so that only unfinished threads are held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.domain.items import Thread
from service.domain.people import Person
from service.integrations.slack_messages.directory import Channel, Directory
from service.integrations.slack_messages.posts import Found
from service.integrations.slack_messages.threads import thread


@dataclass(slots=True)
class Gathering:
    """A thread as far as it has been read, by ts: what an export holds twice counts once."""

    posts: dict[str, Found] = field(default_factory=dict)
    days: set[str] = field(default_factory=set)

    def add(self, found: Found, day: str) -> None:
        self.posts.setdefault(found.post.id, found)
        self.days.add(day)


@dataclass(frozen=True, slots=True)
class Whole:
    root: str
    thread: Thread | None  # None where nothing is left to read in it
    days: tuple[str, ...]


def gather(
    days: Iterable[tuple[str, Iterable[Found]]],
    channel: Channel,
    directory: Directory,
    person: Person,
    account: str,
    workspace: str,
) -> Iterator[Whole]:
    """`days` come newest first. A thread is whole once its first post has been read; what is left at the end lost its
    first post and begins with the first answer.
    """
    open_threads: dict[str, Gathering] = {}

    def close(root: str) -> Whole:
        gathering = open_threads.pop(root)
        whole = thread(root, gathering.posts.values(), channel, directory, person, account, workspace)
        return Whole(root, whole, tuple(sorted(gathering.days)))

    for day, posts in days:
        begun: dict[str, None] = {}
        for found in posts:
            open_threads.setdefault(found.root, Gathering()).add(found, day)
            if found.post.id == f"{channel.id}/{found.root}":
                begun[found.root] = None
        for root in reversed(begun):
            yield close(root)
    for root in sorted(open_threads, reverse=True):
        yield close(root)
