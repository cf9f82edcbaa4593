"""What is asked of a message before its content: enough to know it again wherever it lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from service.integrations.files.settings import digest
from service.integrations.imap.answers import Row

ITEMS = "(UID FLAGS RFC822.SIZE INTERNALDATE)"
ITEMS_AND_ID = "(UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
_ID = re.compile(rb"(?im)^message-id:\s*(\S[^\r\n]*)")
_END = re.compile(rb"\r?\n\r?\n")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Outline:
    uid: int
    size: int  # bytes, as the server says
    at: datetime  # when the server got it
    flags: frozenset[str]  # as the server says them, in lower case
    header: bytes | None = None

    @classmethod
    def of(cls, row: Row) -> Outline:
        return cls(row.uid, row.size or 0, row.at or LONG_AGO, row.flags or frozenset(), row.header)

    def key(self, header: bytes) -> str:
        """The same in every folder that it is copied or moved to: date and size are the server's word, which no sender can forge,
        and COPY keeps them (RFC 3501, section 6.4.7). "" where it carries no Message-ID: then nothing is certain.
        """
        end = _END.search(header)
        found = _ID.search(header, 0, end.end() if end else len(header))
        if found is None or self.at == LONG_AGO:
            return ""
        return digest(found[1].strip().decode("latin-1"), str(self.size), self.at.isoformat())[:12]
