"""A calendar at an address, fetched whole where it has changed (RFC 9110 section 13.1: ETag, If-Modified-Since)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from service.calendar.text import is_whole
from service.domain.sync import Change, Page, Problem
from service.errors import ExternalError, Rejected, Unavailable
from service.integrations.files.place import many
from service.integrations.ics.changes import FORMAT, PAGE, compare
from service.integrations.ics.fetch import Answer, fetch
from service.ports import Check, Surroundings


class Source:
    """Refs begin with the host: the rest of the address may be a secret, and a new one leads to the same calendar."""

    def __init__(self, url: str, at: Surroundings) -> None:
        self._url = _web_address(url)
        self._place = urlsplit(self._url).hostname or "calendar"
        self._at = at

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        """Raises Unavailable, also where the answer is no whole calendar; AccessLost on 401 and 403; Rejected."""
        known = _tags(cursor) if held else {}
        answer = fetch(self._url, self._at.clock, known)
        if answer is None:
            yield Page((), cursor or _cursor({}))
            return
        series, problems = self._at.read_calendar.read(_calendar(answer, self._place), self._at.account, self._place)
        changes = list(compare(self._place, series, problems, held, whole=True))
        while len(changes) > PAGE:
            yield Page(tuple(changes[:PAGE]), cursor or _cursor({}), total=len(series))
            changes = changes[PAGE:]
        yield _last(changes, problems, answer, len(series))

    def check(self) -> Check:
        try:
            answer = fetch(self._url, self._at.clock, {})
            data = _calendar(answer, self._place) if answer else b""
        except ExternalError as error:
            says, _, fix = str(error).partition(": ")
            return Check(ok=False, says=says, fix=fix)
        series, problems = self._at.read_calendar.read(data, self._at.account, self._place)
        unreadable = f", {len(problems)} unreadable" if problems else ""
        return Check(ok=True, says=f"{self._place}: {many(len(series), 'event')}{unreadable}")


def _calendar(answer: Answer, place: str) -> bytes:
    """The answer's bytes, if they are a whole calendar: a sign-in page or half a file must not empty what is held."""
    if b"BEGIN:VCALENDAR" not in answer.data.upper():
        raise Unavailable(f"{place} answered with something that is no calendar: open the address in a browser and look")
    if not is_whole(answer.data):
        raise Unavailable(f"{place} answered with half a calendar: it is tried again")
    return answer.data


def _last(changes: list[Change], problems: tuple[Problem, ...], answer: Answer, total: int) -> Page:
    return Page(tuple(changes), _cursor(answer.tags), problems, total)


def _web_address(url: str) -> str:
    """webcal:// is https:// that a calendar program opens; only this machine itself is asked without encryption."""
    parts = urlsplit(url.strip())
    if parts.scheme.lower() in {"webcal", "webcals"}:
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"} and parts.scheme.lower() == "webcal"
        parts = parts._replace(scheme="http" if local else "https")
    if parts.scheme.lower() not in {"https", "http"} or not parts.hostname:
        raise Rejected("the calendar's address is no https:// or webcal:// address: correct `url`")
    return parts.geturl()


def _tags(cursor: str | None) -> dict[str, str]:
    try:
        kept = json.loads(cursor or "{}")
        return dict(kept["tags"]) if kept.get("format") == FORMAT else {}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def _cursor(tags: Mapping[str, str]) -> str:
    return json.dumps({"format": FORMAT, "tags": dict(tags)}, separators=(",", ":"))
