"""Account names: each source has one, unique for its person, that stays while the file around it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from service.settings.document import Document
from service.settings.section import SourceSettings


def named(sources: Sequence[tuple[int, SourceSettings]], document: Document) -> list[SourceSettings]:
    """The sources with `name` filled in. A name that is taken gains a digest of what it is made of (its path), so that a
    new source never renames one that is there; the same source twice is a complaint.
    """
    taken: dict[str, int] = {}
    seen: dict[str, int] = {}
    found = []
    for i, source in sorted(sources, key=lambda pair: (not pair[1].name.strip(), pair[0])):  # given names come first
        identity = _digest(source)
        wanted = _clean(source.name) or _clean(source.default_name()) or source.kind
        if identity in seen:
            document.complain(("sources", i), f"the same source as sources[{seen[identity]}]", "Remove one of them")
        elif wanted in taken and _clean(source.name):
            document.complain(
                ("sources", i, "name"), f"sources[{taken[wanted]}] has this name too", "Give each source a name of its own"
            )
        seen.setdefault(identity, i)
        name = wanted if wanted not in taken else f"{wanted} {identity[:6]}"
        taken.setdefault(name, i)
        found.append((i, source.model_copy(update={"name": name})))
    return [source for _, source in sorted(found, key=lambda pair: pair[0])]


def _digest(source: SourceSettings) -> str:
    return hashlib.sha256(source.model_dump_json(exclude={"name"}).encode()).hexdigest()


def _clean(name: str) -> str:
    """One printable line, as it stands in coverage."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:80]
