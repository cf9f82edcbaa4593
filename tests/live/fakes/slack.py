"""Slack's Web API as far as a reader and poster needs it, strict: from its published reference, https://docs.slack.dev/reference/methods
(each method's page: arguments, scopes, errors, paging) and https://docs.slack.dev/apis/web-api/pagination. Socket Mode is beside it.

What is not in the reference is refused: an unknown method, argument, token, cursor or limit. It keeps no quotas: faults of that
kind come from the proxy before it.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qsl

from tests.live.fakes.slack_socket import Socket
from tests.live.loopback import Loopback

TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
ALL_SCOPES = frozenset(
    [f"{kind}:{right}" for kind in TYPES.values() for right in ("read", "history")]
    + ["users:read", "users:read.email", "usergroups:read", "search:read", "chat:write", "im:write"]
)
Given = dict[str, str]


class SlackError(Exception):
    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.said = {"ok": False, "error": code, **more}


@dataclass
class Token:
    user: str
    bot: bool = False
    scopes: frozenset[str] = ALL_SCOPES
    error: str = ""  # "token_revoked" …


@dataclass
class Room:
    id: str
    name: str
    kind: str = "public_channel"
    members: set[str] = field(default_factory=set)
    order: list[str] = field(default_factory=list)  # ts of what its history lists, ascending
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    replies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class FakeSlack:
    """`with FakeSlack() as slack: …` with `slack.port`; what is in it is changed by calling it."""

    def __init__(self) -> None:
        self.tokens: dict[str, Token] = {}
        self.app_tokens: set[str] = set()
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        self.rooms: dict[str, Room] = {}
        self.most = 1000
        """Objects an answer, whatever is asked for: 15 for distributed apps outside of the Marketplace."""
        self.cursors = True
        """Whether history gives a cursor to the next answer; without, it is paged by `latest` alone."""
        self.socket = Socket()
        self.heard: list[Callable[[dict[str, Any]], None]] = []
        """Called with each event, as a doorbell is."""
        self._count = 0
        self._lock = threading.Lock()
        self._server = Loopback(_handler(self))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self._server.shutdown()
        self._server.server_close()

    # --- what a workspace does ------------------------------------------------------------------------------------------------

    def add_user(self, id: str, handle: str, name: str, email: str) -> None:
        profile = {"real_name": name, "display_name": handle, "email": email}
        self.users[id] = {"id": id, "team_id": "T1", "name": handle, "real_name": name, "profile": profile, "is_bot": False}

    def add_room(self, id: str, name: str, kind: str = "public_channel", members: tuple[str, ...] = ()) -> Room:
        self.rooms[id] = Room(id, name, kind, set(members))
        return self.rooms[id]

    def say(self, room: str, ts: str, user: str, text: str, thread: str = "", **more: Any) -> dict[str, Any]:
        place = self.rooms[room]
        message: dict[str, Any] = {"type": "message", "user": user, "text": text, "ts": ts, "team": "T1", **more}
        if thread:
            message["thread_ts"] = thread
            answers = place.replies.setdefault(thread, [])
            answers.append(message)
            self._tell_root(place, thread)
        else:
            place.messages[ts] = message
            place.order.insert(bisect_left(place.order, ts), ts)
        self._ring({"type": "message", **message, "channel": room})
        return message

    def edit(self, room: str, ts: str, text: str) -> None:
        message = self._message(self.rooms[room], ts)
        before = dict(message)
        message.update(text=text, edited={"user": message["user"], "ts": f"{float(ts) + 1:.6f}"})
        event = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": room}
        self._ring({**event, "message": message, "previous_message": before, "ts": ts})

    def delete(self, room: str, ts: str) -> None:
        place = self.rooms[room]
        message = self._message(place, ts)
        root = message.get("thread_ts")
        if root and root != ts:
            place.replies[root].remove(message)
            self._tell_root(place, root)
        elif place.replies.get(ts):  # its place is kept for the answers
            message.update(subtype="tombstone", text="This message was deleted.", user="USLACKBOT", hidden=True)
        else:
            del place.messages[ts]
            place.order.remove(ts)
        event = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": room, "deleted_ts": ts}
        self._ring({**event, "previous_message": message, "ts": ts})

    def _tell_root(self, place: Room, root: str) -> None:
        answers = place.replies[root]
        first = place.messages[root]
        for key in ("thread_ts", "reply_count", "reply_users_count", "latest_reply"):
            first.pop(key, None)
        if answers:
            people = len({one["user"] for one in answers})
            first.update(thread_ts=root, reply_count=len(answers), reply_users_count=people, latest_reply=answers[-1]["ts"])

    def _message(self, place: Room, ts: str) -> dict[str, Any]:
        if ts in place.messages:
            return place.messages[ts]
        found = [one for answers in place.replies.values() for one in answers if one["ts"] == ts]
        if not found:
            raise SlackError("message_not_found")
        return found[0]

    def _ring(self, event: dict[str, Any]) -> None:
        for hear in self.heard:
            hear(event)
        self.socket.send({"type": "event_callback", "team_id": "T1", "event": {**event, "event_ts": event["ts"]}})

    # --- the methods ------------------------------------------------------------------------------------------------------------

    def answer(self, method: str, bearer: str, given: Given) -> dict[str, Any]:
        if method == "apps.connections.open":
            if bearer not in self.app_tokens:
                raise SlackError("invalid_auth" if bearer else "not_authed")
            return {"ok": True, "url": self.socket.open()}
        if method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        arguments, scope, run = METHODS[method]
        token = self._token(bearer)
        if unknown := set(given) - arguments.keys():
            raise SlackError("invalid_arguments", response_metadata={"messages": [f"unknown {name}" for name in sorted(unknown)]})
        if any(name not in given for name, needed in arguments.items() if needed):
            raise SlackError("invalid_arguments")
        need(token, scope)
        with self._lock:
            return {"ok": True, **run(self, token, given)}

    def _token(self, bearer: str) -> Token:
        if not bearer:
            raise SlackError("not_authed")
        if bearer not in self.tokens:
            raise SlackError("invalid_auth")
        if error := self.tokens[bearer].error:
            raise SlackError(error)
        return self.tokens[bearer]

    def room(self, token: Token, given: Given, right: str) -> Room:
        place = self.rooms.get(given["channel"])
        if place is None:
            raise SlackError("channel_not_found")
        need(token, f"{TYPES[place.kind]}:{right}")
        if token.user not in place.members:
            raise SlackError("not_in_channel" if place.kind == "public_channel" else "channel_not_found")
        return place

    def auth_test(self, token: Token, _: Given) -> dict[str, Any]:
        user = self.users[token.user]
        more = {"bot_id": "B1"} if token.bot else {}
        return {
            "url": "https://acme.slack.com/",
            "team": "Acme",
            "team_id": "T1",
            "user": user["name"],
            "user_id": user["id"],
            **more,
        }

    def auth_revoke(self, token: Token, _: Given) -> dict[str, Any]:
        token.error = "token_revoked"
        return {"revoked": True}

    def users_list(self, token: Token, given: Given) -> dict[str, Any]:
        return self.page("members", [self.shown(token, one) for one in self.users.values() if one["team_id"] == "T1"], given)

    def users_info(self, token: Token, given: Given) -> dict[str, Any]:
        if given["user"] not in self.users:
            raise SlackError("user_not_found")
        return {"user": self.shown(token, self.users[given["user"]])}

    def users_lookup(self, token: Token, given: Given) -> dict[str, Any]:
        found = [one for one in self.users.values() if one["profile"].get("email") == given["email"].lower()]
        if not found:
            raise SlackError("users_not_found")
        return {"user": self.shown(token, found[0])}

    def shown(self, token: Token, user: dict[str, Any]) -> dict[str, Any]:
        """With the e-mail only for those who may see it."""
        profile = {k: v for k, v in user["profile"].items() if k != "email" or "users:read.email" in token.scopes}
        return {**user, "profile": profile}

    def usergroups_list(self, token: Token, given: Given) -> dict[str, Any]:
        users = given.get("include_users") in {"1", "true"}
        return {"usergroups": [{k: v for k, v in one.items() if users or k != "users"} for one in self.groups.values()]}

    def users_conversations(self, token: Token, given: Given) -> dict[str, Any]:
        asked = given.get("types", "public_channel").split(",")
        if not set(asked) <= TYPES.keys():
            raise SlackError("invalid_types")
        need(token, *(f"{TYPES[kind]}:read" for kind in asked))
        mine = [one for one in self.rooms.values() if token.user in one.members and one.kind in asked]
        return self.page("channels", [_listed(one, token.user) for one in mine], given)

    def conversations_members(self, token: Token, given: Given) -> dict[str, Any]:
        return self.page("members", sorted(self.room(token, given, "read").members), given)

    def conversations_open(self, token: Token, given: Given) -> dict[str, Any]:
        pair = {token.user, given["users"]}
        found = next((one for one in self.rooms.values() if one.kind == "im" and one.members == pair), None)
        return {"channel": {"id": (found or self.add_room(f"D{len(self.rooms)}", "", "im", tuple(pair))).id}}

    def conversations_history(self, token: Token, given: Given) -> dict[str, Any]:
        place = self.room(token, given, "history")
        limit = self.limit(given, 100, 999)
        cut = bisect_right if given.get("inclusive") in {"1", "true"} else bisect_left
        end = cut(place.order, given["latest"]) if given.get("latest") else len(place.order)
        floor = bisect_left if cut is bisect_right else bisect_right
        start = floor(place.order, given["oldest"]) if given.get("oldest") else 0
        if before := _opened(given, "next_ts"):
            end = min(end, bisect_left(place.order, before))
        listed = place.order[max(start, end - limit) : end][::-1]
        more = end - limit > start
        metadata = given.get("include_all_metadata") in {"1", "true"}
        messages = [_shown(place.messages[ts], metadata) for ts in listed]
        following = {"response_metadata": {"next_cursor": _sealed("next_ts", listed[-1])}} if more and self.cursors else {}
        return {"messages": messages, "has_more": more, "pin_count": 0, **following}

    def conversations_replies(self, token: Token, given: Given) -> dict[str, Any]:
        place = self.room(token, given, "history")
        if given["ts"] not in place.messages:
            raise SlackError("thread_not_found")
        whole = [place.messages[given["ts"]], *place.replies.get(given["ts"], [])]
        return self.page("messages", whole, given)

    def search_messages(self, token: Token, given: Given) -> dict[str, Any]:
        if token.bot:
            raise SlackError("not_allowed_token_type")
        if given.get("sort", "score") not in {"score", "timestamp"} or int(given.get("count", "20")) > 100:
            raise SlackError("invalid_arguments")
        after = re.fullmatch(r"after:(\d{4}-\d{2}-\d{2})", given["query"])
        if after is None:
            raise SlackError("invalid_arguments")
        from datetime import UTC, datetime, timedelta

        start = f"{(datetime.fromisoformat(after[1]).replace(tzinfo=UTC) + timedelta(days=1)).timestamp():.6f}"
        count = int(given.get("count", "20"))
        found: list[tuple[str, Room, dict[str, Any]]] = []
        for place in self.rooms.values():
            if token.user in place.members:
                found += [(ts, place, place.messages[ts]) for ts in place.order[-count:]]
                found += [(one["ts"], place, one) for answers in place.replies.values() for one in answers[-count:]]
        newest = sorted((one for one in found if one[0] >= start), key=lambda one: one[0], reverse=True)[:count]
        return {"query": given["query"], "messages": {"total": len(newest), "matches": [_match(*one) for one in newest]}}

    def chat_post(self, token: Token, given: Given) -> dict[str, Any]:
        place = self.rooms.get(given["channel"]) or next(
            (r for r in self.rooms.values() if r.name == given["channel"].lstrip("#")), None
        )
        if place is None:
            raise SlackError("channel_not_found")
        if token.user not in place.members:
            raise SlackError("not_in_channel")
        if not given.get("text"):
            raise SlackError("no_text")
        try:
            metadata = json.loads(given.get("metadata", "null"))
        except ValueError:
            raise SlackError("invalid_metadata_format") from None
        self._count += 1
        more = {"metadata": metadata} if metadata else {}
        ts = f"1778580000.{self._count:06d}"
        message = self.say(place.id, ts, token.user, given["text"], given.get("thread_ts", ""), **more)
        return {"channel": place.id, "ts": ts, "message": message}

    def chat_delete(self, token: Token, given: Given) -> dict[str, Any]:
        place = self.rooms.get(given["channel"])
        if place is None:
            raise SlackError("channel_not_found")
        if self._message(place, given["ts"])["user"] != token.user:
            raise SlackError("cant_delete_message")
        self.delete(place.id, given["ts"])
        return {"channel": place.id, "ts": given["ts"]}

    def chat_permalink(self, token: Token, given: Given) -> dict[str, Any]:
        place = self.rooms.get(given["channel"])
        if place is None:
            raise SlackError("channel_not_found")
        message = self._message(place, given["message_ts"])
        return {"channel": place.id, "permalink": _link(place, message)}

    # --- paging -------------------------------------------------------------------------------------------------------------------

    def limit(self, given: Given, usual: int, most: int) -> int:
        asked = given.get("limit", str(usual))
        if not asked.isdigit() or not 0 < int(asked) <= most:
            raise SlackError("invalid_limit")
        return min(int(asked), self.most)

    def page(self, key: str, whole: list[Any], given: Given) -> dict[str, Any]:
        limit, start = self.limit(given, 100, 1000), int(_opened(given, "at") or "0")
        more = start + limit < len(whole)
        following = _sealed("at", str(start + limit)) if more else ""
        return {key: whole[start : start + limit], "has_more": more, "response_metadata": {"next_cursor": following}}


Method = tuple[dict[str, bool], str, Callable[[FakeSlack, Token, Given], dict[str, Any]]]
_PAGED = {"cursor": False, "limit": False}
_SPAN = {"latest": False, "oldest": False, "inclusive": False, "include_all_metadata": False}
METHODS: dict[str, Method] = {
    # its arguments (True: required), the scope that it always needs, and what it does
    "auth.test": ({}, "", FakeSlack.auth_test),
    "auth.revoke": ({"test": False}, "", FakeSlack.auth_revoke),
    "users.list": (_PAGED | {"include_locale": False}, "users:read", FakeSlack.users_list),
    "users.info": ({"user": True, "include_locale": False}, "users:read", FakeSlack.users_info),
    "users.lookupByEmail": ({"email": True}, "users:read.email", FakeSlack.users_lookup),
    "usergroups.list": (
        dict.fromkeys(("include_count", "include_disabled", "include_users"), False),
        "usergroups:read",
        FakeSlack.usergroups_list,
    ),
    "users.conversations": (
        _PAGED | dict.fromkeys(("exclude_archived", "types", "user"), False),
        "",
        FakeSlack.users_conversations,
    ),
    "conversations.members": (_PAGED | {"channel": True}, "", FakeSlack.conversations_members),
    "conversations.open": ({"users": True, "return_im": False}, "im:write", FakeSlack.conversations_open),
    "conversations.history": (_PAGED | _SPAN | {"channel": True}, "", FakeSlack.conversations_history),
    "conversations.replies": (_PAGED | _SPAN | {"channel": True, "ts": True}, "", FakeSlack.conversations_replies),
    "search.messages": (
        {"query": True, **dict.fromkeys(("count", "cursor", "highlight", "page", "sort", "sort_dir"), False)},
        "search:read",
        FakeSlack.search_messages,
    ),
    "chat.postMessage": (
        {"channel": True, **dict.fromkeys(("text", "metadata", "thread_ts", "unfurl_links", "unfurl_media", "blocks"), False)},
        "chat:write",
        FakeSlack.chat_post,
    ),
    "chat.delete": ({"channel": True, "ts": True}, "chat:write", FakeSlack.chat_delete),
    "chat.getPermalink": ({"channel": True, "message_ts": True}, "", FakeSlack.chat_permalink),
}


def need(token: Token, *scopes: str) -> None:
    missing = [scope for scope in scopes if scope and scope not in token.scopes]
    if missing:
        raise SlackError("missing_scope", needed=",".join(missing), provided=",".join(sorted(token.scopes)))


def _listed(room: Room, viewer: str) -> dict[str, Any]:
    if room.kind == "im":
        return {"id": room.id, "is_im": True, "user": next(iter(room.members - {viewer}), viewer), "is_user_deleted": False}
    private = room.kind != "public_channel"
    flags = {"is_channel": not private, "is_group": private, "is_mpim": room.kind == "mpim", "is_private": private}
    return {"id": room.id, "name": room.name, "is_im": False, "is_archived": False, **flags}


def _shown(message: Mapping[str, Any], metadata: bool) -> dict[str, Any]:
    return {k: v for k, v in message.items() if metadata or k != "metadata"}


def _match(ts: str, room: Room, message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "message",
        "channel": {"id": room.id, "name": room.name},
        "ts": ts,
        "permalink": _link(room, message),
        "text": "…",
    }


def _link(room: Room, message: Mapping[str, Any]) -> str:
    link = f"https://acme.slack.com/archives/{room.id}/p{message['ts'].replace('.', '')}"
    root = message.get("thread_ts", message["ts"])
    return link if root == message["ts"] else f"{link}?thread_ts={root}&cid={room.id}"


def _sealed(name: str, value: str) -> str:
    return base64.b64encode(f"{name}:{value}".encode()).decode()


def _opened(given: Given, name: str) -> str:
    cursor = given.get("cursor", "")
    if not cursor:
        return ""
    try:
        kind, _, value = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError:
        kind = value = ""
    if kind != name or not value:
        raise SlackError("invalid_cursor")
    return value


def _handler(slack: FakeSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            kind = self.headers.get("Content-Type", "")
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
            try:
                given = (
                    json.loads(data or "{}")
                    if kind.startswith("application/json")
                    else dict(parse_qsl(data, keep_blank_values=True))
                )
                said = slack.answer(
                    self.path.removeprefix("/api/"), bearer, given
                )  # a token in the address is refused since 2021
            except SlackError as error:
                said = error.said
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler
