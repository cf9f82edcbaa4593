"""HubSpot's interface, a method for each request that is made of it, within the limits that HubSpot publishes.

100 requests in 10 seconds for a private app, and 5 searches a second for all apps of an account together:
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import sleep
from typing import Any

from service.errors import Unavailable
from service.http import Http, Login, Pace
from service.integrations.hubspot import rows
from service.integrations.hubspot.kinds import Kind
from service.integrations.hubspot.refusals import FIX, Hurried, sort
from service.integrations.hubspot.rows import Row

OBJECTS, ASSOCIATIONS, OWNERS, PIPELINES = "/crm/v3/objects", "/crm/v4/associations", "/crm/v3/owners", "/crm/v3/pipelines/deals"
"""HubSpot supports v4 until March and v3 until September 2027; then they are the same with a date, as in /crm/objects/2026-03:
https://developers.hubspot.com/docs/api-reference/legacy/migration-guide."""
BATCH, BATCH_WITH_HISTORY, BATCH_ASSOCIATIONS = 100, 50, 1000
TRIES = 4
"""Of a search that met the limit of searches a second."""
_NOT_THERE = ("NOT_FOUND", "NO_ASSOCIATIONS_FOUND")


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    operator: str
    value: int

    @property
    def json(self) -> dict[str, str]:
        return {"propertyName": self.name, "operator": self.operator, "value": str(self.value)}


@dataclass(frozen=True, slots=True)
class Found:
    rows: tuple[Row, ...]
    total: int  # of all that the search found, -1 where it is not said
    more: bool


@dataclass(frozen=True, slots=True)
class Paces:
    """Shared by all threads that ask for one account."""

    all: Pace
    searches: Pace

    @classmethod
    def published(cls) -> Paces:
        return cls(Pace(9, burst=9), Pace(4))


class Api:
    def __init__(self, base_url: str, clock: Callable[[], datetime], login: Login, paces: Paces | None = None) -> None:
        self._paces = paces or Paces.published()
        self._http = Http(base_url, clock, login=login, pace=self._paces.all, sort=sort(clock), fix=FIX)

    def search(
        self, kind: Kind, properties: Sequence[str], by: str, filters: Sequence[Filter] = (), limit: int | None = None
    ) -> Found:
        """The first of them, the highest `by` first. A search shows at most its first 10,000, so nobody turns its pages:
        the next question is for what lies below. https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
        """
        asked: dict[str, Any] = {
            "sorts": [{"propertyName": by, "direction": "DESCENDING"}],
            "properties": list(properties),
            "limit": limit or kind.page,
        }
        if filters:
            asked["filterGroups"] = [{"filters": [f.json for f in filters]}]
        said = self._searched(f"{OBJECTS}/{kind.name}/search", asked)
        total = said.get("total")
        return Found(_rows(said, kind), total if isinstance(total, int) else -1, bool(_after(said)))

    def read(self, kind: Kind, ids: Sequence[int], properties: Sequence[str], history: Sequence[str] = ()) -> Iterator[Row]:
        """Those that are there. `history`: of which properties it is asked when they last changed."""
        most = BATCH_WITH_HISTORY if history else BATCH
        for start in range(0, len(ids), most):
            inputs = [{"id": str(id)} for id in ids[start : start + most]]
            asked = {"properties": list(properties), "propertiesWithHistory": list(history), "inputs": inputs}
            yield from _rows(self._post(f"{OBJECTS}/{kind.name}/batch/read", asked), kind)

    def associated(self, kind: str, to: str, ids: Sequence[int]) -> dict[int, list[int]]:
        """By id, the primary one first. https://developers.hubspot.com/docs/api-reference/legacy/crm/associations/guide"""
        found: dict[int, list[int]] = {}
        inputs = [{"id": str(id)} for id in ids]
        while inputs:
            now, inputs = inputs[:BATCH_ASSOCIATIONS], inputs[BATCH_ASSOCIATIONS:]
            said = self._post(f"{ASSOCIATIONS}/{kind}/{to}/batch/read", {"inputs": now})
            for one in _results(said):
                id = str((one.get("from") or {}).get("id", ""))
                if id.isdigit():
                    found.setdefault(int(id), []).extend(_targets(one.get("to") or ()))
                    if after := _after(one):
                        inputs.append({"id": id, "after": after})
        return found

    def archived(self, kind: Kind) -> Iterator[tuple[Row, ...]]:
        """What was deleted in the last 90 days, in no order that is said."""
        yield from (_rows(said, kind) for said in self._listed(f"{OBJECTS}/{kind.name}", limit=100, archived="true"))

    def owners(self, *, archived: bool) -> Iterator[dict[str, Any]]:
        for said in self._listed(OWNERS, limit=500, archived="true" if archived else None):
            yield from _results(said)

    def pipelines(self) -> list[dict[str, Any]]:
        return _results(_object(self._http.get(PIPELINES)))

    def account(self) -> dict[str, Any]:
        return _object(self._http.get("/account-info/v3/details"))

    def close(self) -> None:
        """Or leave it to the end of the process: it holds idle connections only."""
        self._http.close()

    # --- parts ---------------------------------------------------------------------------------------------------------

    def _listed(self, path: str, **params: str | int | None) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            said = _object(self._http.get(path, **params, after=after))
            yield said
            last, after = after, _after(said)
            if not after or after == last:
                return

    def _searched(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        for attempt in range(TRIES):
            self._paces.searches.wait()
            try:
                return self._post(path, asked)
            except Hurried:
                if attempt == TRIES - 1:
                    raise
                sleep(1)
        raise AssertionError

    def _post(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        """A part of the answer that failed for another reason than that something is gone fails it whole (207)."""
        said = _object(self._http.ask("POST", path, json=asked).json)
        for error in said.get("errors") or ():
            about = f"{error.get('category', '')} {error.get('subCategory', '')}" if isinstance(error, dict) else ""
            if not any(word in about for word in _NOT_THERE):
                raise Unavailable("HubSpot answered only in part (207): it is tried again")
        return said


def _object(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise Unavailable("HubSpot answered with something else than was asked: it is tried again")
    return said


def _results(said: dict[str, Any]) -> list[dict[str, Any]]:
    results = said.get("results")
    if not isinstance(results, list):
        raise Unavailable("HubSpot's answer has no results: it is tried again")
    return [one for one in results if isinstance(one, dict)]


def _rows(said: dict[str, Any], kind: Kind) -> tuple[Row, ...]:
    return tuple(row for one in _results(said) if (row := rows.read(one, kind.modified)) is not None)


def _after(said: dict[str, Any]) -> str | None:
    following = (said.get("paging") or {}).get("next") or {}
    return str(following["after"]) if following.get("after") else None


def _targets(to: Sequence[Any]) -> list[int]:
    """Primary first: a contact's or deal's main company is labelled so."""
    some = [one for one in to if isinstance(one, dict) and str(one.get("toObjectId", "")).isdigit()]
    some.sort(key=lambda one: not any("primary" in str(t.get("label") or "").lower() for t in one.get("associationTypes") or ()))
    return [int(one["toObjectId"]) for one in some]
