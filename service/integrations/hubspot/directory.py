"""Who and what the objects name by a number: owners, stages of deals, companies, people. Asked for when it is first needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.domain.people import Address
from service.errors import Rejected
from service.integrations.hubspot import kinds
from service.integrations.hubspot.api import Api
from service.integrations.hubspot.rows import Row, line

MOST = 20_000
"""Companies or people remembered; then they are asked for again."""
_NAMED = {"companies": ("name", "domain"), "contacts": ("firstname", "lastname", "email", "hs_additional_emails", "work_email")}


@dataclass(frozen=True, slots=True)
class Firm:
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Stage:
    label: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Someone:
    name: str
    emails: tuple[str, ...]


def emails(row: Row) -> tuple[str, ...]:
    """The primary address first, lower case."""
    written = (row("email"), *row("hs_additional_emails").split(";"), row("work_email"))
    return tuple(dict.fromkeys(e.strip().lower() for e in written if "@" in e))


def name(row: Row) -> str:
    return line(f"{row('firstname')} {row('lastname')}")


@dataclass(slots=True)
class Directory:
    """Of one sync: the next one asks anew."""

    api: Api
    objects: frozenset[str]
    firms: dict[int, Firm] = field(default_factory=dict)
    people: dict[int, Someone] = field(default_factory=dict)
    _owners: dict[str, Address] | None = None
    _former_owners: bool = False
    _stages: dict[str, Stage] | None = None
    _account: dict[str, Any] | None = None

    def owner(self, id: str) -> Address | None:
        """Who left the company is asked for only where somebody like that is named."""
        if not id or "owners" not in self.objects:
            return None
        if self._owners is None:
            self._owners = _addresses(self.api.owners(archived=False))
        if id not in self._owners and not self._former_owners:
            self._former_owners = True
            self._owners = _addresses(self.api.owners(archived=True)) | self._owners
        return self._owners.get(id)

    def stage(self, id: str) -> Stage | None:
        if self._stages is None:
            self._stages = _stages(self.api.pipelines())
        return self._stages.get(id)

    def url(self, row: Row, kind: str) -> str:
        """Where a person opens it; "" where HubSpot does not tell."""
        types = {"contacts": "0-1", "companies": "0-2", "deals": "0-3"}
        if row.url or kind not in types:
            return row.url
        if self._account is None:
            try:
                self._account = self.api.account()
            except Rejected:
                self._account = {}
        portal = self._account.get("portalId")
        host = self._account.get("uiDomain") or "app.hubspot.com"
        return f"https://{host}/contacts/{portal}/record/{types[kind]}/{row.id}" if portal else ""

    def firms_of(self, kind: str, rows: Sequence[Row]) -> dict[int, list[Firm]]:
        """The companies of each object, the primary one first."""
        if "companies" not in self.objects or not rows:
            return {}
        found = self.api.associated(kind, "companies", [row.id for row in rows])
        self._ask("companies", {id for ids in found.values() for id in ids} - self.firms.keys())
        return {id: [self.firms[to] for to in ids if to in self.firms] for id, ids in found.items()}

    def people_of(self, kind: str, rows: Sequence[Row]) -> dict[int, list[Someone]]:
        if "contacts" not in self.objects or not rows:
            return {}
        found = self.api.associated(kind, "contacts", [row.id for row in rows])
        self._ask("contacts", {id for ids in found.values() for id in ids} - self.people.keys())
        return {id: [self.people[to] for to in ids if to in self.people] for id, ids in found.items()}

    def meet(self, rows: Iterable[Row]) -> None:
        """Contacts that were read anyway."""
        if len(self.people) > MOST:
            self.people.clear()
        self.people.update((row.id, Someone(name(row), emails(row))) for row in rows)

    def _ask(self, which: str, ids: set[int]) -> None:
        if not ids:
            return
        if which == "contacts":
            self.meet(self.api.read(kinds.BY_NAME[which], sorted(ids), _NAMED[which]))
            return
        if len(self.firms) > MOST:
            self.firms.clear()
        for row in self.api.read(kinds.BY_NAME[which], sorted(ids), _NAMED[which]):
            self.firms[row.id] = Firm(line(row("name")), row("domain").strip().lower().removeprefix("www."))


def _addresses(owners: Iterable[dict[str, Any]]) -> dict[str, Address]:
    found = {}
    for one in owners:
        named = line(f"{one.get('firstName') or ''} {one.get('lastName') or ''}")
        found[str(one.get("id", ""))] = Address(str(one.get("email") or "").lower(), named)
    return found


def _stages(pipelines: Iterable[dict[str, Any]]) -> dict[str, Stage]:
    """By id. What was added to an account is named by its label alone, as in HubSpot: pipelines are for colleagues to tell apart."""
    found = {}
    for pipeline in pipelines:
        for one in pipeline.get("stages") or ():
            metadata = one.get("metadata") or {}
            closed = str(metadata.get("isClosed", "")).lower() == "true"
            found[str(one.get("id", ""))] = Stage(line(str(one.get("label") or "")), closed)
    return found
