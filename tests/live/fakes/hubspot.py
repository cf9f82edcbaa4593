"""HubSpot's CRM as its reference describes it, as far as it is read here; what HubSpot rejects, this rejects.

Search: https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm (200 a page, 10,000 in all, an index that lags), and
https://developers.hubspot.com/changelog/breaking-change-expanded-filtering-capabilities-and-error-messaging-in-hubspots-search-api
(5 groups, 10 filters in one, 25 in all). Objects and batches: https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/guide
(100 inputs, 50 with history, 207 where some are not there). Associations:
https://developers.hubspot.com/docs/api-reference/legacy/crm/associations/associate-records/batch/get-associations (1,000 inputs).
Owners: https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide. Errors:
https://developers.hubspot.com/docs/api-reference/error-handling. Limits:
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
"""

from __future__ import annotations

import json
import threading
import time
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.live.loopback import Hosted

START = datetime(2026, 1, 5, tzinfo=UTC)
ACTIVITIES = frozenset({"notes", "calls", "meetings", "emails"})
KINDS = frozenset({"contacts", "companies", "deals"}) | ACTIVITIES
SCOPES = frozenset({f"crm.objects.{kind}.read" for kind in ("contacts", "companies", "deals", "owners")})
KNOWN = {
    "contacts": "firstname lastname email hs_additional_emails work_email phone mobilephone company jobtitle lifecyclestage "
    "notes_last_contacted lastmodifieddate createdate associatedcompanyid",
    "companies": "name domain hs_lastmodifieddate createdate",
    "deals": "dealname dealstage pipeline amount deal_currency_code closedate hs_is_closed notes_next_activity_date description "
    "hs_next_step hs_lastmodifieddate createdate",
    "notes": "hs_note_body hs_timestamp hs_lastmodifieddate hs_createdate",
    "calls": "hs_call_title hs_call_body hs_timestamp hs_lastmodifieddate hs_createdate",
    "meetings": "hs_meeting_title hs_meeting_body hs_internal_meeting_notes hs_timestamp hs_lastmodifieddate hs_createdate",
    "emails": "hs_email_subject hs_email_text hs_email_direction hs_timestamp hs_lastmodifieddate hs_createdate",
}
PROPERTIES = {
    kind: frozenset(f"{names} hs_object_id hs_merged_object_ids hubspot_owner_id".split()) for kind, names in KNOWN.items()
}


@dataclass(slots=True)
class Thing:
    id: int
    properties: dict[str, str]
    created: datetime
    modified: datetime
    changed: dict[str, datetime]
    archived: datetime | None = None
    found: datetime | None = None  # `modified` as the search knows it, which may lag behind


class Refusal(Exception):
    def __init__(self, status: int, category: str, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(message)
        self.status, self.headers = status, dict(headers or {})
        self.body = {"status": "error", "message": message, "category": category, "correlationId": "c0ffee", **more}


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Account:
    """One portal. Its clock moves by `tick` with each change, so that tests depend on no other."""

    token: str = "pat-eu1-secret"
    scopes: frozenset[str] = SCOPES
    expired: bool = False
    limited: bool = False  # whether the published limits are kept to
    tick: timedelta = timedelta(minutes=3)
    lag: bool = False  # what changes is not found before `catch_up`
    ripples: bool = True  # what is logged on a record, or put beside it, changes the record
    owners: list[dict[str, Any]] = field(default_factory=list)
    pipelines: list[dict[str, Any]] = field(default_factory=list)
    things: dict[str, dict[int, Thing]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    beside: dict[tuple[str, str], dict[int, list[tuple[int, str | None]]]] = field(default_factory=lambda: defaultdict(dict))
    now: datetime = START
    next_id: int = 100
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, kind: str, /, **properties: str) -> int:
        with self.lock:
            self.now += self.tick
            self.next_id += 1
            self._known(kind, properties)
            changed = dict.fromkeys(properties, self.now)
            thing = Thing(self.next_id, dict(properties), self.now, self.now, changed, found=None if self.lag else self.now)
            self.things[kind][thing.id] = thing
            return thing.id

    def change(self, kind: str, id: int, /, **properties: str) -> None:
        with self.lock:
            self.now += self.tick
            self._known(kind, properties)
            thing = self.things[kind][id]
            thing.properties |= properties
            thing.changed |= dict.fromkeys(properties, self.now)
            self._touch(thing)

    def archive(self, kind: str, id: int) -> None:
        with self.lock:
            self.now += self.tick
            self.things[kind][id].archived = self.now

    def merge(self, kind: str, first: int, second: int) -> int:
        """What two became is a third, which names all that it was, and none of them is listed as deleted:
        https://developers.hubspot.com/changelog/updated-merge-functionality-for-contacts-and-companies.
        """
        with self.lock:
            one, other = self.things[kind].pop(first), self.things[kind].pop(second)
            before = [t.properties.get("hs_merged_object_ids", "") for t in (one, other)]
            merged = {"hs_merged_object_ids": ";".join(filter(None, (*before, str(first), str(second))))}
            return self.add(kind, **other.properties | one.properties | merged)

    def put_beside(self, kind: str, id: int, other: str, other_id: int, label: str | None = None) -> None:
        with self.lock:
            self.beside[kind, other].setdefault(id, []).append((other_id, label))
            self.beside[other, kind].setdefault(other_id, []).append((id, label))
            self.now += self.tick
            for a_kind, an_id in ((kind, id), (other, other_id)) if self.ripples else ():
                if a_kind not in ACTIVITIES:
                    self._touch(self.things[a_kind][an_id])

    def catch_up(self) -> None:
        for things in self.things.values():
            for thing in things.values():
                thing.found = thing.modified

    def _touch(self, thing: Thing) -> None:
        """Two changes of one object are never of one millisecond; those of two may be."""
        thing.modified = max(self.now, thing.modified + timedelta(milliseconds=1))
        thing.found = thing.found if self.lag else thing.modified

    @staticmethod
    def _known(kind: str, properties: Mapping[str, str]) -> None:
        assert PROPERTIES[kind] >= properties.keys(), properties.keys() - PROPERTIES[kind]


class Fake(Hosted):
    """`with Fake() as fake: …`; `fake.account` is what a test changes."""

    def __init__(self, account: Account | None = None) -> None:
        self.account = account or Account()
        self._asked: dict[str, deque[float]] = {"all": deque(), "search": deque()}
        self.host(self._handler())

    # --- the door --------------------------------------------------------------------------------------------------------

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        parts = urlsplit(target)
        path = [part for part in parts.path.split("/") if part]
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        with self.account.lock:
            self._let_in(headers, searching=path[-1:] == ["search"])
            match method, path:
                case "POST", ["crm", "v3", "objects", kind, "search"]:
                    return 200, self._search(self._of(kind), _json(headers, body))
                case "POST", ["crm", "v3", "objects", kind, "batch", "read"]:
                    return self._batch(self._of(kind), _json(headers, body))
                case "GET", ["crm", "v3", "objects", kind]:
                    return 200, self._list(self._of(kind), query)
                case "POST", ["crm", "v4", "associations", kind, other, "batch", "read"]:
                    return self._beside(self._of(kind), self._of(other), _json(headers, body))
                case "GET", ["crm", "v3", "owners"]:
                    return 200, self._owners(query)
                case "GET", ["crm", "v3", "pipelines", "deals"]:
                    self._needs("crm.objects.deals.read")
                    _only(query, set())
                    return 200, {"results": self.account.pipelines}
                case "GET", ["account-info", "v3", "details"]:
                    return 200, {"portalId": 4711, "uiDomain": "app-eu1.hubspot.com", "timeZone": "Europe/Zurich"}
                case _, ["crm", "v3", "objects", *_]:
                    raise Refusal(405, "METHOD_NOT_ALLOWED", "The method is not allowed")
                case _:
                    raise Refusal(404, "OBJECT_NOT_FOUND", "Not found")

    def _let_in(self, headers: Mapping[str, str], *, searching: bool) -> None:
        given = headers.get("authorization", "")
        if given != f"Bearer {self.account.token}":
            raise Refusal(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        if self.account.expired:
            raise Refusal(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired 2 hour(s) ago.")
        if self.account.limited:
            self._limit("all", 100, 10.0, "TEN_SECONDLY_ROLLING")
            if searching:
                self._limit("search", 5, 1.0, "SECONDLY")

    def _limit(self, which: str, most: int, seconds: float, policy: str) -> None:
        asked, now = self._asked[which], time.monotonic()
        while asked and asked[0] <= now - seconds:
            asked.popleft()
        if len(asked) >= most:
            said = f"You have reached your {policy.lower()} limit."
            raise Refusal(429, "RATE_LIMITS", said, errorType="RATE_LIMIT", policyName=policy)
        asked.append(now)

    def _of(self, kind: str) -> str:
        if kind not in KINDS:
            raise Refusal(400, "VALIDATION_ERROR", f"Unable to infer object type from: {kind}")
        self._needs("crm.objects.contacts.read" if kind in ACTIVITIES else f"crm.objects.{kind}.read")
        if kind == "emails":
            self._needs("sales-email-read")
        return kind

    def _needs(self, scope: str) -> None:
        if scope not in self.account.scopes:
            more = [
                {"message": "One or more of the following scopes are required.", "context": {"requiredGranularScopes": [scope]}}
            ]
            said = "This app hasn't been granted all required scopes to make this call."
            raise Refusal(403, "MISSING_SCOPES", said, errors=more)

    # --- objects ---------------------------------------------------------------------------------------------------------

    def _search(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        _only(asked, {"filterGroups", "sorts", "properties", "limit", "after", "query"})
        limit, after = int(asked.get("limit", 10)), int(asked.get("after") or 0)
        groups, sorts = asked.get("filterGroups", []), asked.get("sorts", [])
        if not 1 <= limit <= 200 or len(groups) > 5 or sum(len(g["filters"]) for g in groups) > 25 or len(sorts) > 1:
            raise Refusal(400, "VALIDATION_ERROR", "There was a problem with the request.")
        if after + limit > 10_000:
            raise Refusal(400, "VALIDATION_ERROR", "The total number of results exceeds 10,000")
        found = [t for t in self._below(kind, groups) if t.found and not t.archived]
        if groups:
            tests = [[_test(kind, f) for f in group["filters"]] for group in groups]
            found = [t for t in found if any(all(test(t) for test in some) for some in tests)]
        for sort in sorts:
            _only(sort, {"propertyName", "direction"})
            found.sort(key=_value(kind, sort["propertyName"]), reverse=sort["direction"] == "DESCENDING")
        page = found[after : after + limit]
        answer: dict[str, Any] = {
            "total": len(found),
            "results": [self._found(kind, t, asked) for t in page],
        }
        if after + limit < len(found):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return answer

    def _found(self, kind: str, thing: Thing, asked: dict[str, Any]) -> dict[str, Any]:
        return self._shown(kind, replace(thing, modified=thing.found or thing.modified), asked.get("properties", []))

    def _below(self, kind: str, groups: list[dict[str, Any]]) -> Iterable[Thing]:
        """All of them, by id; less where a search only asks for what is below one: nobody wants to wait for a long list."""
        things = self.account.things[kind]
        below = [
            int(f["value"]) for g in groups for f in g["filters"] if f["propertyName"] == "hs_object_id" and f["operator"] == "LT"
        ]
        every = list(things.values())
        return every[: bisect_left(list(things), below[0])] if len(groups) == 1 and below else every

    def _batch(self, kind: str, asked: dict[str, Any]) -> tuple[int, Any]:
        _only(asked, {"properties", "propertiesWithHistory", "inputs", "idProperty"})
        history = asked["propertiesWithHistory"]
        if not asked["inputs"] or len(asked["inputs"]) > (50 if history else 100):
            raise Refusal(400, "VALIDATION_ERROR", "Too many inputs, or none")
        found, missing = [], []
        for one in asked["inputs"]:
            _only(one, {"id"})
            thing = self.account.things[kind].get(int(one["id"]))
            if thing is None or thing.archived:
                missing.append(one["id"])
            else:
                found.append(self._shown(kind, thing, asked["properties"], history))
        answer: dict[str, Any] = {"status": "COMPLETE", "results": found, "startedAt": iso(self.account.now)}
        if not missing:
            return 200, answer
        answer["errors"] = [
            {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Not there", "context": {"ids": missing}}
        ]
        return 207, answer | {"numErrors": 1}

    def _list(self, kind: str, query: dict[str, str]) -> dict[str, Any]:
        _only(query, {"limit", "after", "properties", "propertiesWithHistory", "associations", "archived"})
        limit, after = int(query.get("limit", 10)), int(query.get("after", 0))
        if not 1 <= limit <= 100:
            raise Refusal(400, "VALIDATION_ERROR", "limit must be at most 100")
        archived = query.get("archived") == "true"
        found = [t for t in self.account.things[kind].values() if bool(t.archived) == archived and t.id > after]
        found.sort(key=lambda t: t.id)
        wanted = query.get("properties", "").split(",")
        answer: dict[str, Any] = {"results": [self._shown(kind, t, wanted) for t in found[:limit]]}
        if len(found) > limit:
            answer["paging"] = {"next": {"after": str(found[limit - 1].id), "link": "https://api.hubapi.com/"}}
        return answer

    def _shown(self, kind: str, thing: Thing, wanted: Iterable[str], history: Iterable[str] = ()) -> dict[str, Any]:
        """Properties that don't exist are left out, those without a value are null."""
        modified = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
        every = thing.properties | {
            "hs_object_id": str(thing.id),
            modified: iso(thing.modified),
            "createdate": iso(thing.created),
        }
        names = {"hs_object_id", modified, "createdate", *wanted} & PROPERTIES[kind]
        shown: dict[str, Any] = {
            "id": str(thing.id),
            "properties": {name: every.get(name) for name in names},
            "createdAt": iso(thing.created),
            "updatedAt": iso(thing.modified),
            "archived": bool(thing.archived),
        }
        if thing.archived:
            shown["archivedAt"] = iso(thing.archived)
        if history:
            shown["propertiesWithHistory"] = {
                n: [{"value": every.get(n), "timestamp": iso(thing.changed[n]), "sourceType": "CRM_UI"}]
                if n in thing.changed
                else []
                for n in history
            }
        return shown

    def _beside(self, kind: str, other: str, asked: dict[str, Any]) -> tuple[int, Any]:
        _only(asked, {"inputs"})
        if not 1 <= len(asked["inputs"]) <= 1000:
            raise Refusal(400, "VALIDATION_ERROR", "The inputs may not exceed 1000")
        found, errors = [], []
        for one in asked["inputs"]:
            _only(one, {"id", "after"})
            at = int(one.get("after", 0))
            beside = self.account.beside[kind, other].get(int(one["id"]), [])
            to = [{"toObjectId": int(i), "associationTypes": _types(label)} for i, label in beside[at : at + 500]]
            if not to:
                about = {"fromObjectId": [one["id"]]}
                none = {"category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND", "context": about}
                errors.append({"status": "error", "message": "No associations", **none})
                continue
            result: dict[str, Any] = {"from": {"id": one["id"]}, "to": to}
            if at + 500 < len(beside):
                result["paging"] = {"next": {"after": str(at + 500)}}
            found.append(result)
        answer = {"status": "COMPLETE", "results": found}
        return (207, answer | {"errors": errors, "numErrors": len(errors)}) if errors else (200, answer)

    def _owners(self, query: dict[str, str]) -> dict[str, Any]:
        self._needs("crm.objects.owners.read")
        _only(query, {"limit", "after", "email", "archived"})
        if int(query.get("limit", 100)) > 500:
            raise Refusal(400, "VALIDATION_ERROR", "limit must be at most 500")
        archived = query.get("archived") == "true"
        return {"results": [o for o in self.account.owners if o.get("archived", False) == archived]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else each answer waits 40 ms for the acknowledgement of its head

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self._any
                raise AttributeError(name)

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers: Mapping[str, str] = {}
                try:
                    given = {name.lower(): value for name, value in self.headers.items()}
                    status, said = fake.answer(self.command, self.path, given, body)
                except Refusal as refusal:
                    status, said, headers = refusal.status, refusal.body, refusal.headers
                data = json.dumps(said).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler


def _json(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if not headers.get("content-type", "").startswith("application/json"):
        raise Refusal(415, "INVALID_CONTENT_TYPE", "Unsupported media type")
    try:
        asked = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Refusal(400, "VALIDATION_ERROR", "Invalid input JSON")
    return asked


def _only(given: Mapping[str, Any], allowed: set[str]) -> None:
    if unknown := set(given) - allowed:
        raise Refusal(400, "VALIDATION_ERROR", f"Unrecognized field {sorted(unknown)}")


def _value(kind: str, name: str) -> Any:
    if name not in PROPERTIES[kind]:
        raise Refusal(400, "VALIDATION_ERROR", f"Property {name} does not exist")
    if name == "hs_object_id":
        return lambda t: t.id
    if name in {"lastmodifieddate", "hs_lastmodifieddate"}:
        return lambda t: round((t.found or t.modified).timestamp() * 1000)
    return lambda t: t.properties.get(name, "")


def _test(kind: str, one: dict[str, Any]) -> Any:
    _only(one, {"propertyName", "operator", "value", "values", "highValue"})
    of, operator = _value(kind, one["propertyName"]), one["operator"]
    asked: Any = one["value"]
    if one["propertyName"] in {"hs_object_id", "lastmodifieddate", "hs_lastmodifieddate"}:
        if not str(asked).isdigit():
            raise Refusal(400, "VALIDATION_ERROR", f"{asked} is no number")
        asked = int(asked)
    tests = {
        "EQ": lambda t: of(t) == asked,
        "GT": lambda t: of(t) > asked,
        "GTE": lambda t: of(t) >= asked,
        "LT": lambda t: of(t) < asked,
        "LTE": lambda t: of(t) <= asked,
    }
    if operator not in tests:
        raise Refusal(400, "VALIDATION_ERROR", f"Unknown operator {operator}")
    return tests[operator]


def _types(label: str | None) -> list[dict[str, Any]]:
    kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None}]
    return [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": label}, *kinds] if label else kinds
