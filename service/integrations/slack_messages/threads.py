"""The posts of a thread as one item."""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.items import Post, Provenance, Thread
from service.domain.people import Person
from service.integrations.files.settings import digest
from service.integrations.slack_messages.directory import Channel, Directory
from service.integrations.slack_messages.posts import Found, permalink
from service.integrations.slack_messages.wording import means


def thread(
    root: str, posts: Iterable[Found], channel: Channel, directory: Directory, person: Person, account: str, workspace: str
) -> Thread | None:
    """None where nothing is left to read in it. `workspace` ("acme") makes its link."""
    found = sorted(posts, key=lambda f: (f.post.at, f.post.id))
    kept = [f for f in found if not f.deleted]
    if not kept:
        return None
    if found[0].deleted:  # its place is kept, so that the answers still answer something
        kept.insert(0, found[0])
    said: tuple[Post, ...] = tuple(f.post for f in kept)
    return Thread(
        id=f"{channel.id}/{root}",
        account=account,
        channel=channel.name,
        posts=said,
        direct=channel.direct,
        mentions_me=any(means(f.raw_text, person, directory, channel) for f in kept if f.post.provenance is Provenance.OUTSIDE),
        url=permalink(workspace, channel.id, root, root) if workspace else said[0].url,
    )


def content(thread: Thread) -> str:
    """A digest of all that it says."""
    posts = (f"{p.id}|{p.author.email}|{p.author.name}|{p.text}|{p.reactions}|{p.url}|{p.provenance}" for p in thread.posts)
    return digest(thread.channel, str(thread.mentions_me), thread.url, *posts)[:20]
