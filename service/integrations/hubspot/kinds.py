"""What is asked for of each kind of object, by HubSpot's names.

Properties: https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/guide and its siblings;
unknown ones are left out of the answer, so that one an account does not have costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_COMMON = ("hs_merged_object_ids", "hubspot_owner_id")


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    properties: tuple[str, ...]
    modified: str = "hs_lastmodifieddate"
    page: int = 200
    """Objects of one answer: 200 is the most that a search gives; a note alone may hold 65,536 characters."""
    names: tuple[str, ...] = ()
    """Properties that other items repeat: where one changes, those are read again."""
    is_item: bool = True
    activity: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        return (*self.properties, *_COMMON, self.modified)


KINDS = (
    Kind(
        "contacts",
        (
            *("firstname", "lastname", "email", "hs_additional_emails", "work_email", "phone", "mobilephone"),
            *("company", "jobtitle", "lifecyclestage", "notes_last_contacted"),
        ),
        modified="lastmodifieddate",
        names=("email", "hs_additional_emails", "firstname", "lastname"),
    ),
    Kind(
        "deals",
        (
            *("dealname", "dealstage", "pipeline", "amount", "deal_currency_code", "closedate", "hs_is_closed"),
            *("notes_next_activity_date", "description", "hs_next_step"),
        ),
    ),
    Kind("notes", ("hs_note_body", "hs_timestamp"), page=100, activity=True),
    Kind("calls", ("hs_call_title", "hs_call_body", "hs_timestamp"), page=100, activity=True),
    Kind(
        "meetings", ("hs_meeting_title", "hs_meeting_body", "hs_internal_meeting_notes", "hs_timestamp"), page=100, activity=True
    ),
    Kind("companies", ("name", "domain"), names=("name", "domain"), is_item=False),
    Kind("emails", ("hs_email_subject", "hs_email_text", "hs_email_direction", "hs_timestamp"), page=50, activity=True),
)
"""In the order they are asked for: what a briefing needs most comes first."""


def of(objects: Iterable[str]) -> tuple[Kind, ...]:
    wanted = set(objects)
    return tuple(kind for kind in KINDS if kind.name in wanted)


BY_NAME = {kind.name: kind for kind in KINDS}
