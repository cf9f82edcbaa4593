"""Which folders there are, how they stand, and which of them are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from imap_tools.imap_utf7 import utf7_decode

from service.errors import Unavailable
from service.integrations.files.letters import DRAFTS, TRASH, flags_of_folder
from service.integrations.imap import Settings
from service.integrations.imap.answers import listed, statuses
from service.integrations.imap.line import Answer, Line, quoted

JUNK = frozenset(
    {"junk", "spam", "junk e mail", "junk email", "bulk", "bulk mail", "spamverdacht", "junk e-mail", "unerwünscht", "pourriel"}
    | {"courrier indésirable", "indésirables", "correo no deseado", "posta indesiderata", "ongewenste e mail", "ongewenst"}
)
_UNREADABLE = frozenset({r"\noselect", r"\nonexistent"})
_UNWANTED = frozenset({r"\junk", r"\trash", r"\drafts"})
_VIRTUAL = frozenset({r"\all", r"\flagged", r"\important"})
"""RFC 6154: they show what lies in other folders. RFC 8457 for the last."""
_FLAGS = {"\\seen": "seen", "\\answered": "answered", "\\flagged": "flagged", "\\draft": "draft", "\\deleted": "trashed"}


@dataclass(frozen=True, slots=True)
class Status:
    """RFC 3501, section 6.3.10. None where the server does not say; `modseq` (RFC 7162) is 0 where it keeps none."""

    validity: int
    next: int
    messages: int | None = None
    unseen: int | None = None
    modseq: int = 0


@dataclass(frozen=True, slots=True)
class Folder:
    name: str  # decoded
    wire: bytes  # as it is sent
    attributes: frozenset[str] = frozenset()  # in lower case
    delimiter: str = ""

    @property
    def shown(self) -> str:
        """As a person calls it: "Archive/2019", whatever stands between the parts on the server."""
        return self.name.replace(self.delimiter, "/") if self.delimiter else self.name

    def flags(self, said: frozenset[str]) -> frozenset[str]:
        """Of a message that lies here, in our words. Keywords are passed over."""
        return _flags(said, self.shown, self.attributes)

    @property
    def wanted(self) -> bool:
        """By use where the server says it, else by name (in some languages)."""
        if self.attributes & (_UNWANTED | _VIRTUAL):
            return False
        if self.attributes & {r"\sent", r"\archive"}:
            return True
        leaf = re.sub(r"[-_]", " ", self.shown.rpartition("/")[2].strip().lower())
        return leaf not in JUNK | TRASH | DRAFTS


def survey(line: Line) -> tuple[list[Folder], dict[str, Status]]:
    """All folders that can be opened, and how each stands by its name; one that can't tell is missing there. One exchange with
    RFC 5819, else one for the list and one for all that can't be told from it.
    """
    items = f"(MESSAGES UIDNEXT UIDVALIDITY UNSEEN{' HIGHESTMODSEQ' if line.can('CONDSTORE') or line.can('QRESYNC') else ''})"
    asked = _returned(line, items)
    answer = line.ask("LIST", '""', '"*"', *([f"RETURN ({asked})"] if asked else []))
    folders = list({folder.name: folder for folder in _folders(answer)}.values())
    if not any(folder.name == "INBOX" for folder in folders):
        raise Unavailable(f"{line.host} lists no INBOX: it is tried again later")
    if "STATUS" in asked:
        return folders, _known(folders, [answer])
    answers = line.try_each("STATUS", [(quoted(folder.wire), items) for folder in folders])
    return folders, _known(folders, [one for one in answers if isinstance(one, Answer)])


def listing(line: Line) -> list[Folder]:
    """All folders that can be opened."""
    special = ["RETURN (SPECIAL-USE)"] if line.can("LIST-EXTENDED", "SPECIAL-USE") else []
    return list(_folders(line.ask("LIST", '""', '"*"', *special)))


def find(folders: Sequence[Folder], attribute: str, names: frozenset[str]) -> Folder | None:
    """By use, else by name."""
    by_use = [folder for folder in folders if attribute in folder.attributes]
    by_name = [folder for folder in folders if folder.shown.rpartition("/")[2].lower() in names]
    return next(iter([*by_use, *by_name]), None)


def chosen(folders: Iterable[Folder], settings: Settings) -> list[Folder]:
    if settings.only:
        only = {_folded(name) for name in settings.only}
        return [folder for folder in folders if _folded(folder.shown) in only or _folded(folder.name) in only]
    skipped = {_folded(name) for name in settings.skip}
    return [folder for folder in folders if folder.wanted and not _below(folder, skipped)]


def decoded(wire: bytes) -> str:
    """Modified UTF-7 (RFC 3501, section 5.1.3); what is none stays as it is. Some send UTF-8 without being asked to."""
    try:
        name = wire.decode("utf-8") if any(byte > 0x7F for byte in wire) else utf7_decode(wire)
        name.encode()
    except (ValueError, UnicodeError):
        name = wire.decode("latin-1")
    return "INBOX" if name.upper() == "INBOX" else name


@lru_cache(maxsize=1000)  # few differ, and a mailbox of 200,000 shares them
def _flags(said: frozenset[str], shown: str, attributes: frozenset[str]) -> frozenset[str]:
    by_use = {"seen"} if r"\sent" in attributes else {"trashed"} if r"\trash" in attributes else set()
    return frozenset(_FLAGS[flag] for flag in said if flag in _FLAGS) | flags_of_folder(shown) | by_use


def _returned(line: Line, items: str) -> str:
    status = [f"STATUS {items}"] if line.can("LIST-STATUS") else []
    return " ".join((["SPECIAL-USE"] if line.can("LIST-EXTENDED", "SPECIAL-USE") else []) + status)


def _folders(answer: Answer) -> Iterator[Folder]:
    for attributes, delimiter, wire in listed(answer.parts("LIST")):
        if not attributes & _UNREADABLE:
            yield Folder(decoded(wire), wire, attributes, delimiter)


def _known(folders: Iterable[Folder], answers: Iterable[Answer]) -> dict[str, Status]:
    there = {folder.name for folder in folders}
    known = {}
    for answer in answers:
        for wire, said in statuses(answer.parts("STATUS")):
            if (name := decoded(wire)) in there and "UIDVALIDITY" in said:
                known[name] = Status(
                    said["UIDVALIDITY"],
                    said.get("UIDNEXT", 0),
                    said.get("MESSAGES"),
                    said.get("UNSEEN"),
                    said.get("HIGHESTMODSEQ", 0),
                )
    return known


def _below(folder: Folder, skipped: set[str]) -> bool:
    """INBOX stands for itself alone: on some servers all others lie below it."""
    parts = _folded(folder.shown).split("/")
    above = {"/".join(parts[:depth]) for depth in range(1, len(parts))} - {"inbox"}
    return _folded(folder.shown) in skipped or _folded(folder.name) in skipped or bool(above & skipped)


def _folded(name: str) -> str:
    return name.strip("/").casefold()
