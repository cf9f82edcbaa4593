"""What a message's labels say of it, in the words that other mail kinds use.

A label's id is fixed, its name is the person's to change (https://developers.google.com/workspace/gmail/api/guides/labels).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from service.errors import Rejected

_FOLDERS = {"TRASH": "Trash", "SPAM": "Spam", "DRAFT": "Drafts", "INBOX": "INBOX", "SENT": "Sent"}
"""By whichever of these comes first; else by the person's own label that is first by name, else it is archived."""
ARCHIVE = "Archive"
NEVER = frozenset({"TRASH", "SPAM", "CHAT"})
TELLING = (*_FOLDERS, "UNREAD", "STARRED")
"""Gmail's own labels that change what is known of a message; IMPORTANT and the categories do not."""
_SEEN = frozenset({"DRAFT", "SENT"})
_SHOWN_AS = {"promotions": "CATEGORY_PROMOTIONS", "social": "CATEGORY_SOCIAL", "updates": "CATEGORY_UPDATES"} | {
    "forums": "CATEGORY_FORUMS",
    "primary": "CATEGORY_PERSONAL",
    "drafts": "DRAFT",
}


class Place(NamedTuple):
    folder: str
    flags: frozenset[str]

    @property
    def stamp(self) -> str:
        return f"1 {','.join(sorted(self.flags))} {self.folder}"


@dataclass(frozen=True, slots=True)
class Labels:
    """`names` are those of the person's own labels, by id."""

    names: Mapping[str, str]
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = NEVER

    def place(self, labels: Iterable[str]) -> Place:
        labels = frozenset(labels)
        folder = next((name for id, name in _FOLDERS.items() if id in labels), "")
        own = sorted(self.names[id] for id in labels if id in self.names)
        flags = {"seen"} if "UNREAD" not in labels or labels & _SEEN else set()
        flags |= {word for id, word in (("STARRED", "flagged"), ("DRAFT", "draft"), ("TRASH", "trashed")) if id in labels}
        return Place(folder or (own[0] if own else ARCHIVE), frozenset(flags))

    def wants(self, labels: Collection[str]) -> bool:
        return not self.skip.intersection(labels) and (not self.only or not self.only.isdisjoint(labels))

    def lets_in(self, added: Iterable[str], removed: Iterable[str]) -> bool:
        """Whether such a change may bring a message that was not wanted before."""
        return not self.only.isdisjoint(added) or not self.skip.isdisjoint(removed)


def tells(label: str, others: Collection[str]) -> bool:
    """Whether it matters that a message got or lost it. `others`: those that the settings name."""
    return label in TELLING or label in NEVER or label in others or not label.isupper()


def ids(named: Iterable[str], names: Callable[[], Mapping[str, str]], setting: str) -> frozenset[str]:
    """Ids of labels as the person calls them. `names` is asked only where it must be. Raises Rejected for one that is not there."""
    return frozenset(_id(name.strip(), names, setting) for name in named)


def _id(name: str, names: Callable[[], Mapping[str, str]], setting: str) -> str:
    plain = name.lower()
    if plain in _SHOWN_AS:
        return _SHOWN_AS[plain]
    if name.upper() in TELLING or name.upper() == "IMPORTANT" or name.startswith("CATEGORY_"):
        return name.upper()
    own = names()
    found = next((id for id, shown in own.items() if plain == shown.lower() or name == id), None)
    if found is None:
        raise Rejected(
            f"there is no label “{name}” in this mailbox: correct `{setting}`; it has {', '.join(sorted(own.values())[:20]) or 'none'}"
        )
    return found
