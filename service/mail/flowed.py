"""format=flowed (RFC 3676): lines that a sender's client broke are put together again."""

from __future__ import annotations


def unflow(text: str, *, delsp: bool) -> str:
    out: list[str] = []
    held: list[str] = []
    held_depth = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        if held and (depth != held_depth or content == "-- "):
            out.append(_quoted("".join(held), held_depth))
            held = []
        held.append(content[:-1] if soft and delsp else content)
        held_depth = depth
        if not soft:
            out.append(_quoted("".join(held), depth))
            held = []
    if held:
        out.append(_quoted("".join(held), held_depth))
    return "\n".join(out)


def _quoted(text: str, depth: int) -> str:
    return f"{'>' * min(depth, 100)} {text}" if depth else text
