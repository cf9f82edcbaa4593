"""The public sets as messages with what their makers say of them."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr

from service.domain.items import Link, Message, Provenance
from service.domain.people import Address, Person
from service.domain.raw import RawMessage
from service.domain.verdicts import Category
from service.mail.message import read_message
from tests.builders import NOON, a_message
from tests.corpus import CORPUS

CATEGORIES = {
    "URGENT": Category.URGENT,
    "NEEDS_RESPONSE": Category.NEEDS_REPLY,
    "FYI": Category.FYI,
    "PROMOTIONAL": Category.PROMOTION,
    "PERSONAL": Category.PERSONAL,
}
NOBODY = Person("me", "Some Body", ("nobody@nowhere.example",))
_QUOTE = re.compile(r"\n\s*On [^\n]{5,120} wrote:\s*\n")
_URL = re.compile(r"https?://[^\s<>\"]+")
_LIST_HEADERS = re.compile(
    rb"(?im)^(?:list-[a-z-]+|precedence|x-mailman-version|x-beenthere|errors-to|mailing-list):[^\n]*\n(?:[ \t][^\n]*\n)*"
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One mail of `triage_mail`, as its first recipient has it judged."""

    message: Message
    person: Person
    category: Category
    source: str
    phishing: bool


def address(written: str) -> Address:
    name, email = parseaddr(written)
    return Address(email.lower(), name)


def links(text: str) -> tuple[Link, ...]:
    return tuple(Link(u, u) for u in _URL.findall(text))


def labelled() -> Iterator[Labelled]:
    for line in (CORPUS / "triage_mail" / "mails.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        body = row["body"]
        quote = _QUOTE.search(body)
        sent_at = datetime.fromisoformat(row["date"])
        message = a_message(
            sender=address(row["sender"]),
            subject=row["subject"],
            text=body,
            reply_text=body[: quote.start()] if quote else body,
            sent_at=sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC),
            to=tuple(map(address, row["to"])),
            cc=tuple(map(address, row["cc"] or ())),
            links=links(body),
            provenance=Provenance.OUTSIDE,
        )
        mine = address(row["to"][0]).email
        person = Person("me", mine.partition("@")[0].replace(".", " ").title(), (mine,))
        yield Labelled(message, person, CATEGORIES[row["category"]], row["source_dataset"], row["is_phishing"])


@dataclass(frozen=True, slots=True)
class Real:
    """One mail of the SpamAssassin corpus."""

    message: Message
    spam: bool
    subset: str
    bulk: bool


def real(*, list_headers: bool = True) -> Iterator[Real]:
    """In the order of the archive; without the headers by which mailing lists give themselves away, where so wanted."""
    folder = CORPUS / "spamassassin"
    rows = {row["file"]: row for row in map(json.loads, (folder / "labels.jsonl").read_text().splitlines())}
    with tarfile.open(folder / "mails.tar.xz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is None or member.name not in rows:
                continue
            row, raw = rows[member.name], file.read()
            message = read_message(RawMessage(raw if list_headers else without_lists(raw), "a", member.name, NOON), frozenset())
            yield Real(message, row["label"] == "spam", row["subset"], row["bulk_header"])


def without_lists(raw: bytes) -> bytes:
    head, gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    return _LIST_HEADERS.sub(b"", head + b"\n").rstrip(b"\n") + gap + body
