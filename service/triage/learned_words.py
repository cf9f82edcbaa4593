"""What was learned, in words: as a reason of a verdict, and as a line of the list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from service.domain.learning import Act, KeyKind
from service.domain.verdicts import Category
from service.triage.learning import Learned
from service.triage.lessons import RANK

LOOKED: Mapping[Category, str] = {
    Category.URGENT: "look urgent",
    Category.NEEDS_REPLY: "look as if they need a reply",
    Category.FYI: "look like information",
    Category.PROMOTION: "look like advertising",
    Category.PERSONAL: "look private",
}
MEANT: Mapping[Category, str] = {
    Category.URGENT: "urgent",
    Category.NEEDS_REPLY: "due a reply",
    Category.FYI: "for information",
    Category.PROMOTION: "advertising",
    Category.PERSONAL: "private",
}
_DID: Mapping[Act, str] = {
    Act.CORRECTED: "marked",
    Act.MOVED: "moved",
    Act.FLAGGED: "flagged",
    Act.ANSWERED: "answered",
    Act.TRASHED: "threw away unread",
    Act.IGNORED: "left unanswered",
}


def reason(found: Learned, zone: ZoneInfo) -> str:
    """Such as: learned: of Dana's mails that look urgent you marked 4 of 4 not urgent since 3 May 2026."""
    return f"learned: {said(found, zone)}"


def said(found: Learned, zone: ZoneInfo) -> str:
    whose = found.pattern.key.label
    of = f"{_possessive(whose)} mails" if found.pattern.key.kind is KeyKind.SENDER else f"mails of {whose}"
    if found.pattern.key.kind is KeyKind.WORD:
        of = f"mails with {whose.removeprefix('subjects with ')} in their subject"
    since = _date(found.since, zone)
    return f"of {of} that {LOOKED[found.said]} you {_did(found)} since {since}"


def follows(found: Learned) -> str:
    """What it does to a mail that it holds for."""
    if found.meant is not found.said:
        return f"so the next are taken for {MEANT[found.meant]}"
    return "so the next count less" if found.nudge < 0 else "so the next count more"


def _did(found: Learned) -> str:
    counted = f"{found.cases} of {found.total}"
    if len(found.acts) > 1:
        what = ", ".join(f"{_DID[act]} {n}" for act, n in found.acts)
        return f"treated {counted} as {_as(found)} ({what})"
    act = found.acts[0][0]
    if act is Act.CORRECTED:
        return f"marked {counted} {_as(found)}"
    if act is Act.MOVED:
        return f"moved {counted} to where {_as(found)} mail lies"
    quickly = " within two hours" if act is Act.ANSWERED and found.nudge > 0 else ""
    return f"{_DID[act]} {counted}{quickly}"


def _as(found: Learned) -> str:
    if found.said is Category.URGENT and RANK[found.meant] < RANK[found.said]:
        return "not urgent"
    if found.meant is found.said:
        return "less important" if found.nudge < 0 else "important"
    return MEANT[found.meant]


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _date(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"
