"""The tables of docs/config.md, made from the schema. `python -m tests.reference` writes them anew; a test compares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.settings import schema
from service.settings.server import PREFIX, Server

PAGE = Path(__file__).parents[1] / "docs" / "config.md"
HEAD = "| key | meaning | default | example |\n|---|---|---|---|\n"
SERVER_HEAD = "| key | variable | meaning | default |\n|---|---|---|---|\n"
MARK = re.compile(r"(<!-- begin (?P<name>[\w. ]+) -->\n)(?P<table>.*?)(<!-- end -->)", re.DOTALL)


def tables() -> dict[str, str]:
    """By the name of its mark ("me", "source maildir", "cadence morning"): one row a key, nested keys with dots."""
    made = schema()
    top, defs = made["properties"], made["$defs"]
    found = {name: _table(_sections(top[name], defs)[0], defs) for name in ("me", "pause", "quiet", "budget", "keep")}
    found["rules"] = _table(_sections(top["rules"]["items"], defs)[0], defs)
    for what, union in (
        ("source", top["sources"]["items"]),
        ("channel", top["channels"]["additionalProperties"]),
        ("voice", top["voice"]),
    ):
        for kind, ref in union.get("discriminator", {}).get("mapping", {}).items():
            found[f"{what} {kind}"] = _table(_sections({"$ref": ref}, defs)[0], defs)
    for name, ref in top["cadences"]["properties"].items():
        found[f"cadence {name}"] = _table(_sections(ref, defs)[0], defs)
    found["server"] = SERVER_HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _server())
    return found


def _server() -> Iterator[tuple[str, str, str, str]]:
    for name, field in Server.model_fields.items():
        default = str(field.default) if isinstance(field.default, Path) else field.default
        shown = _code(default) if default not in (None, "", ".") else ""
        yield f"`{name}`", f"`{PREFIX}{name.upper()}`", _cell(field.description or ""), shown


def written(page: str) -> str:
    """The page with every table as it should be."""
    made = tables()

    def replace(mark: re.Match[str]) -> str:
        return mark[1] + made.get(mark["name"], mark["table"]) + mark[4]

    return MARK.sub(replace, page)


def keys(table: str) -> set[str]:
    return set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))


def _table(section: dict[str, Any], defs: dict[str, Any]) -> str:
    rows = "".join(f"| {' | '.join(row)} |\n" for row in _rows(section, defs, "", ()))
    about = " ".join(section.get("description", "").split())
    return f"{HEAD}{rows}" + (f"\n{about}\n" if about else "")


def _rows(
    section: dict[str, Any], defs: dict[str, Any], prefix: str, seen: tuple[str, ...]
) -> Iterator[tuple[str, str, str, str]]:
    for name, key in section["properties"].items():
        default = (
            "*required*"
            if name in section.get("required", ())
            else _code(key["default"])
            if key.get("default") not in (None, [], {}, "")
            else ""
        )
        example = _code(key["examples"][0]) if key.get("examples") else _example(key, defs)
        yield f"`{prefix}{name}`", _cell(key.get("description", "") + _words(key)), default, example
        for inner in _sections(key, defs):
            title = inner.get("title", "")
            if title not in seen and title != "Secret":
                yield from _rows(inner, defs, f"{prefix}{name}.", (*seen, section.get("title", ""), title))


def _sections(key: dict[str, Any], defs: dict[str, Any]) -> list[dict[str, Any]]:
    """The sections a key can hold, looked for through references, unions and lists; each once."""
    found: list[dict[str, Any]] = []
    for part in (key, *key.get("anyOf", ()), key.get("items", {})):
        if "$ref" in part:
            section = defs[part["$ref"].rpartition("/")[2]]
            found += [section] if section not in found and "properties" in section else []
        elif part and part is not key:
            found += [section for section in _sections(part, defs) if section not in found]
    return found


def _words(key: dict[str, Any]) -> str:
    """What may be written, where that is a list of words."""
    words = [word for part in (key, *key.get("anyOf", ()), key.get("items", {})) for word in part.get("enum", ()) if word]
    return f" ({', '.join(f'`{w}`' for w in dict.fromkeys(words))})" if words else ""


def _example(key: dict[str, Any], defs: dict[str, Any]) -> str:
    for part in (key, *key.get("anyOf", ())):
        if "const" in part:
            return _code(part["const"])
        if part.get("examples"):
            return _code(part["examples"][0])
        if part.get("$ref", "").endswith("/Secret"):
            return "`{env: NAME}`"
    return ""


def _code(value: Any) -> str:
    return f"`{_flow(value)}`".replace("|", "\\|")


def _flow(value: Any) -> str:
    """As one writes it in the file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9~/][^:#,{}\[\]\"*&!|>'%@`]*|[a-z0-9.]+@[a-z0-9.]+", value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
