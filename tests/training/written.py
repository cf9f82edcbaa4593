"""Mails written for training alone: kinds that the public sets lack, to one invented person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path

from service.domain.items import Bulk, Message
from service.domain.people import Address, Person
from service.domain.verdicts import Category
from tests.builders import a_message
from tests.training.public import links

FOLDER = Path(__file__).parent / "mails"
JO = Person("jo", "Jo Winter", ("jo@winterline.example",))
_ME = Address(JO.emails[0], JO.name)
_TUESDAY = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)  # the hour of an office morning


@dataclass(frozen=True, slots=True)
class Written:
    message: Message
    category: Category
    spam: bool


def written(*, later: bool = True) -> Iterator[Written]:
    """`later`: with those that were written after the mistakes on public mails had been read. Weights learn from them;
    figures on the public mails leave them out, for they know too well what they'd be asked.
    """
    for file in (*sorted(FOLDER.glob("*.txt")), *(sorted(FOLDER.glob("later/*.txt")) if later else ())):
        for number, block in enumerate(filter(str.strip, file.read_text(encoding="utf-8").split("\n%%\n"))):
            yield _mail(block, Category(file.stem), f"{file.parent.name}-{file.stem}-{number}")


def _mail(block: str, category: Category, name: str) -> Written:
    """Lines of `Name: value`, an empty line, the text. "jo" is the person; `Bulk` names markers of mass mail."""
    head, _, text = block.strip().partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    message = a_message(
        id=name, message_id=name, thread_id=name,
        sender=_address(fields["From"]),
        subject=fields["Subject"],
        text=text, reply_text=text, links=links(text),
        sent_at=_TUESDAY,
        to=_addresses(fields.get("To", "jo")),
        cc=_addresses(fields.get("Cc", "")),
        in_reply_to="earlier@winterline.example" if fields["Subject"].startswith("Re:") else "",
    )  # fmt: skip
    marks = fields.get("Bulk", "").split()
    bulk = Bulk(
        list_id="letters.winterline.example" if "list" in marks else "",
        auto_submitted="auto-generated" if "auto" in marks else "",
        unsubscribe="unsubscribe" in marks,
    )
    return Written(replace(message, bulk=bulk), category, fields.get("Spam") == "yes")


def _address(written: str) -> Address:
    name, email = parseaddr(written)
    return _ME if written == "jo" else Address(email.lower(), name)


def _addresses(written: str) -> tuple[Address, ...]:
    return tuple(_address(part.strip()) for part in written.split(",") if part.strip())
