"""The sample's Slack export, in the shape Slack unpacks to."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from service.sample.content import ZONE, Content

_MENTION = re.compile(r"<@(\w+)>")


def write_chat(content: Content, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    chats: dict[str, Any] = content.workspace["chat"]
    _dump(folder / "users.json", [_user(content, who) for who in content.people])
    rooms = [name for name in chats if not name.startswith("@")]
    members = [_user_id(who) for who in ("mara", "jonas", "priya", "lena", "tom")]
    _dump(folder / "channels.json", [{"id": _room_id(n), "name": n, "members": members} for n in rooms])
    directs = [name for name in chats if name.startswith("@")]
    _dump(folder / "dms.json", [{"id": _room_id(n), "members": [_user_id("mara"), _user_id(n[1:])]} for n in directs])
    for name, posts in chats.items():
        days: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for post in posts:
            _add(content, post, days)
        room = folder / (_room_id(name) if name.startswith("@") else name)
        room.mkdir(exist_ok=True)
        for day, written in days.items():
            _dump(room / f"{day}.json", sorted(written, key=lambda p: str(p["ts"])))


def _add(content: Content, post: dict[str, Any], days: dict[str, list[dict[str, Any]]], root: str = "") -> None:
    at = content.at(post["at"])
    ts = f"{at.timestamp():.6f}"
    text = _MENTION.sub(lambda found: f"<@{_user_id(found[1])}>", post["text"])
    written = {"type": "message", "user": _user_id(post["by"]), "text": text, "ts": ts}
    if root or post.get("replies"):
        written["thread_ts"] = root or ts
    days[at.astimezone(ZONE).date().isoformat()].append(written)
    for reply in post.get("replies", ()):
        _add(content, reply, days, root=ts)


def _user(content: Content, who: str) -> dict[str, Any]:
    name, email = content.address(who)
    return {
        "id": _user_id(who),
        "name": who,
        "real_name": name,
        "profile": {"real_name": name, "display_name": name, "email": email},
    }


def _user_id(who: str) -> str:
    return f"U{who.upper():0<8}"


def _room_id(name: str) -> str:
    kind = "D" if name.startswith("@") else "C"
    return f"{kind}{name.strip('@').replace('-', '').upper():0<10}"


def _dump(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
