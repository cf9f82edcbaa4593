"""format=flowed (RFC 3676): lines that a sender's client broke are put together again."""

from __future__ import annotations


def unflow(text: str, *, delsp: bool) -> str:
    out: list[str] = []
    held, held_depth = "", -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        if held_depth >= 0 and (depth != held_depth or content == "-- "):
            out.append(_quoted(held, held_depth))
            held, held_depth = "", -1
        held, held_depth = held + (content[:-1] if soft and delsp else content), depth
        if not soft:
            out.append(_quoted(held, depth))
            held, held_depth = "", -1
    if held_depth >= 0:
        out.append(_quoted(held, held_depth))
    return "\n".join(out)


def _quoted(text: str, depth: int) -> str:
    return f"{'>' * depth} {text}" if depth else text
