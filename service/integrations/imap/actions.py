"""What can be done in a mailbox: each returns a receipt, and takes one to undo it. Whether it may be done is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import compat32

from service.errors import Rejected, Unavailable
from service.integrations.files.letters import DRAFTS
from service.integrations.imap.answers import fetched
from service.integrations.imap.folders import Folder, find, listing
from service.integrations.imap.line import Line, quoted
from service.integrations.imap.marks import parse_ref
from service.integrations.imap.refusals import Declined
from service.integrations.imap.sets import uids_of

FLAGS = {"seen": r"\Seen", "answered": r"\Answered", "flagged": r"\Flagged"}
_KEYWORD = re.compile(r"[$A-Za-z0-9_][$A-Za-z0-9_.\-]{0,60}")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a draft lies. `uid` is 0 where the server did not say and it could not be found again: then it can't be undone."""

    folder: str
    validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Marked:
    ref: str
    flag: str
    on: bool
    changed: bool  # False: it was so already


def place_draft(line: Line, message: bytes) -> Placed:
    """Appends an RFC 5322 message to the drafts folder. Raises Unavailable with `arrived` None where nobody can know: look with
    `find_draft` before it is tried again.
    """
    folder = _drafts(line)
    try:
        answer = line.append(folder.wire, r"\Draft \Seen", message)
    except Unavailable as error:
        raise Unavailable(str(error), retry_after=error.retry_after, arrived=None) from error
    except Declined as error:
        raise Rejected(f"{line.host} does not take the draft into {folder.shown} ({error.said or error.code})") from error
    for part in answer.parts("APPENDUID"):  # RFC 4315, section 3
        if isinstance(part, bytes) and (found := re.match(rb"(\d+) (\d+)$", part)):
            return Placed(folder.name, int(found[1]), int(found[2]))
    message_id = str(message_from_bytes(message, policy=compat32).get("Message-ID", "")).strip()
    return find_draft(line, message_id) or Placed(folder.name, 0, 0)


def find_draft(line: Line, message_id: str) -> Placed | None:
    """The newest draft with this Message-ID, <> included. None where there is none."""
    if not message_id or not message_id.isascii() or not message_id.isprintable():
        return None
    folder = _drafts(line)
    opened = line.examine(folder.wire)
    uids = _search(line, f"HEADER Message-ID {quoted(message_id.encode()).decode()}")
    return Placed(folder.name, opened.number("UIDVALIDITY") or 0, max(uids)) if uids else None


def undo_draft(line: Line, placed: Placed) -> bool:
    """Deletes exactly that message. False: it is gone already, sent or deleted by hand. Raises Rejected where it can't be told apart."""
    if not placed.uid:
        raise Rejected(f"{line.host} did not say where the draft lies: delete it by hand")
    _open(line, placed.folder, placed.validity)
    if _flags(line, placed.uid) is None:
        return False
    others = [uid for uid in _search(line, "DELETED") if uid != placed.uid]
    if others and not line.can("UIDPLUS"):  # EXPUNGE would take those along
        raise Rejected(f"{line.host} can't delete one message alone: delete the draft by hand")
    line.ask("UID", "STORE", str(placed.uid), "+FLAGS.SILENT", r"(\Deleted)")
    if line.can("UIDPLUS"):
        line.ask("UID", "EXPUNGE", str(placed.uid))
    else:
        line.ask("EXPUNGE")
    return True


def mark(line: Line, ref: str, flag: str, *, on: bool = True) -> Marked:
    """Sets or takes away a flag ("seen", "answered", "flagged") or a keyword of the message that a ref names."""
    name, validity, uid = parse_ref(ref)
    wire = FLAGS.get(flag, flag)
    if flag not in FLAGS and not _KEYWORD.fullmatch(flag):
        raise Rejected(f"{flag!r} is no flag: use seen, answered, flagged or a keyword of letters and digits")
    lasting = _open(line, name, validity)
    if on and lasting and wire.lower() not in lasting and (flag in FLAGS or r"\*" not in lasting):
        raise Rejected(f"{line.host} does not keep {flag} in {name}: use another flag")
    before = _flags(line, uid)
    if before is None:
        raise Rejected(f"the message is no longer in {name} of {line.host}: nothing was marked")
    if (wire.lower() in before) == on:
        return Marked(ref, flag, on, changed=False)
    line.ask("UID", "STORE", str(uid), f"{'+' if on else '-'}FLAGS.SILENT", f"({wire})")
    return Marked(ref, flag, on, changed=True)


def undo_mark(line: Line, marked: Marked) -> None:
    """As it was before; nothing where it was so already."""
    if marked.changed:
        mark(line, marked.ref, marked.flag, on=not marked.on)


def _drafts(line: Line) -> Folder:
    folder = find(listing(line), r"\drafts", DRAFTS)
    if folder is None:
        raise Rejected(f"{line.host} has no drafts folder: make one called Drafts")
    return folder


def _open(line: Line, name: str, validity: int) -> frozenset[str]:
    """For writing. The flags that are kept, in lower case; none where the server does not say."""
    folder = next((folder for folder in listing(line) if folder.name == name), None)
    if folder is None:
        raise Rejected(f"{line.host} has no folder {name} any more")
    opened = line.examine(folder.wire, command="SELECT")
    if opened.number("UIDVALIDITY") != validity:
        raise Rejected(f"{line.host} has numbered {name} anew: what was meant can't be told any more")
    return frozenset(
        flag.decode("ascii", "replace").lower() for part in _bytes(opened.parts("PERMANENTFLAGS")) for flag in _words(part)
    )


def _flags(line: Line, uid: int) -> frozenset[str] | None:
    """None where there is no such message."""
    row = fetched(line.ask("UID", "FETCH", str(uid), "(UID FLAGS)").parts("FETCH")).get(uid)
    return row.flags or frozenset() if row is not None else None


def _search(line: Line, criteria: str) -> list[int]:
    return list(uids_of(*_bytes(line.ask("UID", "SEARCH", criteria).parts("SEARCH"))))


def _bytes(parts: list[bytes | tuple[bytes, ...]]) -> Iterator[bytes]:
    return (part for part in parts if isinstance(part, bytes))


def _words(part: bytes) -> list[bytes]:
    return part.strip(b"()").split()
