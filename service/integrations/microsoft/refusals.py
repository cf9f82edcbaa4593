"""What Graph means by an error (https://learn.microsoft.com/graph/errors), and which right was missing."""

from __future__ import annotations

import json
import re
from typing import Any

from service.errors import AccessLost, ExternalError
from service.http import Answer

_GONE = frozenset({"syncstatenotfound", "syncstateinvalid", "resyncrequired", "errorinvalidsyncstatedata", "invaliddeltatoken"})
_NO_MAILBOX = frozenset(
    {
        "mailboxnotenabledforrestapi",
        "errormailboxnotenabledforrestapi",
        "errornonexistentmailbox",
        "mailboxnotsupportedforrestapi",
    }
)


def code(body: Any) -> str:
    """The error's code in lower case, "" where it says none."""
    error = body.get("error") if isinstance(body, dict) else None
    said = error.get("code") if isinstance(error, dict) else error
    return re.sub(r"[^a-z0-9_]", "", str(said or "").lower())[:60]


def expired(status: int, body: Any) -> bool:
    """Whether a link that was handed out is no good any more, so that all has to be compared anew: it expired
    (https://learn.microsoft.com/graph/delta-query-overview), or the server doesn't know what it says (400), for it came from nobody else.
    """
    return status in {400, 410} or code(body) in _GONE


def meant(status: int, body: Any, needs: str, fix: str) -> ExternalError | None:
    """None where the status says all. `needs` is the least right that what was asked takes."""
    said = code(body)
    if said in _NO_MAILBOX:
        return AccessLost(f"this Microsoft account has no mailbox in the cloud ({said}): sign in with one that has; {fix}")
    if status == 403:
        what = f"the connection has no right {needs}" if needs else "it may not do that"
        return AccessLost(
            f"Microsoft refuses access, {what} (403{f' {said}' if said else ''}): {fix}, and consent to {needs or 'all it asks for'}"
        )
    if status == 401:
        return AccessLost(f"Microsoft no longer takes the sign-in (401): {fix}")
    return None


def sort(needs: str, fix: str, answer: Answer) -> ExternalError | None:
    try:
        body = json.loads(answer.data) if answer.data else None
    except ValueError:
        body = None
    return meant(answer.status, body, needs, fix)
