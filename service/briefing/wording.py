"""Outside words made fit for one line, and small words for numbers and lists."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[^\s])")
_STOP = re.compile(r"[.!?…][\"”’)]*(?=\s)")
_GREETING = re.compile(
    r"(?:hi|hey|hello|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?"
    r"|bonjour|bonsoir|cher|chère|salut|hola|buenos días|buenas tardes|estimad[oa])\b[^.,?!:]{0,40}",
    re.IGNORECASE,
)
_BARE_NAME = re.compile(r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,2}")
_WORD = re.compile(r"\w{3,}")
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def clean(text: str) -> str:
    """On one line, without what a screen does not show or would act upon: control, format and surrogate characters."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    kept = "".join(
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"}
    )
    return _SPACE.sub(" ", kept).strip()


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words where there are any, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ") if not text[limit - 1].isspace() else -1
    return head[: cut if cut > limit // 2 else None].rstrip(" ,;:–—-.") + "…"


def breath(text: str, limit: int) -> str:
    """Fit to be said aloud: cut after a whole sentence where one ends in time, else between words."""
    text = clean(text)
    ends = [m.end() for m in _STOP.finditer(text[: limit + 1])] if len(text) > limit else []
    return text[: ends[-1]] if ends and ends[-1] > limit // 3 else clip(text, limit)


def quote(text: str, limit: int = 160) -> str:
    """Somebody's own words between quotation marks; marks inside become single ones, so that the outer pair stays theirs."""
    inner = clip(clean(text), limit).replace("“", "‘").replace("”", "’").replace("„", "‚")
    return f"“{inner}”"


def about(subject: str, said: str) -> str:
    """Reads as ' on “Term sheet”', where the words said don't tell themselves what they are about; else ""."""
    named = [w.casefold() for w in _WORD.findall(subject)]
    told = {w.casefold() for w in _WORD.findall(said)}
    return f" on {quote(subject, 50)}" if clean(subject) and sum(w in told for w in named) * 2 < max(1, len(named)) else ""


def requote(sentence: str, limit: int) -> str:
    """The sentence with its quotations shortened."""
    return re.sub(r"“([^”]*)”", lambda m: f"“{clip(m[1], limit)}”", sentence)


def lead(text: str) -> str:
    """The first sentence that says something: greetings and bare names before it are passed over; "" where there is none."""
    said: list[str] = []
    for raw in text[:4000].splitlines():
        line = clean(raw)
        if not said:
            line = _past_greeting(line)
        elif not line:
            break
        if line:
            said.append(line)
    return _SENTENCE_END.split(" ".join(said), maxsplit=1)[0].strip()


def _past_greeting(line: str) -> str:
    """What a line says after "Hi Mara,"; "" where it is a greeting, a name or decoration alone."""
    if (found := _GREETING.match(line)) and line[found.end() :][:1] in {"", ",", "!", ".", ":"}:
        line = line[found.end() :]
    else:
        head, comma, tail = line.partition(",")
        line = tail if comma and not tail and _BARE_NAME.fullmatch(head) else line
    line = line.lstrip(" ,!.:>*-–—#")
    return line if any(c.isalpha() for c in line) else ""


def count(number: int, one: str, many: str = "") -> str:
    """3, "newsletter" → "3 newsletters"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def spelt(number: int, one: str, many: str = "") -> str:
    """4, "meeting" → "four meetings"; figures above twelve."""
    word = _SMALL[number] if number < len(_SMALL) else str(number)
    return f"{word} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Reads as "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def sentence(text: str) -> str:
    """With a capital at its start and a mark at its end, which may stand inside a closing quotation. Addresses stay as they are."""
    first = text.partition(" ")[0]
    text = text if "@" in first else text[:1].upper() + text[1:]
    return text if text.rstrip("”").endswith((".", "!", "?", "…")) else text + "."
