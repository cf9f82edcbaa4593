"""Everything held of one person as a zip that anybody can read: what is sealed is opened, briefings are files.

Driven by the metadata, like the backup: a table with rows of people can't be forgotten.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, select

from service.domain.delivery import Notice
from service.errors import ReveilleError, Unavailable
from service.store import tables
from service.store.artefacts import ArtefactStore
from service.store.backup import snapshot, streamed
from service.store.codec import Codec
from service.store.database import Database
from service.store.erasure import personal

_UNFIT = re.compile(r"[^\w.@+-]+")
Documents = Generator[dict[str, Any], None, None]
README = """Everything that Reveille holds of {person}, as of {at}.

README.txt          this page
items/KIND.jsonl    what your sources hold, one item a line: message, event, series, thread, contact, deal, note, task. `sealed` is
                    the item, `verdict` what triage said of it, `account` the source it came from.
config/             each text of your config that was in force, oldest first; tables/revision.jsonl says since when
briefings/          what was said, a folder each: the text, the page, the audio and whatever else was made for it
tables/NAME.jsonl   the other tables, one row a line:
  account           your sources: how far each was read, and how it is
  held              where each source keeps each item
  term              addresses and words by which items are found (keyed hashes where the store is encrypted)
  sighting          Reveille's own mail seen in your mailboxes
  cadence           when each job runs next
  occurrence        the ledger: each time a job ran or should have, and how it ended, with its reason
  notice, artefact  what was said, and the files made for it (they lie in briefings/)
  delivery          each notice on each channel, and what is known of its arrival
  told              which version of which fact was said when
  proposal          actions that were proposed
  approval          your yes to them, and when it was used
  act               what was done of it, with the receipt (`sealed`), or why not
  credential        what you are connected to, without what opens it
  doorbell          which process listens at your sources for what is new

A .jsonl file holds one JSON document a line, in UTF-8; instants are in UTC.
"""


@dataclass(frozen=True, slots=True)
class Portrait:
    database: Database
    codec: Codec
    artefacts: ArtefactStore

    def export(self, person: str, file: Path, now: datetime) -> Mapping[str, int]:
        """How many lines or files of each kind are in it. `missing` counts files that rows point at and that aren't there."""
        with _zip(file, now) as out, snapshot(self.database) as on:
            out.whole("README.txt", README.format(person=person, at=f"{now:%Y-%m-%d %H:%M} UTC").encode())
            for table in reversed(personal()):
                if table is tables.item:
                    self._items(on, person, out)
                elif table is tables.credential:
                    out.lines("tables/credential.jsonl", self._connections(on, person))
                else:
                    out.lines(f"tables/{table.name}.jsonl", self._rows(on, table, table.c.person == person))
            self._revisions(on, person, out)
            self._briefings(on, person, out)
        return out.counts

    def _items(self, on: Connection, person: str, out: _Zip) -> None:
        t = tables.item
        for kind in on.execute(select(t.c.kind).where(t.c.person == person).distinct().order_by(t.c.kind)).scalars().all():
            out.lines(f"items/{kind}.jsonl", self._rows(on, t, (t.c.person == person) & (t.c.kind == kind)))

    @staticmethod
    def _connections(on: Connection, person: str) -> Documents:
        """That they are there: what opens somebody's mailbox has no place in a file that is passed on."""
        t = tables.credential
        for row in on.execute(select(t.c.name, t.c.vendor, t.c.made_at, t.c.renewed_at).where(t.c.person == person)).mappings():
            yield dict(row)

    def _rows(self, on: Connection, table: Table, where: Any) -> Documents:
        sealed = {c.name for c in table.columns if isinstance(c.type, LargeBinary)}
        query = select(table).where(where).order_by(*table.primary_key.columns)
        with streamed(on, query) as found:
            for row in found.mappings():
                yield {name: self._readable(value) if name in sealed and value else value for name, value in row.items()}

    def _readable(self, sealed: bytes) -> Any:
        text = self.codec.open(sealed).decode("utf-8", "replace")
        try:
            return json.loads(text)
        except ValueError:
            return text

    def _revisions(self, on: Connection, person: str, out: _Zip) -> None:
        t = tables.revision
        for row in on.execute(select(t.c.number, t.c.sealed).where(t.c.person == person).order_by(t.c.number)):
            out.whole(f"config/{row.number:04}.yaml", self.codec.open(row.sealed))

    def _briefings(self, on: Connection, person: str, out: _Zip) -> None:
        n, o = tables.notice, tables.occurrence
        query = select(n.c.id, n.c.audience, o.c.id.label("occurrence"), o.c.cadence, o.c.due_at)
        for row in on.execute(query.join(o, o.c.id == n.c.occurrence).where(n.c.person == person).order_by(o.c.due_at)).all():
            folder = f"briefings/{row.due_at:%Y-%m-%d_%H%MZ}_{_fit(row.cadence)}_{row.occurrence[-8:]}_{_fit(row.audience)}"
            self._briefing(on, row.id, folder, out)

    def _briefing(self, on: Connection, id: str, folder: str, out: _Zip) -> None:
        sealed = on.execute(select(tables.notice.c.sealed).where(tables.notice.c.id == id)).scalar_one()
        notice = self.codec.unpack(sealed, Notice)
        out.whole(f"{folder}/said.txt", f"{notice.subject}\n\n{notice.text}\n".encode())
        if notice.html:
            out.whole(f"{folder}/said.html", notice.html.encode())
        a = tables.artefact
        for row in on.execute(select(a.c.name, a.c.path).where(a.c.notice == id).order_by(a.c.name)).all():
            try:
                data = self.artefacts.get(row.path)
            except Unavailable:
                out.count("missing")
            else:
                out.whole(f"{folder}/{_fit(row.name)}", data)


@dataclass(slots=True)
class _Zip:
    zip: zipfile.ZipFile
    at: tuple[int, int, int, int, int, int]
    counts: dict[str, int] = field(default_factory=dict)

    def whole(self, name: str, data: bytes) -> None:
        self.zip.writestr(self._member(name), data)
        self.count(name.partition("/")[0])

    def lines(self, name: str, documents: Documents) -> None:
        with closing(documents), self.zip.open(self._member(name), "w", force_zip64=True) as member:
            for document in documents:
                member.write(json.dumps(document, ensure_ascii=False, default=_plain).encode() + b"\n")
                self.count(name.rpartition("/")[2].partition(".")[0])

    def count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def _member(self, name: str) -> zipfile.ZipInfo:
        member = zipfile.ZipInfo(name, self.at)
        member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        return member


@contextmanager
def _zip(file: Path, now: datetime) -> Iterator[_Zip]:
    """Appears under its name once it is whole; readable by its owner alone."""
    if file.exists():
        raise ReveilleError(f"{file} is there already and stays as it is. Name another file.")
    part = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as out:
            os.fchmod(out.fileno(), 0o600)
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zip:
                yield _Zip(zip, (now.year, now.month, now.day, now.hour, now.minute, now.second))
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _fit(name: str) -> str:
    """A name of ours or of the config as one of a file, on any system."""
    return _UNFIT.sub("_", name).strip(".") or "_"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
