"""The sample's contacts, CRM export, tasks and notes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from service.sample.content import Content


def write_records(content: Content, folder: Path) -> None:
    (folder / "contacts.vcf").write_text(_cards(content), encoding="utf-8", newline="")
    _write_deals(content, folder / "deals.csv")
    _write_tasks(content, folder / "tasks.csv")
    notes = folder / "notes"
    notes.mkdir(exist_ok=True)
    for note in content.workspace["notes"]:
        (notes / note["name"]).write_text(note["text"], encoding="utf-8")


def _cards(content: Content) -> str:
    cards = []
    for entry in content.workspace["contacts"]:
        name, email = content.address(entry["who"])
        first, _, last = name.rpartition(" ")
        lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"N:{last};{first};;;", f"EMAIL;TYPE=WORK:{email}"]
        lines += [f"ORG:{entry['company']}", f"TITLE:{entry['title']}"]
        lines += [f"TEL;TYPE=WORK:{entry['phone']}"] if "phone" in entry else []
        cards.append("\r\n".join([*lines, "END:VCARD", ""]))
    return "".join(cards)


def _write_deals(content: Content, file: Path) -> None:
    header = ("Deal ID", "Deal name", "Company", "Stage", "Amount", "Close date", "Next step due", "Contact emails", "Notes")
    rows = [
        (
            deal["id"],
            deal["name"],
            deal["company"],
            deal["stage"],
            deal["amount"],
            content.day(deal["closes"]).isoformat(),
            content.day(deal["follow_up"]).isoformat(),
            "; ".join(content.address(who)[1] for who in deal["people"]),
            deal["notes"],
        )
        for deal in content.workspace["deals"]
    ]
    _table(file, header, rows)


def _write_tasks(content: Content, file: Path) -> None:
    rows = [
        (task["id"], task["title"], content.day(task["due"]).isoformat(), task["project"], "yes" if task.get("done") else "no")
        for task in content.workspace["tasks"]
    ]
    _table(file, ("ID", "Task", "Due", "Project", "Done"), rows)


def _table(file: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(header)
        writer.writerows(rows)
