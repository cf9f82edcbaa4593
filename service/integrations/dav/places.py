"""Where things are: addresses, which of them a password may be shown to, and hrefs in one spelling."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes, urlsplit

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_SAFE = "-._~!$&'()*+,;=:@"  # RFC 3986 section 3.3, pchar


def origin(url: str) -> str:
    found = _ORIGIN.match(url)
    return found[0].lower() if found else ""


def host(url: str) -> str:
    return urlsplit(url).hostname or ""


def is_private(url: str) -> bool:
    """Whether nobody reads along: encrypted, or on this machine itself."""
    return bool(host(url)) and (urlsplit(url).scheme == "https" or (urlsplit(url).scheme == "http" and host(url) in LOCAL))


def may_follow(start: str, target: str) -> bool:
    """A redirect of any request: the same host, and no less encrypted."""
    return (
        host(target) == host(start)
        and (urlsplit(target).scheme == "https" or origin(start)[:5] == "http:")
        and is_private(target)
    )


def may_lead(start: str, target: str) -> bool:
    """What a server says of where calendars are (RFC 6764 section 5, RFC 4791 section 6.2.1): another host too, over https."""
    here = host(start) in LOCAL and host(target) in LOCAL
    return is_private(target) and (here or urlsplit(target).scheme == "https")


def path_of(href: str, base: str) -> str:
    """The path of an href in the one spelling that refs have, however the server encodes it and whatever host it says it is.

    `base` is the path that was asked for. A slash within a name (%2F) stays one.
    """
    path = _ORIGIN.sub("", href.strip(), count=1) or "/"
    if not path.startswith("/"):
        path = base.rpartition("/")[0] + "/" + path
    return "/".join(map(_spelled, path.split("/")))


@lru_cache(maxsize=1000)  # all but the last part are the same for thousands
def _spelled(part: str) -> str:
    return quote(unquote_to_bytes(part), safe=_SAFE)


def folder_of(href: str, base: str) -> str:
    """The same of a collection: it ends with a slash, whether it was written or not."""
    return path_of(href, base).rstrip("/") + "/"
