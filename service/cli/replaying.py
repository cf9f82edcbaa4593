"""What stored items would be under the config on disk, held against the one in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from service.bootstrap import House
from service.domain.items import Event, Thread
from service.domain.rules import Consequence, Rule
from service.domain.verdicts import Judged, Verdict
from service.errors import ConfigError
from service.settings import Config, load_text
from service.triage import Triage
from service.triage.background import Background
from service.triage.judges import IsolatedJudges
from service.triage.rules import matching, merged

WATCHED = ("category", "priority", "private", "muted", "notify", "labels", "spam", "phishing", "rules")
SOON = timedelta(days=14)
"""How far ahead meetings are replayed."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """`fired`: how many items each rule of the file matches, those that match none included."""

    changed: Sequence[dict[str, Any]]
    fired: Mapping[str, int]


def replayed(house: House, span: timedelta) -> Replayed:
    now = house.clock()
    stored = [*house.items.received(now - span, now), *house.items.sent(now - span, now)]
    others: list[Thread | Event] = [*house.items.chats(now - span, now), *house.items.events(now - span, now + SOON)]
    in_force = _in_force(house)
    after = house.sync.judge([j.message for j in stored])
    before = _before(house, stored, in_force)
    fired = Counter({rule.name: 0 for rule in house.config.rules})
    fired.update(name for verdict in after.values() for name in verdict.rules)
    changed = []
    for one in stored:
        row = {"id": one.message.id, "kind": "message", "at": one.message.at.isoformat()}
        row |= {"from": one.message.sender.label, "subject": one.message.subject}
        if changes := dict(_differing(before[one.message.id], after[one.message.id])):
            changed.append({**row, "changes": changes})
    for item in others:
        now_fires = _matching(house.config.rules, item)
        fired.update(rule.name for rule in now_fires)
        if in_force is not None and (changes := dict(_consequences(_matching(in_force.rules, item), now_fires))):
            changed.append(_row(item) | {"changes": changes})
    return Replayed(changed, {rule.name: fired[rule.name] for rule in house.config.rules})


def _in_force(house: House) -> Config | None:
    """None: nothing is yet, or its file can't be read here any more."""
    with house.store.database.read() as on:
        digest = house.store.revisions.current(on, house.config.person.id)
        text = house.store.revisions.text(on, house.config.person.id, digest) if digest else None
    try:
        return load_text(text, house.config.file) if text is not None else None
    except ConfigError:
        return None


def _before(house: House, stored: Sequence[Judged], in_force: Config | None) -> dict[str, Verdict]:
    """As the rules in force judge it today; where there are none, as it lies in the store."""
    if in_force is None:
        return {j.message.id: j.verdict for j in stored}
    triage = Triage(in_force.person, in_force.rules, {s.name: s.kind for s in in_force.sources})
    background = Background(in_force.person, in_force.rules, house.items, house.teacher, house.clock)
    messages = [j.message for j in stored]
    verdicts = IsolatedJudges(triage, house.isolated).judge(background.cases(messages))
    return {m.id: verdict for m, verdict in zip(messages, verdicts, strict=True)}


def _differing(before: Verdict, after: Verdict) -> Iterator[tuple[str, Any]]:
    for name in WATCHED:
        old, new = _plain(getattr(before, name)), _plain(getattr(after, name))
        if old != new:
            yield name, (old, new)


def _matching(rules: Sequence[Rule], item: Thread | Event) -> tuple[Rule, ...]:
    return matching(rules, item, "calendar" if isinstance(item, Event) else "slack")


def _consequences(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[tuple[str, Any]]:
    was, now = merged(before), merged(after)
    for field in fields(Consequence):
        old, new = _plain(getattr(was, field.name)), _plain(getattr(now, field.name))
        if old != new:
            yield field.name, (old, new)
    names = [r.name for r in before], [r.name for r in after]
    if names[0] != names[1]:
        yield "rules", names


def _row(item: Thread | Event) -> dict[str, Any]:
    if isinstance(item, Thread):
        whom, what, kind = item.posts[-1].author.label, f"{item.title}: {item.posts[0].text[:80]}", "thread"
    else:
        whom, what, kind = item.organizer.label if item.organizer else "you", item.title, "event"
    return {"id": item.id, "kind": kind, "at": item.at.isoformat(), "from": whom, "subject": what}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
