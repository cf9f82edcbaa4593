"""Hard caps for one message: whatever lies beyond is left out and named in its problems."""

from __future__ import annotations

MESSAGE_BYTES = 64 * 1024 * 1024
HEADER_BYTES = 256 * 1024
HEADERS = 1_000
HEADER_VALUE = 16 * 1024
"""Characters of one header value; References of a thread with 200 messages fit."""
ADDRESSES = 500
ATTACHED_FILES, ATTACHED_PAGES = 10, 30
"""Attachments of a message whose text is read where that is switched on, and pages of each."""
ATTACHED_BYTES = 8 * 1024 * 1024
"""Of one attachment, still encoded; larger ones are not opened."""
ATTACHED_TEXT = 40_000
"""Characters of all attachments of a message together."""
ATTACHED_SECONDS = 1.5
"""Processor time after which no further page of a file is begun."""
CARRIED = 20
"""Attached messages that are looked at."""
CALENDARS = 20
DEPTH = 16
"""Multiparts and attached messages inside each other."""
PARTS = 400
TEXT_BYTES = 1024 * 1024
"""Of one text part, still encoded; all text parts of a message together hold at most four times this."""
HTML_NODES = 40_000
"""Of all HTML parts of a message together."""
DELIMITERS = 50_000
"""Lines that start with "--"."""
HIDDEN_TEXTS, HIDDEN_TEXT = 20, 300
"""Pieces of text that no person sees, kept to be explained, and characters of each."""
LINKS = 500
SELECTORS = 400
