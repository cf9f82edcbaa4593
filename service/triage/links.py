"""Where links go, and whether they say so."""

from __future__ import annotations

import re

from service.domain.items import Link
from service.people import organisation

_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)|^mailto:[^@]*@([^?]*)", re.IGNORECASE)
_SHOWN = re.compile(r"^\s*(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:[/:?#]\S*)?\s*$", re.IGNORECASE)


def host_of(target: str) -> str:
    """Lower case, "" where the target names none."""
    match = _HOST.match(target[:2000].strip())
    return ((match[1] or match[2]) or "").lower().strip(".") if match else ""


def disguised(link: Link) -> str:
    """The host that a link's words show while it goes to another organisation's; "" for an honest link."""
    shown = _SHOWN.match(link.text[:300])
    host = host_of(link.target)
    if not shown or not host or link.target.lower().startswith("mailto:"):
        return ""
    return shown[1].lower() if organisation(shown[1].lower()) != organisation(host) else ""
