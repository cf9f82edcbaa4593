"""Posts of many days to whole threads, from the newest day to the oldest, so that only unfinished threads are held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.domain.items import Post, Provenance, Thread
from service.domain.people import Person
from service.integrations.files.settings import digest
from service.integrations.slack_export.directory import Channel, Directory
from service.integrations.slack_export.posts import Found, permalink
from service.integrations.slack_export.wording import means


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
        thread = _thread(root, gathering, channel, directory, person, account, workspace)
        return Whole(root, thread, tuple(sorted(gathering.days)))

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


def _thread(
    root: str, gathering: Gathering, channel: Channel, directory: Directory, person: Person, account: str, workspace: str
) -> Thread | None:
    found = sorted(gathering.posts.values(), key=lambda f: (f.post.at, f.post.id))
    kept = [f for f in found if not f.deleted]
    if not kept:
        return None
    if found[0].deleted:  # its place is kept, so that the answers still answer something
        kept.insert(0, found[0])
    posts: tuple[Post, ...] = tuple(f.post for f in kept)
    return Thread(
        id=f"{channel.id}/{root}",
        account=account,
        channel=channel.name,
        posts=posts,
        direct=channel.direct,
        mentions_me=any(means(f.raw_text, person, directory, channel) for f in kept if f.post.provenance is Provenance.OUTSIDE),
        url=permalink(workspace, channel.id, root, root) if workspace else posts[0].url,
    )


def content(thread: Thread) -> str:
    """A digest of all that it says."""
    posts = (f"{p.id}|{p.author.email}|{p.author.name}|{p.text}|{p.reactions}|{p.url}|{p.provenance}" for p in thread.posts)
    return digest(thread.channel, str(thread.mentions_me), thread.url, *posts)[:20]
