"""The fake Graph's mail: folders and messages, https://learn.microsoft.com/graph/api/resources/mailfolder and …/message."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Any

from tests.live.fakes.graph_delta import Links, Log, Query
from tests.live.fakes.graph_parts import GONE, NOT_FOUND, Call, Wrong, wrong
from tests.live.fakes.serving import Said

READ, WRITE = "Mail.Read", "Mail.ReadWrite"
FOLDER_FIELDS = frozenset(
    {"id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount", "sizeInBytes", "isHidden"}
)
MESSAGE_FIELDS = frozenset(
    [
        "id",
        "createdDateTime",
        "lastModifiedDateTime",
        "changeKey",
        "categories",
        "receivedDateTime",
        "sentDateTime",
        "hasAttachments",
        "internetMessageId",
        "subject",
        "bodyPreview",
        "importance",
        "parentFolderId",
        "conversationId",
        "conversationIndex",
        "isDeliveryReceiptRequested",
        "isReadReceiptRequested",
        "isRead",
        "isDraft",
        "webLink",
        "inferenceClassification",
        "body",
        "sender",
        "from",
        "toRecipients",
        "ccRecipients",
        "bccRecipients",
        "replyTo",
        "uniqueBody",
        "internetMessageHeaders",
        "flag",
    ]
)
WELL_KNOWN = {
    "inbox": "Inbox",
    "sentitems": "Gesendete Elemente",
    "drafts": "Entwürfe",
    "deleteditems": "Gelöschte Elemente",
    "junkemail": "Junk-E-Mail",
    "outbox": "Postausgang",
    "archive": "Archiv",
}


@dataclass(slots=True)
class Folder:
    id: str
    name: str
    parent: str = "f-root"
    well_known: str = ""
    log: Log = field(default_factory=Log)
    messages: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Mail:
    id: str  # the immutable one
    mime: Callable[[], bytes]
    received_at: datetime
    folder: Folder
    read: bool = False
    draft: bool = False
    flagged: bool = False
    categories: tuple[str, ...] = ()
    moves: int = 0  # each gives it another id, but for those who ask for immutable ones


class Mailbox:
    partial_updates = False
    """Of what changed, only the changed properties are told: Graph may do so (https://learn.microsoft.com/graph/delta-query-overview)."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self.mails: dict[str, Mail] = {}
        self.folders: dict[str, Folder] = {}
        self.hierarchy = Log()
        self.sent: list[str] = []
        self._made = 0
        for well_known, name in WELL_KNOWN.items():
            self.add_folder(name, well_known=well_known)

    # --- what a test does to it --------------------------------------------------------------------------------------------

    def add_folder(self, name: str, parent: str = "f-root", *, well_known: str = "") -> Folder:
        folder = Folder(f"AQMk-{len(self.folders)}-{name.encode().hex()[:8]}=", name, parent, well_known)
        self.folders[folder.id] = folder
        self.hierarchy.note(folder.id)
        return folder

    def folder(self, name: str) -> Folder:
        return next(f for f in self.folders.values() if name in {f.well_known, f.name, f.id})

    def remove_folder(self, folder: Folder) -> None:
        for id in list(folder.messages):
            self.remove(id)
        del self.folders[folder.id]
        self.hierarchy.note(folder.id, before=True)

    def put_below(self, folder: Folder, parent: Folder) -> None:
        folder.parent = parent.id
        self.hierarchy.note(folder.id, before=True)

    def add(self, mime: Callable[[], bytes], received_at: datetime, folder: str = "inbox", **more: Any) -> Mail:
        self._made += 1
        mail = Mail(f"AAkALgAA{self._made:07}_-x=", mime, received_at, self.folder(folder), **more)
        self.mails[mail.id] = mail
        mail.folder.messages.add(mail.id)
        mail.folder.log.note(mail.id)
        return mail

    def touch(self, id: str, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self.mails[id], name, value)
        self.mails[id].folder.log.note(id, before=True)

    def move(self, id: str, to: str) -> None:
        mail = self.mails[id]
        mail.folder.messages.discard(id)
        mail.folder.log.note(id, before=True)
        mail.folder, mail.moves = self.folder(to), mail.moves + 1
        mail.folder.messages.add(id)
        mail.folder.log.note(id)

    def remove(self, id: str) -> None:
        mail = self.mails.pop(id)
        mail.folder.messages.discard(id)
        mail.folder.log.note(id, before=True)

    # --- what it answers ---------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Said:
        call.needs(WRITE) if call.method != "GET" else call.needs(READ, WRITE)
        match call.method, call.segments:
            case "GET", ["mailFolders", "delta"]:
                return self._folders_delta(call)
            case "GET", ["mailFolders", id]:
                call.takes("$select")
                return Said(200, self._shown_folder(self._folder(id), call.select(FOLDER_FIELDS)))
            case "GET", ["mailFolders", id, "messages", "delta"]:
                return self._messages_delta(call, self._folder(id))
            case "GET", ["mailFolders", id, "messages"]:
                return self._messages(call, self._folder(id))
            case "GET", ["messages", id]:
                call.takes("$select")
                return Said(200, self._shown(self._mail(id), call.select(MESSAGE_FIELDS), immutable=call.immutable))
            case "GET", ["messages", id, "$value"]:
                call.takes()
                return Said(200, self._mail(id).mime(), {"Content-Type": "text/plain"})
            case _, ["messages", *_]:
                return self._written(call)
        raise wrong("BadRequest", "Resource not found for the segment.")

    def _written(self, call: Call) -> Said:
        match call.method, call.segments:
            case "POST", ["messages"]:
                mail = self.add(_draft(call), datetime(2026, 6, 1, tzinfo=UTC), "drafts", draft=True, read=True)
                return Said(201, self._shown(mail, MESSAGE_FIELDS, immutable=call.immutable))
            case "POST", ["messages", id, "send"]:
                call.needs("Mail.Send")
                mail = self._mail(id)
                if not mail.draft:
                    raise wrong("ErrorInvalidRequest", "The item is no draft.")
                self.sent.append(mail.id)
                self.move(mail.id, "sentitems")
                mail.draft = False
                return Said(202)
            case "PATCH", ["messages", id]:
                return self._patched(call, self._mail(id))
            case "DELETE", ["messages", id]:
                self.move(self._mail(id).id, "deleteditems")
                return Said(204)
        raise wrong("BadRequest", "Resource not found for the segment.")

    def _patched(self, call: Call, mail: Mail) -> Said:
        said = call.json
        if strange := said.keys() - {"categories", "flag", "isRead", "importance"}:
            raise wrong("ErrorInvalidPropertySet", f"{sorted(strange)} can't be set.")
        fields: dict[str, Any] = {}
        if "categories" in said:
            fields["categories"] = tuple(said["categories"])
        if "flag" in said:
            if said["flag"]["flagStatus"] not in {"notFlagged", "complete", "flagged"}:
                raise wrong("ErrorInvalidRequest", "No such flagStatus.")
            fields["flagged"] = said["flag"]["flagStatus"] == "flagged"
        self.touch(mail.id, **fields)
        return Said(200, self._shown(mail, MESSAGE_FIELDS, immutable=call.immutable))

    def _folders_delta(self, call: Call) -> Said:
        fields = self._asked(call, ("$select",), FOLDER_FIELDS)

        def show(id: str, _: Any) -> dict[str, Any] | None:
            return self._shown_folder(self.folders[id], fields) if id in self.folders else None

        query = Query(f"{call.who}{call.path}", self.hierarchy, show, bool)
        return self._delta(call, query, lambda: list(self.folders))

    def _messages_delta(self, call: Call, folder: Folder) -> Said:
        fields = self._asked(call, ("$select", "$top", "$orderby", "$filter", "$expand", "changeType"), MESSAGE_FIELDS)
        if call.query.get("$orderby", "receivedDateTime desc") != "receivedDateTime desc":
            raise wrong("ErrorInvalidRequest", "A delta is only ordered by receivedDateTime desc.")
        since = _since(call.query.get("$filter", ""), r"receivedDateTime (ge|gt) (\S+)")
        immutable, begun = call.immutable, set[str]()

        def show(id: str, _: Any) -> dict[str, Any] | None:
            if id not in folder.messages:
                return None
            shown = self._shown(self.mails[id], fields, immutable=immutable)
            if self.partial_updates and id in begun:
                return {k: v for k, v in shown.items() if k in {"id", "isRead", "flag", "categories", "@odata.etag"}}
            begun.add(id)
            return shown

        def all_of_it() -> list[str]:
            found = [self.mails[id] for id in folder.messages if since is None or self.mails[id].received_at >= since]
            return [m.id for m in sorted(found, key=lambda m: m.received_at, reverse="$orderby" in call.query)]

        return self._delta(call, Query(f"{call.who}{call.path}", folder.log, show, bool), all_of_it)

    def _delta(self, call: Call, query: Query, ids: Callable[[], list[str]]) -> Said:
        size = call.size(10, 1000)
        if not call.token():
            return Said(200, self._links.first(query, ids(), size))
        found = self._links.following(call.token(), query.path, size)
        if found is None:
            raise GONE if self._links.gone(call.token()) else wrong("ErrorInvalidRequest", "Badly formed token.")
        return Said(200, found)

    @staticmethod
    def _asked(call: Call, params: tuple[str, ...], known: frozenset[str]) -> frozenset[str]:
        """What was asked first holds on; a token comes alone."""
        if call.token():
            call.takes("$deltatoken", "$skiptoken")
            return frozenset()
        call.takes(*params)
        return call.select(known)

    def _messages(self, call: Call, folder: Folder) -> Said:
        call.takes("$select", "$top", "$orderby", "$filter", "$skip")
        fields, size, skip = call.select(MESSAGE_FIELDS), call.size(10), int(call.query.get("$skip", 0))
        since = _since(call.query.get("$filter", ""), r"receivedDateTime (ge|gt) (\S+)")
        found = [self.mails[id] for id in folder.messages if since is None or self.mails[id].received_at > since]
        found.sort(key=lambda m: m.received_at, reverse=call.query.get("$orderby", "receivedDateTime desc").endswith("desc"))
        shown = [self._shown(m, fields, immutable=call.immutable) for m in found[skip : skip + size]]
        said: dict[str, Any] = {"value": shown}
        if len(found) > skip + size:
            asked = "&".join(f"{k}={v}".replace(" ", "%20") for k, v in (dict(call.query) | {"$skip": skip + size}).items())
            said["@odata.nextLink"] = f"{self._links._base()}{call.who}{call.path}?{asked}"
        return Said(200, said)

    def _folder(self, id: str) -> Folder:
        found = next((f for f in self.folders.values() if id in {f.id, f.well_known}), None)
        if found is None:
            raise Wrong(404, "ErrorItemNotFound", "The specified folder could not be found in the store.")
        return found

    def _mail(self, id: str) -> Mail:
        mail = self.mails.get(id.partition("~")[0])
        if mail is None or ("~" in id and id != _changing(mail)):
            raise NOT_FOUND
        return mail

    def _shown_folder(self, folder: Folder, fields: frozenset[str]) -> dict[str, Any]:
        shown = {
            "id": folder.id,
            "displayName": folder.name,
            "parentFolderId": folder.parent,
            "totalItemCount": len(folder.messages),
            "unreadItemCount": sum(not self.mails[id].read for id in folder.messages) if "unreadItemCount" in fields else 0,
        }
        return {k: v for k, v in shown.items() if k in fields}

    @staticmethod
    def _shown(mail: Mail, fields: frozenset[str], *, immutable: bool) -> dict[str, Any]:
        received = mail.received_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        shown: dict[str, Any] = {
            "id": mail.id if immutable else _changing(mail),
            "receivedDateTime": received,
            "isRead": mail.read,
            "isDraft": mail.draft,
            "flag": {"flagStatus": "flagged" if mail.flagged else "notFlagged"},
            "categories": list(mail.categories),
            "webLink": f"https://outlook.office365.com/owa/?ItemID={mail.id}",
            "parentFolderId": mail.folder.id,
        }
        if fields & {"subject", "internetMessageId"}:
            parsed = message_from_bytes(mail.mime())
            shown |= {"subject": parsed["Subject"], "internetMessageId": parsed["Message-ID"]}
        return {k: v for k, v in shown.items() if k in fields} | {"@odata.etag": f'W/"{mail.id}{mail.moves}"'}


def _changing(mail: Mail) -> str:
    """What an id is without the preference for immutable ones."""
    return f"{mail.id}~{mail.moves}"


def _since(said: str, pattern: str) -> datetime | None:
    if not said:
        return None
    found = re.fullmatch(pattern, said)
    if not found:
        raise wrong("ErrorInvalidRequest", "The filter is not supported here.")
    return datetime.fromisoformat(found[2])


def _draft(call: Call) -> Callable[[], bytes]:
    """MIME in base64 as text/plain (https://learn.microsoft.com/graph/outlook-send-mime-message), or JSON."""
    if "text/plain" in call.headers.get("content-type", ""):
        try:
            mime = base64.b64decode(call.body, validate=True)
        except (binascii.Error, ValueError):
            raise wrong("ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.") from None
        return lambda: mime
    said = call.json
    if strange := said.keys() - MESSAGE_FIELDS:
        raise wrong("ErrorInvalidPropertySet", f"{sorted(strange)} is no property of a message.")
    text = f"Subject: {said.get('subject', '')}\n\n{said.get('body', {}).get('content', '')}".encode()
    return lambda: text
