"""The link to join a meeting by, wherever its organiser's program put it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from service.calendar.properties import Properties

# Properties that hold nothing but such a link, the surest first (CONFERENCE: RFC 7986 section 5.11).
_NAMED = (
    "X-GOOGLE-CONFERENCE",
    "CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
    "X-ZOOM-MEETING-URL",
)
# Host and the beginnings of its paths that lead into a meeting, not to a help page.
_HOSTS = {
    "zoom.us": ("/j/", "/my/", "/w/", "/s/", "/wc/"),
    "zoomgov.com": ("/j/", "/my/", "/w/"),
    "meet.google.com": ("/",),
    "teams.microsoft.com": ("/l/meetup-join/", "/meet/", "/_#/l/meetup-join/"),
    "teams.live.com": ("/meet/",),
    "webex.com": ("/meet/", "/join/", "/"),
    "whereby.com": ("/",),
    "meet.jit.si": ("/",),
    "gotomeet.me": ("/",),
    "meet.goto.com": ("/",),
    "gotomeeting.com": ("/join/",),
    "bluejeans.com": ("/",),
    "chime.aws": ("/",),
    "join.skype.com": ("/",),
    "app.gather.town": ("/",),
    "meet.proton.me": ("/",),
    "facetime.apple.com": ("/join",),
}
_LINK = re.compile(r"https://[^\s<>\"'\\\]}|]{4,2000}", re.IGNORECASE)
_INVITED = re.compile(
    r"\b(?:join|video ?call|conference|meeting link|dial in|beitreten|teilnehmen|videokonferenz|rejoindre|visio|unirse|videollamada)\b",
    re.IGNORECASE,
)
_NEAR = 80  # characters between such a word and its link


def find_conference(said: Properties) -> str:
    """Empty where there is none. Only https: a link to join is opened without a second look."""
    for name in _NAMED:
        for prop in said.all(name):
            if link := next(_links(prop.value), ""):
                return link
    return conference_in(said.text("LOCATION"), said.text("URL"), said.text("DESCRIPTION"))


def conference_in(location: str, url: str, description: str) -> str:
    """Where no property names it. Empty where there is none."""
    location, url, description = location[:50_000], url[:50_000], description[:50_000]
    for text in (location, url, description):
        if link := next((found for found in _links(text) if _is_meeting(found)), ""):
            return link
    if link := next((found for found in _links(location) if location.strip() == found), ""):
        return link
    return _invited(description)


def read_url(said: Properties) -> str:
    """Where a person opens the event; empty where that is no web address."""
    url = said.text("URL")
    return url if url.lower().startswith(("https://", "http://")) else ""


def _links(text: str) -> Iterator[str]:
    for match in _LINK.finditer(text):
        yield match[0].rstrip(".,;:!?)")


def _is_meeting(link: str) -> bool:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    for known, paths in _HOSTS.items():
        if host == known or host.endswith("." + known):
            return len(parts.path) > 1 and parts.path.startswith(paths)
    return False


def _invited(text: str) -> str:
    """A link on any host, close behind words that invite to it."""
    for invitation in _INVITED.finditer(text):
        near = text[invitation.end() : invitation.end() + _NEAR + 2000]
        match = _LINK.search(near)
        if match and match.start() <= _NEAR and "\n\n" not in near[: match.start()]:
            return match[0].rstrip(".,;:!?)")
    return ""
