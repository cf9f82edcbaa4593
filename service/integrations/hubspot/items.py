"""Rows to domain items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from service.domain.items import Contact, Deal, Item, Note, Provenance
from service.domain.people import Person
from service.domain.sync import Upsert
from service.integrations.hubspot import directory as known
from service.integrations.hubspot.directory import Directory, Firm, Someone
from service.integrations.hubspot.kinds import Kind
from service.integrations.hubspot.rows import EPOCH, Row, amount, day, line, moment
from service.mail.visible import visible_text

FORMAT = "1"
"""Part of every stamp: raised when an item is read differently than before, so that all are read once more."""
_TEXT = {
    "notes": ("", ("hs_note_body",)),
    "calls": ("hs_call_title", ("hs_call_body",)),
    "meetings": ("hs_meeting_title", ("hs_meeting_body", "hs_internal_meeting_notes")),
    "emails": ("hs_email_subject", ("hs_email_text",)),
}
_CALLED = {"notes": "Note", "calls": "Call", "meetings": "Meeting", "emails": "E-mail"}


def ref(kind: Kind | str, id: int) -> str:
    return f"{kind if isinstance(kind, str) else kind.name}/{id}"


def stamp(row: Row, made_for: str) -> str:
    return f"{row.modified}.{FORMAT}.{made_for}"


@dataclass(frozen=True, slots=True)
class Translation:
    directory: Directory
    account: str
    person: Person
    made_for: str

    def upserts(self, kind: Kind, rows: Sequence[Row]) -> Iterator[Upsert]:
        """In the rows' order. Asks for what they are associated with, all at once."""
        make: Callable[[Row, list[Firm], list[Someone]], Item] = self._contact if kind.name == "contacts" else self._deal
        if kind.activity:
            make = lambda row, firms, people: self._note(kind, row, firms, people)  # noqa: E731
        if kind.name == "contacts":
            self.directory.meet(rows)
        firms = self.directory.firms_of(kind.name, rows)
        people = self.directory.people_of(kind.name, rows) if kind.name != "contacts" else {}
        for row in rows:
            item = make(row, firms.get(row.id, []), people.get(row.id, []))
            yield Upsert(item, ref(kind, row.id), stamp(row, self.made_for))

    def _contact(self, row: Row, firms: list[Firm], _: list[Someone]) -> Contact:
        emails = known.emails(row)
        company = next((f.name for f in firms if f.name), "") or line(row("company"))
        return Contact(
            id=self._id("contacts", row),
            account=self.account,
            name=known.name(row) or (emails[0] if emails else company or f"HubSpot contact {row.id}"),
            emails=emails,
            phones=tuple(dict.fromkeys(phone for n in ("phone", "mobilephone") if (phone := line(row(n))))),
            company=company,
            title=line(row("jobtitle")),
            last_contact_at=moment(row("notes_last_contacted")),
            updated_at=moment(str(row.modified)),
            owner=self._owner(row),
            url=self.directory.url(row, "contacts"),
            lifecycle=row("lifecyclestage").replace("_", " "),
        )

    def _deal(self, row: Row, firms: list[Firm], people: list[Someone]) -> Deal:
        stage = self.directory.stage(row("dealstage")) if row("dealstage") else None
        closed = row("hs_is_closed").lower() == "true" if row("hs_is_closed") else bool(stage and stage.closed)
        zone = self.person.zone
        return Deal(
            id=self._id("deals", row),
            account=self.account,
            name=line(row("dealname")) or f"HubSpot deal {row.id}",
            company=next((f.name for f in firms if f.name), ""),
            stage=stage.label if stage and stage.label else row("dealstage"),
            amount=amount(row("amount"), row("deal_currency_code")),
            closes_on=day(row("closedate"), zone),
            follow_up_on=day(row("notes_next_activity_date"), zone),
            owner=self._owner(row),
            people=tuple(dict.fromkeys(email for one in people for email in one.emails)),
            notes="\n".join(filter(None, (_plain(row("hs_next_step")), _plain(row("description"))))),
            open=not closed,
            updated_at=moment(str(row.modified)),
            url=self.directory.url(row, "deals"),
            domains=tuple(dict.fromkeys(f.domain for f in firms if f.domain)),
        )

    def _note(self, kind: Kind, row: Row, firms: list[Firm], people: list[Someone]) -> Note:
        title, texts = _TEXT[kind.name]
        named = [*(n for one in people for n in (one.name, *one.emails)), *(n for f in firms for n in (f.name, f.domain))]
        owner = self.directory.owner(row("hubspot_owner_id"))
        mine = bool(owner and self.person.is_me(owner.email)) and row("hs_email_direction") != "INCOMING_EMAIL"
        return Note(
            id=self._id(kind.name, row),
            account=self.account,
            title=line(row(title)) if title and row(title) else _called(kind, firms, people),
            text="\n".join(filter(None, (_plain(row(text)) for text in texts))),
            at=moment(row("hs_timestamp")) or moment(str(row.created or row.modified)) or EPOCH,
            people=tuple(dict.fromkeys(filter(None, named))),
            provenance=Provenance.OWN if mine else Provenance.OUTSIDE,
            url=row.url,
        )

    def _id(self, kind: str, row: Row) -> str:
        return f"{self.account}:{ref(kind, row.id)}"

    def _owner(self, row: Row) -> str:
        owner = self.directory.owner(row("hubspot_owner_id"))
        return owner.label if owner else ""


def _called(kind: Kind, firms: list[Firm], people: list[Someone]) -> str:
    """As a person would look for it: "Call with Dana Reed"."""
    whom = [one.name or next(iter(one.emails), "") for one in people] + [f.name for f in firms]
    between = "on" if kind.name == "notes" else "with"
    named = next(filter(None, whom), "")
    return f"{_CALLED[kind.name]} {between} {named}" if named else f"{_CALLED[kind.name]} in HubSpot"


def _plain(text: str) -> str:
    return visible_text(text).text if "<" in text or "&" in text else text.strip()
