"""Which addresses may become links, and what a person is told of where they lead."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

SCHEMES = frozenset({"https", "http", "mailto", "mid", "file", "slack"})
_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~]+", re.IGNORECASE)  # printable ASCII without quotes, angle brackets, backslash, ^ ` { | }
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
_HARMLESS_MAILTO = frozenset({"subject", "in-reply-to"})


def safe(url: str) -> str:
    """The address itself where a person may follow it, else "".

    Refused are other schemes, hidden user names (`https://bank.example@evil.example`), hosts that are not plain ASCII
    (look-alikes) or numbers in disguise, files on other machines, and mail drafts that arrive with a body or further recipients.
    """
    if len(url) > 2000 or not _PLAIN.fullmatch(url):
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme in {"http", "https"}:
        return url if parts.username is None and _plain_host(parts.netloc.removesuffix(f":{port}"), host) else ""
    if parts.scheme == "file":
        return url if host in {"", "localhost"} and parts.path.startswith("/") and not parts.path.startswith("//") else ""
    if parts.scheme == "mailto":
        keys = {k.lower() for k, _ in parse_qsl(parts.query, keep_blank_values=True)}
        return url if "@" in parts.path and keys <= _HARMLESS_MAILTO else ""
    return url if parts.scheme in SCHEMES and (parts.path or parts.netloc) else ""


def _plain_host(netloc: str, host: str) -> bool:
    """A host that a browser will show as it is written: no port left over, no address in disguise (`http://3627734734`)."""
    if not host or not _HOST.fullmatch(netloc):
        return False
    if not (":" in host or _NUMERIC.fullmatch(host)):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def host(url: str) -> str:
    """The host that an http(s) address leads to, "" for every other scheme: shown so that no link hides where it goes."""
    if not url.startswith(("http:", "https:", "HTTP", "Http")):
        return ""
    return (urlsplit(url).hostname or "").removeprefix("www.")
