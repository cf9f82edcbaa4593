"""What Google means by an answer that is no success (https://developers.google.com/workspace/gmail/api/guides/handle-errors and
https://developers.google.com/workspace/calendar/api/guides/errors).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from service.errors import AccessLost, ExternalError, Unavailable
from service.http import Answer, refusal

BUSY = frozenset(
    {"ratelimitexceeded", "userratelimitexceeded", "quotaexceeded", "rate_limit_exceeded", "calendarusagelimits", "backenderror"}
    | {"resource_exhausted", "concurrentlimitexceeded"}
)
DAILY = frozenset({"dailylimitexceeded", "dailylimitexceededunreg"})
SWITCHED_OFF = frozenset({"accessnotconfigured", "service_disabled"})
TOO_LITTLE = frozenset({"insufficientpermissions", "access_token_scope_insufficient", "insufficientscopes"})
FORBIDDEN_BY_ADMIN = frozenset({"domainpolicy", "admin_policy_enforced"})


def sorted_out(answer: Answer, now: datetime, login: str) -> ExternalError:
    """`login` is the connection's name, for the fix. What is left is a `Refused` with its status."""
    said = frozenset(word.lower() for word in reasons(answer.data))
    again = f"run `reveille connect google{'' if login == 'google' else f' --name {login}'}`"
    if answer.status in {403, 429}:
        if said & DAILY:
            return Unavailable(f"{answer.host}: today's quota of your Google project is used up", retry_after=timedelta(hours=1))
        if said & BUSY and answer.status == 403:
            return refusal(Answer(429, answer.headers, answer.data, answer.host), now, again)
        if said & SWITCHED_OFF:
            return AccessLost(
                f"{answer.host} says that this API is switched off in your Google project: enable it under APIs & Services → Library"
            )
        if said & TOO_LITTLE:
            return AccessLost(f"{answer.host} was not given the rights for this: {again}, and leave every box ticked")
        if said & FORBIDDEN_BY_ADMIN:
            return AccessLost(
                f"{answer.host}: your organisation does not allow this app: ask its administrator to trust your OAuth client"
            )
    return refusal(answer, now, again)


def reasons(data: bytes) -> Iterator[str]:
    """All the words an error has for itself: v1 `errors[].reason`, and `status` and `details[].reason` of the newer model."""
    try:
        error = json.loads(data)["error"]
    except (ValueError, TypeError, KeyError):
        return
    if not isinstance(error, dict):
        return
    for one in (error, *_dicts(error.get("errors")), *_dicts(error.get("details"))):
        yield from (one[key] for key in ("reason", "status") if isinstance(one.get(key), str))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
