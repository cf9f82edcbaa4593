"""Changes in pages: small enough to commit, each with a cursor that is true once it is committed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from service.domain.sync import Change, Page, Problem, Upsert
from service.integrations.files.progress import Progress

MOST = 200
HEAVIEST = 4_000_000
"""Characters of text in a page: a few giant messages fill one, so that memory stays flat."""


def paged(found: Iterable[Change | Problem], progress: Progress) -> Iterator[Page]:
    """At least one page, even an empty one: it carries the cursor. What `found` has changed in `progress` before it
    yields a change belongs to the changes before that.
    """
    changes: list[Change] = []
    problems: list[Problem] = []
    weight = 0
    for one in found:
        if isinstance(one, Problem):
            problems.append(one)
        else:
            changes.append(one)
            weight += _weight(one)
        if len(changes) >= MOST or len(problems) >= MOST or weight >= HEAVIEST:
            yield Page(tuple(changes), progress.cursor(), tuple(problems), progress.total)
            changes, problems, weight = [], [], 0
    yield Page(tuple(changes), progress.cursor(), tuple(problems), progress.total)


def _weight(change: Change) -> int:
    if not isinstance(change, Upsert):
        return 0
    return sum(len(getattr(change.item, part, "")) for part in ("text", "reply_text", "notes"))
