"""An IMAP server as small as RFC 3501 allows, and as odd: for what no well-kept server does.

It knows LOGIN, AUTHENTICATE XOAUTH2, CAPABILITY, LIST, STATUS, EXAMINE, UID SEARCH, UID FETCH, NOOP and LOGOUT, with what section 6 says of each;
whatever else is asked is BAD. No extension is offered but what `capabilities` says.
"""

from __future__ import annotations

import base64
import contextlib
import re
import socketserver
import threading
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(slots=True)
class Mail:
    uid: int
    data: bytes
    flags: str = r"\Seen"
    date: str = "01-May-2026 08:00:00 +0000"


@dataclass(slots=True)
class Oddities:
    greeting: str = "* OK at your service"
    capabilities: str = "IMAP4rev1"
    login: str = "{tag} OK in"
    token: str = ""  # the access token that XOAUTH2 takes
    reversed: bool = False  # FETCH responses from the last to the first
    gossip: str = ""  # lines said before every response of FETCH
    quoted: bool = False  # bodies as quoted strings, where they can be
    missing: set[int] = field(default_factory=set)  # UIDs that FETCH leaves out while more than one is asked for
    broken: set[int] = field(default_factory=set)  # UIDs whose content makes it say NO
    refused: set[str] = field(default_factory=set)  # folders that can't be opened
    no_uidnext: bool = False
    size: int | None = None  # what it says of each message's size
    listing: str = ""  # instead of the list of folders
    no_status: set[str] = field(default_factory=set)  # folders whose STATUS is NO
    literal: int | None = None  # the length it announces of every body


class FakeImap:
    """`with FakeImap(folders) as server: …`; `folders` by name, of mails in order of UID."""

    def __init__(self, folders: dict[str, list[Mail]], **odd: Any) -> None:
        self.folders, self.odd, self.validity = folders, Oddities(**odd), 7
        self.asked: list[str] = []
        fake = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError, ValueError):
                    Conversation(fake, self.rfile, self.wfile).run()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Conversation:
    def __init__(self, fake: FakeImap, lines: Any, out: Any) -> None:
        self._fake, self._odd, self._lines, self._out = fake, fake.odd, lines, out
        self._open: list[Mail] = []

    def run(self) -> None:
        self._say(self._odd.greeting)
        while line := self._lines.readline().decode("utf-8", "replace").strip():
            tag, _, command = line.partition(" ")
            self._fake.asked.append(command)
            name, _, rest = command.partition(" ")
            if name == "UID":
                sub, _, rest = rest.partition(" ")
                name = f"UID_{sub}"
            do = getattr(self, f"_do_{name.lower()}", None)
            answer = do(tag, rest) if do else f"{tag} BAD no such command"
            self._say(answer)
            if name == "LOGOUT":
                return

    def _say(self, text: str | bytes) -> None:
        self._out.write((text.encode() if isinstance(text, str) else text) + b"\r\n")
        self._out.flush()

    def _do_capability(self, tag: str, _: str) -> str:
        self._say(f"* CAPABILITY {self._odd.capabilities}")
        return f"{tag} OK done"

    def _do_noop(self, tag: str, _: str) -> str:
        return f"{tag} OK done"

    def _do_logout(self, tag: str, _: str) -> str:
        self._say("* BYE")
        return f"{tag} OK bye"

    def _do_login(self, tag: str, _: str) -> str:
        return self._odd.login.replace("{tag}", tag)

    def _do_authenticate(self, tag: str, mechanism: str) -> str:
        if mechanism != "XOAUTH2":
            return f"{tag} NO no such mechanism"
        self._say("+ ")
        said = base64.b64decode(self._lines.readline()).decode()
        if said == f"user=mara\x01auth=Bearer {self._odd.token}\x01\x01":
            return f"{tag} OK in"
        self._say("+ " + base64.b64encode(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}').decode())
        empty = self._lines.readline()
        return f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials" if empty == b"\r\n" else f"{tag} BAD {said}"

    def _do_list(self, tag: str, rest: str) -> str:
        if rest != '"" "*"':
            return f"{tag} BAD what"
        for name in self._fake.folders:
            if not self._odd.listing:
                self._say(f'* LIST () "/" "{name}"')
        if self._odd.listing:
            self._say(self._odd.listing)
        return f"{tag} OK done"

    def _do_status(self, tag: str, rest: str) -> str:
        found = re.fullmatch(r'"(.*)" \(MESSAGES UIDNEXT UIDVALIDITY UNSEEN\)', rest)
        if not found or found[1] not in self._fake.folders or found[1] in self._odd.no_status:
            return f"{tag} NO can't say"
        mails = self._fake.folders[found[1]]
        unseen = sum(r"\Seen" not in mail.flags for mail in mails)
        next = "" if self._odd.no_uidnext else f"UIDNEXT {_next(mails)} "
        self._say(f'* STATUS "{found[1]}" (MESSAGES {len(mails)} {next}UIDVALIDITY {self._fake.validity} UNSEEN {unseen})')
        return f"{tag} OK done"

    def _do_examine(self, tag: str, rest: str) -> str:
        name = rest.strip('"')
        if name not in self._fake.folders or name in self._odd.refused:
            return f"{tag} NO [NOPERM] not yours"
        self._open = self._fake.folders[name]
        self._say(f"* {len(self._open)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self._fake.validity}] UIDs valid")
        if not self._odd.no_uidnext:
            self._say(f"* OK [UIDNEXT {_next(self._open)}] next")
        return f"{tag} OK [READ-ONLY] done"

    def _do_uid_search(self, tag: str, rest: str) -> str:
        found = re.fullmatch(r"UID (\d+):(\d+|\*)", rest)
        if not found:
            return f"{tag} BAD what"
        self._say("* SEARCH " + " ".join(str(mail.uid) for mail in self._of(f"{found[1]}:{found[2]}")))
        return f"{tag} OK done"

    def _do_uid_fetch(self, tag: str, rest: str) -> str:
        uids, _, items = rest.partition(" ")
        mails = self._of(uids)
        if "BODY.PEEK[]" in items and any(mail.uid in self._odd.broken for mail in mails):
            return f"{tag} NO internal trouble with a message"
        left = [mail for mail in mails if len(mails) == 1 or mail.uid not in self._odd.missing]
        for mail in reversed(left) if self._odd.reversed else left:
            if self._odd.gossip:
                self._say(self._odd.gossip)
            self._say(self._fetched(mail, items))
        return f"{tag} OK done"

    def _fetched(self, mail: Mail, items: str) -> bytes:
        said = [f"FLAGS ({mail.flags})".encode()]
        if "RFC822.SIZE" in items:
            said += [f'INTERNALDATE "{mail.date}"'.encode(), b"RFC822.SIZE %d" % (self._odd.size or len(mail.data))]
        if "HEADER.FIELDS" in items:
            found = re.search(rb"(?im)^message-id:.*\r\n", mail.data)
            said.append(b"BODY[HEADER.FIELDS (MESSAGE-ID)] " + _literal((found[0] if found else b"") + b"\r\n"))
        if "BODY.PEEK[]" in items:
            said.append(b"BODY[] " + self._content(mail.data))
        number = self._open.index(mail) + 1
        return b"* %d FETCH (" % number + b" ".join([*said, b"UID %d" % mail.uid]) + b")"

    def _content(self, data: bytes) -> bytes:
        if self._odd.literal is not None:
            return b"{%d}\r\n" % self._odd.literal + data
        if self._odd.quoted and not re.search(rb'["\\\r\n]', data):
            return b'"' + data + b'"'
        return _literal(data)

    def _of(self, uids: str) -> list[Mail]:
        """RFC 3501, section 9: "*" is the highest, and ranges may be written either way round."""
        top = max((mail.uid for mail in self._open), default=0)
        wanted = []
        for part in uids.replace("*", str(top)).split(","):
            first, _, last = part.partition(":")
            wanted.append(range(min(int(first), int(last or first)), max(int(first), int(last or first)) + 1))
        return [mail for mail in self._open if any(mail.uid in one for one in wanted)]


def _next(mails: list[Mail]) -> int:
    return max((mail.uid for mail in mails), default=0) + 1


def _literal(data: bytes) -> bytes:
    return b"{%d}\r\n" % len(data) + data
