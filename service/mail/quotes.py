"""Lines without those that quote somebody, and without the lines that say who is quoted."""

from __future__ import annotations

import re

from service.mail import phrases
from service.mail.signatures import signed_off, without_rule

_MARKED = re.compile(r"\s{0,3}(?:>|\|\s?>|[A-Z]{1,3}>(?:\s|>|\Z))")
_TELLING = frozenset(" \t>|*-_=\u2014\u2010")
"""How a line begins that may have to do with a quote; of others a colon or a mark tells."""
_RULED = frozenset({"--", "__", "==", "\u2014\u2014"})


def without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    lowered = "\n".join(lines).lower()
    asks = any(stem in lowered for stem in phrases.ABOVE_STEMS)
    quotes_bare = any(stem in lowered for stem in phrases.ORIGINAL_STEMS)
    ends = _attribution_ends(lines)
    starts = {start for end in ends for start in range(end - 5, end + 1)}
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line or (
            line[0] not in _TELLING
            and not (":" in line or ">" in line or "\uff1a" in line or at in starts or asks or quotes_bare)
        ):
            kept.append(line)
            at += 1
            continue
        if _forwards_here(lines, at):
            return kept + lines[at:]
        if asks and phrases.ABOVE.match(line[:200]):
            if any(kept):
                return signed_off(without_rule(kept))
            at += 1
            continue
        if _cuts_here(lines, at):
            if not _introduces_marked(lines, at):
                return signed_off(without_rule(kept))
            at += 1
            continue
        marked = _MARKED.match(line) and not _is_mirrored(line)
        end = _attribution(lines, at, ends) if at in starts and not marked else 0
        if end:
            kept = signed_off(kept)
            shared = phrases.SHARED_LINE.search(line[:400])
            if shared:
                kept.append(line[: shared.start()].rstrip(" -"))
            quoted = _next_words(lines, end)
            if quoted is None or not _MARKED.match(lines[quoted]):
                return kept
            at = _past_blanks(lines, _past_quote(lines, quoted), kept)
        elif marked:
            kept = signed_off(kept)
            at = _past_blanks(lines, _past_quote(lines, at), kept)
        else:
            kept.append(line)
            at += 1
    return signed_off(kept)


def _past_blanks(lines: list[str], at: int, kept: list[str]) -> int:
    """A quote that is left out leaves no hole."""
    if kept and kept[-1].strip():
        return at
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _forwards_here(lines: list[str], at: int) -> bool:
    line = lines[at]
    if len(line) > 120 or not (line.endswith((":", "\uff1a")) or line.lstrip(" *")[:2] in _RULED):
        return False
    lowered = line.lower()
    if not any(stem in lowered for stem in phrases.FORWARD_STEMS):
        return False
    if phrases.FORWARDED.match(line):
        return True
    following = _next_words(lines, at + 1) if phrases.FORWARDED_BARE.match(line) else None
    return following is not None and _header_block(lines, following)


def _attribution_ends(lines: list[str]) -> set[int]:
    """Lines that end like the last of an attribution: few, so that only the lines before them are looked at closely."""
    return {
        number
        for number, line in enumerate(lines)
        if line and (line.rstrip("-\u2014_*) ").endswith(phrases.ENDS) or (line[-1] == ">" and line.lstrip()[:4].isdigit()))
    }


def _cuts_here(lines: list[str], at: int) -> bool:
    line = lines[at][:400]
    if ("-" in line or "_" in line or "=" in line or "\u2014" in line or "\u2010" in line) and phrases.ORIGINAL.match(line):
        return True
    if line[:1] in "oOuUmM " and phrases.ORIGINAL_BARE.match(line):
        following = _next_words(lines, at + 1)
        return following is not None and _header_block(lines, following)
    colon = line.find(":")
    return (0 < (colon if colon >= 0 else line.find("\uff1a")) < 40) and _header_block(lines, at)


def _introduces_marked(lines: list[str], at: int) -> bool:
    """A rule that says "original message" above an attribution whose quote is marked: an answer may follow below."""
    following = _next_words(lines, at + 1)
    if following is None or not phrases.ORIGINAL.match(lines[at][:400]):
        return False
    end = _attribution(lines, following, _attribution_ends(lines[: following + 6]))
    return end > 0 and _quote_follows(lines, end)


def _header_block(lines: list[str], at: int) -> bool:
    """From/Sent/To/Subject in any language, two or more of them within a few lines, and something like a date or a mailbox."""
    first = phrases.LABEL.match(lines[at][:400])
    if first is None or first.lastgroup is None:
        return False
    if phrases.ONE_LINE_BLOCK.match(lines[at][:400]):
        return True
    kinds: set[str] = set()
    values: list[str] = []
    strangers = 0
    for line in lines[at : at + 12]:
        label = phrases.LABEL.match(line[:400])
        if label is None:
            strangers += 1
            values.append(line[:200])
            if strangers > 1 or (not line.strip() and len(kinds) > 1):
                break
            continue
        strangers = 0
        kinds |= {kind for kind in ("from", "date", "to", "subject", "cc") if label[kind]}
        values.append(label["value"])
    told = " ".join(values)
    if "from" not in kinds and not {"date", "to"} <= kinds and not {"date", "subject"} <= kinds:
        return False
    if len(kinds) < 2 or not (phrases.MAILBOX.search(told) or phrases.DATED.search(told)):
        return False
    return len(kinds) > 2 or "from" in kinds or bool(phrases.MAILBOX.search(told))


def _attribution(lines: list[str], at: int, ends: set[int]) -> int:
    """Where the line(s) saying who wrote the quote end, 0 if none starts here. Clients break them into up to six lines."""
    line = lines[at][:500]
    if at in ends and phrases.SHARED_LINE.search(line):
        following = _next_words(lines, at + 1)
        return at + 1 if following is not None and _MARKED.match(lines[following]) else 0
    if not (phrases.LEAD.match(line) or "@" in line or phrases.WROTE.search(line)):
        return 0
    if _bare_date_and_mailbox(line) and _quote_follows(lines, at + 1):
        return at + 1
    joined = ""
    for length in range(1, 7):
        if at + length > len(lines):
            return 0
        part = lines[at + length - 1][:300].strip()
        joined = f"{joined} {part}".strip()
        if len(joined) > 400 or (not part and length > 1 and not phrases.DATED.search(joined)):
            return 0
        if at + length - 1 in ends and _attributes(joined, strictly=not _quote_follows(lines, at + length)):
            return at + length
    return 0


def _attributes(text: str, *, strictly: bool) -> bool:
    """`strictly` where no marked quote follows: then the line alone must leave no doubt."""
    bare = text.strip("-\u2014_* \t")
    ends = bare.endswith((":", "\uff1a")) or phrases.WROTE.search(bare[-25:]) is not None
    if not ends:
        return False
    verb = phrases.WROTE.search(bare) or phrases.SENT.search(bare)
    dated, mailbox, lead = phrases.DATED.search(bare), phrases.MAILBOX.search(bare), phrases.LEAD.match(bare)
    if verb is None:
        return bool(phrases.NAMES_MAILBOX.match(bare)) if strictly else bool(dated and mailbox)
    if strictly:
        last = bare.endswith((":", "\uff1a")) or bare != text.strip()
        told = sum(sign is not None for sign in (phrases.DATE.search(bare), phrases.TIME.search(bare), mailbox))
        return (
            bool((lead and dated and last) or (told > 1 and (last or told > 2)) or (text.startswith("---") and last))
            and len(bare) < 250
            and not phrases.SENTENCE.search(bare)
        )
    return bool(lead and dated) or bool(mailbox) or bool(dated and verb) or text.startswith("--") or len(bare) < 80


def _bare_date_and_mailbox(line: str) -> bool:
    """Old Gmail: "2011/4/7 Name <mailbox>"."""
    return bool(re.match(r"\s*\d{4}[/-]\d{1,2}[/-]\d{1,2}\b.{0,120}<[^<>]+@[^<>]+>\s*:?\s*\Z", line))


def _quote_follows(lines: list[str], at: int) -> bool:
    following = _next_words(lines, at)
    return following is not None and bool(_MARKED.match(lines[following]))


def _next_words(lines: list[str], at: int) -> int | None:
    for number in range(at, min(at + 8, len(lines))):
        if lines[number].strip():
            return number
    return None


def _past_quote(lines: list[str], at: int) -> int:
    """Past marked lines, blank lines between them and lines that a link's wrapping tore out of the quote."""
    end = at
    while at < len(lines):
        if _MARKED.match(lines[at]):
            end = at = at + 1
            continue
        following = _next_words(lines, at + 1)
        torn = following is not None and _MARKED.match(lines[following]) and following <= at + 2
        if not lines[at].strip() and following is not None and (_MARKED.match(lines[following]) or at + 1 < len(lines)):
            upcoming = _next_words(lines, at)
            if upcoming is not None and _MARKED.match(lines[upcoming]):
                at = upcoming
                continue
            return end
        if torn and _is_torn(lines[at - 1], lines[at]):
            at += 1
            continue
        return end
    return end


def _is_torn(before: str, line: str) -> bool:
    opened = before.count("(") > before.count(")") or before.count("<") > before.count(">") - before.count("> ")
    return bool(re.match(r"\s*[(<]?https?://", line)) or (opened and line.rstrip().endswith((")", ">")))


def _is_mirrored(line: str) -> bool:
    """Whether it is an ornament such as ">>> so <<<"."""
    return line.endswith("<") and line.lstrip()[:1] == ">"
