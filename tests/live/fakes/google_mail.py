"""Gmail's users.* as documented (https://developers.google.com/workspace/gmail/api/reference/rest)."""

from __future__ import annotations

import base64
import itertools
import json
import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tests.live.fakes.google_rules import Fault

if TYPE_CHECKING:
    from tests.live.fakes.google import Request

SYSTEM = ("INBOX", "SENT", "DRAFT", "SPAM", "TRASH", "UNREAD", "STARRED", "IMPORTANT", "CHAT")
SYSTEM += tuple(f"CATEGORY_{name}" for name in ("PERSONAL", "SOCIAL", "PROMOTIONS", "UPDATES", "FORUMS"))
READ = ("gmail.readonly", "gmail.modify")
FIRST_HISTORY = 2**70  # more than fits into 64 bits: ids are text
KEPT_OUT = frozenset({"SPAM", "TRASH"})


class Mailbox:
    """`put`, `mark` and `drop` are what a person does in it; messages are in the order in which they came."""

    def __init__(self, email: str) -> None:
        self.email = email
        self.labels: dict[str, str] = {}  # the person's own: id → name
        self.sent: list[dict[str, Any]] = []
        self._messages: dict[str, dict[str, Any]] = {}
        self._order: list[tuple[int, str]] = []
        self._drafts: dict[str, str] = {}
        self._records: list[dict[str, Any]] = []
        self._history = itertools.count(FIRST_HISTORY, 37)
        self._numbers = itertools.count(1)
        self._now = next(self._history)
        self._since = self._now  # the oldest id that history still knows

    # --- what a person does --------------------------------------------------------------------------------------------------

    def put(self, raw: bytes, labels: Iterable[str] = ("INBOX", "UNREAD"), at_ms: int | None = None) -> str:
        number = next(self._numbers)
        id = f"{0x18F0000000000000 + number:x}"
        at = 1_700_000_000_000 + number * 60_000 if at_ms is None else at_ms
        text = base64.urlsafe_b64encode(raw).decode()
        self._messages[id] = {"raw": text, "labels": set(labels), "at": at, "size": len(raw), "history": ""}
        self._order.append((number, id))
        self._record(id, messagesAdded=[{}])
        return id

    def mark(self, id: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        labels = self._messages[id]["labels"]
        if added := sorted(set(add) - labels):
            labels.update(added)
            self._record(id, labelsAdded=[{"labelIds": added}])
        if removed := sorted(labels.intersection(remove)):
            labels.difference_update(removed)
            self._record(id, labelsRemoved=[{"labelIds": removed}])

    def drop(self, id: str) -> None:
        self._record(id, messagesDeleted=[{}])
        del self._messages[id]
        self._order = [one for one in self._order if one[1] != id]

    def label(self, name: str) -> str:
        id = f"Label_{len(self.labels) + 1}"
        self.labels[id] = name
        return id

    def forget_history(self) -> None:
        """As after a week: what was handed out is too old."""
        self._now = self._since = next(self._history)
        self._records.clear()

    def ids(self) -> list[str]:
        return [id for _, id in self._order]

    def labels_of(self, id: str) -> set[str]:
        return set(self._messages[id]["labels"])

    # --- what the API answers --------------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Any:
        for method, pattern, how in _METHODS:
            if (match := re.fullmatch(rf"/gmail/v1/users/(?:me|{re.escape(self.email)}){pattern}", request.path)) is None:
                continue
            if request.method == method:
                return how(self, request, *match.groups())
        raise Fault(404, "notFound", "Requested entity was not found.")

    def _profile(self, request: Request) -> Any:
        request.need(*READ, "gmail.compose")
        request.only()
        return {
            "emailAddress": self.email,
            "messagesTotal": len(self._messages),
            "threadsTotal": len(self._messages),
            "historyId": str(self._now),
        }

    def _labels(self, request: Request) -> Any:
        request.need(*READ, "gmail.labels")
        request.only()
        own = [{"id": id, "name": name, "type": "user"} for id, name in self.labels.items()]
        return {"labels": [*({"id": id, "name": id, "type": "system"} for id in SYSTEM), *own]}

    def _list(self, request: Request) -> Any:
        request.need(*READ)
        request.only("labelIds", "maxResults", "pageToken", "includeSpamTrash", "q")
        wanted = request.query.get("labelIds", [])
        if strange := set(wanted) - set(SYSTEM) - set(self.labels):
            raise Fault(400, "invalidArgument", f"Invalid label: {sorted(strange)[0]}")
        if searched := request.word("q"):
            return self._found(searched)
        end = self._place(request.word("pageToken"))
        most = request.number("maxResults", 100, 500)
        hidden = frozenset() if request.word("includeSpamTrash") == "true" else KEPT_OUT - set(wanted)
        found: list[dict[str, str]] = []
        while end > 0 and len(found) < most:
            end -= 1
            id = self._order[end][1]
            labels = self._messages[id]["labels"]
            if labels.issuperset(wanted) and labels.isdisjoint(hidden):
                found.append({"id": id, "threadId": id})
        more = {"nextPageToken": f"p{self._order[end][0]}"} if end > 0 else {}
        return {**({"messages": found} if found else {}), **more, "resultSizeEstimate": len(found)}

    def _found(self, searched: str) -> Any:
        """The one operator that is used: the Message-ID (https://support.google.com/mail/answer/7190)."""
        operator, _, word = searched.partition(":")
        assert operator == "rfc822msgid", searched
        ids = [id for id, one in self._messages.items() if f"<{word}>".encode() in base64.urlsafe_b64decode(one["raw"])]
        return {**({"messages": [{"id": id, "threadId": id} for id in ids]} if ids else {}), "resultSizeEstimate": len(ids)}

    def _place(self, token: str) -> int:
        if not token:
            return len(self._order)
        if not re.fullmatch(r"p\d+", token):
            raise Fault(400, "invalidArgument", "Invalid pageToken")
        return bisect_left(self._order, (int(token[1:]), ""))

    def _get(self, request: Request, id: str) -> Any:
        request.need(*READ)
        request.only("format", "metadataHeaders")
        one = self._known(id)
        shown = {
            "id": id,
            "threadId": id,
            "labelIds": sorted(one["labels"]),
            "historyId": one["history"],
            "internalDate": str(one["at"]),
            "sizeEstimate": one["size"],
            "snippet": "",
        }
        form = request.word("format", "full")
        if form not in {"raw", "minimal", "full", "metadata"}:
            raise Fault(400, "invalidArgument", "Invalid format")
        return shown | ({"raw": one["raw"]} if form == "raw" else {})

    def _history_list(self, request: Request) -> Any:
        request.need(*READ)
        request.only("startHistoryId", "maxResults", "pageToken", "labelId", "historyTypes")
        start = request.word("startHistoryId")
        if not start.isdigit():
            raise Fault(400, "invalidArgument", "Invalid startHistoryId")
        if not self._since <= int(start) <= self._now:
            raise Fault(404, "notFound", "Requested entity was not found.")
        later = [one for one in self._records if int(one["id"]) > int(start)]
        offset, most = int(request.word("pageToken") or 0), request.number("maxResults", 100, 500)
        more = {"nextPageToken": str(offset + most)} if offset + most < len(later) else {}
        page = later[offset : offset + most]
        return {**({"history": page} if page else {}), **more, "historyId": str(self._now)}

    def _modify(self, request: Request, id: str) -> Any:
        request.need("gmail.modify")
        request.only()
        self._fields(request.body, "addLabelIds", "removeLabelIds")
        self._known(id)
        add, remove = request.body.get("addLabelIds", []), request.body.get("removeLabelIds", [])
        if strange := (set(add) | set(remove)) - set(SYSTEM) - set(self.labels):
            raise Fault(400, "invalidArgument", f"Invalid label: {sorted(strange)[0]}")
        self.mark(id, add, remove)
        return {"id": id, "threadId": id, "labelIds": sorted(self._messages[id]["labels"])}

    def _draft(self, request: Request) -> Any:
        request.need("gmail.compose", "gmail.modify")
        request.only()
        self._fields(request.body, "message")
        message = self.put(self._raw(request.body["message"]), ("DRAFT",))
        id = f"r{len(self._drafts) + 1}"
        self._drafts[id] = message
        return {"id": id, "message": {"id": message, "threadId": message, "labelIds": ["DRAFT"]}}

    def _drop_draft(self, request: Request, id: str) -> Any:
        request.need("gmail.compose", "gmail.modify")
        if id not in self._drafts:
            raise Fault(404, "notFound", "Requested entity was not found.")
        self.drop(self._drafts.pop(id))

    def _send(self, request: Request) -> Any:
        request.need("gmail.send", "gmail.compose", "gmail.modify")
        request.only()
        raw = self._raw(request.body)
        if b"\nTo:" not in b"\n" + raw and b"\nto:" not in b"\n" + raw:
            raise Fault(400, "invalidArgument", "Recipient address required")
        id = self.put(raw, ("SENT",))
        self.sent.append({**request.body, "id": id, "raw": raw})
        return {"id": id, "threadId": request.body.get("threadId", id), "labelIds": ["SENT"]}

    # --- parts -----------------------------------------------------------------------------------------------------------------

    def _record(self, id: str, **what: Any) -> None:
        self._now = next(self._history)
        self._messages[id]["history"] = str(self._now)
        named = {"id": id, "threadId": id}
        shown = {key: [{"message": named, **one} for one in some] for key, some in what.items()}
        self._records.append(json.loads(json.dumps({"id": str(self._now), "messages": [named], **shown})))

    def _known(self, id: str) -> dict[str, Any]:
        if id not in self._messages:
            raise Fault(404, "notFound", "Requested entity was not found.")
        return self._messages[id]

    def _raw(self, message: Any) -> bytes:
        self._fields(message, "raw", "threadId")
        return base64.urlsafe_b64decode(message["raw"])

    @staticmethod
    def _fields(body: Any, *known: str) -> None:
        if not isinstance(body, dict) or (strange := set(body) - set(known)):
            raise Fault(400, "invalidArgument", f"Invalid JSON payload received. Unknown name {strange}")


_METHODS = (
    ("GET", "/profile", Mailbox._profile),
    ("GET", "/labels", Mailbox._labels),
    ("GET", "/messages", Mailbox._list),
    ("GET", "/messages/([0-9a-f]+)", Mailbox._get),
    ("GET", "/history", Mailbox._history_list),
    ("POST", "/messages/([0-9a-f]+)/modify", Mailbox._modify),
    ("POST", "/messages/send", Mailbox._send),
    ("POST", "/drafts", Mailbox._draft),
    ("DELETE", "/drafts/(r[0-9]+)", Mailbox._drop_draft),
)
