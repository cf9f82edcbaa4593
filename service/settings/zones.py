"""The time zone this machine is set to."""

from __future__ import annotations

import os
from pathlib import Path


def system_zone() -> str:
    """An IANA name: from TZ, /etc/timezone or where /etc/localtime points; "UTC" where none of them tells."""
    from service.settings.words import is_zone

    for name in (os.environ.get("TZ", "").removeprefix(":"), _link(Path("/etc/localtime")), _line(Path("/etc/timezone"))):
        if is_zone(name):
            return "UTC" if name in {"Etc/UTC", "Etc/UCT", "UCT", "Zulu"} else name
    return "UTC"


def _link(path: Path) -> str:
    try:
        return str(path.resolve()).partition("zoneinfo/")[2]
    except (OSError, RuntimeError):
        return ""


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
