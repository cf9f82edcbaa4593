"""Which column of a file holds which of our fields: as the config says, else by the headers that exports usually have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from service.errors import Rejected

Where = Mapping[str, tuple[int, ...]]
"""Our field → the columns that make it up."""

_FIRST = ("first name", "firstname", "given name", "forename", "vorname", "prenom", "nombre")
_LAST = ("last name", "lastname", "surname", "family name", "nachname", "nom", "apellidos")
_USUAL = {
    "contacts": """
        id: id, record id, contact id, customer id, person id, lead id, vid, hs object id, uid
        name: name, full name, contact name, customer name, person name, display name, lead name, contact
        email: email, e mail, email address, e mail address, customer email, contact email, work email, primary email, email
            work, e mail 1 value, email 1, emails, mail, person email work, email addresses, courriel
        company: company, company name, organization, organisation, organization name, account name, account, associated
            company, customer company, org name, organization 1 name, employer, business, firma, societe, client
        title: title, job title, position, role, jobtitle, organization 1 title, funktion, poste
        phone: phone, phone number, mobile, mobile phone, customer phone, telephone, work phone, business phone, phone work,
            phone 1 value, mobile phone number, cell, telefon, contact phone, primary phone
        notes: notes, note, description, comments, comment, remarks, notizen, bemerkungen, body, next step
        last_contact: last contact, last contacted, last contact date, last activity date, last activity, last touch, last
            contacted date, date of last activity, last interaction, last seen, letzter kontakt
        owner: owner, contact owner, deal owner, company owner, account owner, opportunity owner, lead owner, record owner,
            assigned to email, assigned to, assignee, sales rep, account manager, responsible, zustandig
        updated: updated, updated at, update time, last modified, last modified date, modified, modified at, updated on
    """,
    "deals": """
        id: id, deal id, record id, opportunity id, hs object id, customer id, lead id
        name: deal name, opportunity name, deal, opportunity, dealname, name, deal title, title, subject, customer name,
            project, lead name, product interest, bezeichnung
        company: company, company name, organization, organisation, organization name, account name, account, associated
            company, customer company, org name, organization 1 name, employer, business, firma, societe, client, customer
        stage: stage, deal stage, dealstage, stage name, pipeline stage, status, phase, lead status, etape
        amount: amount, value, deal value, deal amount, total, price, annual contract value, betrag, montant
        currency: currency, deal currency, amount currency, currency code, wahrung
        closes: closes, close date, expected close date, closedate, closing date, closes on, expected close, close,
            abschlussdatum
        follow_up: follow up, follow up by, follow up date, followup, next follow up, next activity date, next step date, next
            contact, next activity, follow up on, wiedervorlage, reminder
        owner: owner, contact owner, deal owner, company owner, account owner, opportunity owner, lead owner, record owner,
            assigned to email, assigned to, assignee, sales rep, account manager, responsible, zustandig
        people: people, contact email, customer email, email, contact person email, primary contact email, contacts,
            associated contact emails, associated contact, contact person, emails
        notes: notes, note, description, comments, comment, remarks, notizen, bemerkungen, body, next step
        open: open, is open
        closed: is closed, closed, is deal closed
        updated: updated, updated at, update time, last modified, last modified date, modified, modified at, updated on
    """,
    "tasks": """
        id: id, task id, issue key, key, issue id, card id, gid, ticket id, record id
        title: title, task, task name, name, summary, subject, card name, content, issue, todo, to do, item, task title,
            aufgabe, tache
        due: due, due date, due on, deadline, due by, date due, duedate, target date, end date, fallig, fallig am
        done: done, completed, is completed, complete, completed at, completion date, status, state, task status, list name,
            list, section column, section, column, checked, progress, erledigt
        assignee: assignee, assigned to, assigned to email, assignee email, owner, responsible, assigned, members, who,
            zustandig
        project: project, project name, board, board name, projects, bucket name, list, category, area, projekt
        notes: notes, note, description, comments, comment, remarks, notizen, bemerkungen, body, next step
        updated: updated, updated at, update time, last modified, last modified date, modified, modified at, updated on
    """,
}
"""Per field the headers that hold it, the likeliest first."""


def _parse(usual: str) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for line in usual.replace("\n" + " " * 12, " ").split("\n"):
        field, _, headers = line.strip().partition(": ")
        if field:
            fields[field] = tuple(headers.split(", "))
    return fields


GUESSES = {kind: _parse(usual) for kind, usual in _USUAL.items()}
_ALIASES = {"emails": "email", "phones": "phone", "last_contact_at": "last_contact", "closes_on": "closes", "due_on": "due"} | {
    "follow_up_on": "follow_up",
    "updated_at": "updated",
    "status": "done",
}


def find_columns(kind: str, headers: Sequence[str], mapping: Mapping[str, str | tuple[str, ...]], file: str) -> Where:
    """Raises Rejected where the mapping names a field that there is none of, or a header that the file does not have."""
    places = {plain(header): number for number, header in reversed(list(enumerate(headers)))}
    where: dict[str, tuple[int, ...]] = {}
    for field, named in mapping.items():
        ours = field if field in GUESSES[kind] else _ALIASES.get(field, field)
        if ours not in GUESSES[kind]:
            raise Rejected(f"{file}: {kind} have no field {field!r}: `columns` may name {', '.join(sorted(GUESSES[kind]))}")
        wanted = (named,) if isinstance(named, str) else named
        where[ours] = tuple(_place(header, places, headers, ours, file) for header in wanted if header)
    taken = {column for columns in where.values() for column in columns}
    for field, usual in GUESSES[kind].items():
        if field not in where and (found := _guess(field, usual, places, taken)):
            where[field] = found
            taken.update(found)
    return where


def _place(header: str, places: Mapping[str, int], headers: Sequence[str], field: str, file: str) -> int:
    if plain(header) not in places:
        there = ", ".join(repr(h) for h in headers if h) or "none"
        raise Rejected(f"{file} has no column {header!r} (for {field}): its columns are {there}; correct `columns`")
    return places[plain(header)]


def _guess(field: str, usual: Sequence[str], places: Mapping[str, int], taken: set[int]) -> tuple[int, ...]:
    free = {header: place for header, place in places.items() if place not in taken}
    first, last = (next((free[h] for h in names if h in free), None) for names in (_FIRST, _LAST))
    found = next((free[header] for header in usual if header in free), None)
    if field == "name" and first is not None and last is not None and (found is None or "full name" not in free):
        return (first, last)
    if field == "name" and found is None:
        return tuple(place for place in (first, last) if place is not None)
    return () if found is None else (found,)


def plain(header: str) -> str:
    """Headers are compared without case, accents' dots and punctuation: "Follow-Up_By" is "follow up by"."""
    folded = header.casefold().translate(_ACCENTS)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).casefold().translate(_ACCENTS) if header != header.upper() else folded
    return " ".join(re.sub(r"[^\w]|_", " ", spaced).split())


_ACCENTS = str.maketrans("äöüéèêàáíóúñ", "aoueeeaaioun")
