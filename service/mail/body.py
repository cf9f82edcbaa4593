"""Which parts of a message a person reads, and which are attachments (after RFC 8621, section 4.1.4)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from service.domain.items import Attachment, Link
from service.mail import attachments, charsets, flowed, invisible, limits, visible
from service.mail.mime import Part
from service.mail.reply import reply_of, reply_text

_READ = frozenset({"text/plain", "text/html", "text/markdown"})
_CALENDAR = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_ENRICHED = frozenset({"text/enriched", "text/richtext"})
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"<?\b(?:https?|ftp|mailto|cid|tel):[^\s<>]*>?|\bwww\.[^\s<>]+", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_TELLING_WORDS = 5
"""Words of the plain form that the HTML lacks, from which on the two say different things."""
_SAID_IN_TEXT = ("image", "cid", "mailto", "https", "http", "www", "inline")


@dataclass(slots=True)
class Block:
    text: str
    reply: str
    links: tuple[Link, ...] = ()
    hidden: int = 0
    pictures: tuple[str, ...] = ()
    hidden_texts: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(slots=True)
class Body:
    blocks: list[Block] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)  # their parts, in the same order
    messages: list[Part] = field(default_factory=list)  # attached messages, outermost first
    calendars: list[Part] = field(default_factory=list)
    why: str = ""  # of several forms of the same words this one was read
    noticed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    enriched: Part | None = None  # the first of its kind: read where nothing else can be
    budget: int = 4 * limits.TEXT_BYTES  # encoded bytes of text still to be read
    nodes: int = limits.HTML_NODES  # of HTML still to be read


def read(root: Part) -> Body:
    body = Body()
    body.blocks = _blocks(root, body, first=True, related=False)
    if not body.blocks and body.enriched is not None:
        body.blocks = [_plain(body.enriched, body)]
    return body


def _blocks(part: Part, body: Body, *, first: bool, related: bool) -> list[Block]:
    if part.media_type == "multipart/alternative" and part.children:
        return _alternative(part, body)
    if part.is_multipart:
        return _sequence(part, body)
    if part.children:  # an attached message
        body.messages.append(part.children[0])
    if part.media_type in _ENRICHED and body.enriched is None:
        body.enriched = part
    if part.media_type in _CALENDAR or part.filename.lower().endswith((".ics", ".vcs")):
        body.calendars.append(part)
    if not _is_read(part, first=first, related=related):
        body.attachments.append(attachments.describe(part, body.noticed))
        body.attached.append(part)
        return []
    return [_html(part, body) if part.media_type == "text/html" else _plain(part, body)]


def _is_read(part: Part, *, first: bool, related: bool) -> bool:
    if part.disposition == "attachment" or part.media_type not in _READ:
        return False
    return first or not (part.filename or related)


def _sequence(part: Part, body: Body) -> list[Block]:
    """A multipart's parts one after the other. Of related parts only the root is read (RFC 2387), of signed ones the first."""
    if not part.children:  # no part was ever found: what stands there is text
        return [_plain(part, body)] if bytes(part.body[:1]) else []
    related = part.media_type == "multipart/related"
    found: list[Block] = []
    root = _root_of(part) if related else 0
    for number, child in enumerate(part.children):
        found += _blocks(child, body, first=number == root, related=related)
    return found


def _root_of(part: Part) -> int:
    start = part.params.get("start", "").strip("<> ")
    ids = [child.headers.raw("content-id").strip("<> ") for child in part.children]
    return ids.index(start) if start and start in ids else 0


def _alternative(part: Part, body: Body) -> list[Block]:
    """One of several forms of the same words: the last a client can show (RFC 2046, section 5.1.4).

    The plain form is taken where it says nothing that the HTML does not show, for it is better to quote from.
    """
    plain: list[Block] = []
    rich: list[Block] = []
    plain_is_last = False
    for child in part.children:
        found = _blocks(child, body, first=True, related=False)
        if child.media_type in {"text/plain", "text/markdown"}:
            plain += found
            plain_is_last = any(block.text for block in found)
        elif found:
            rich += found
            plain_is_last = False
    plain = [block for block in plain if block.text.strip()]
    if not rich or not any(block.text.strip() for block in rich):
        return plain or rich
    if plain and (plain_is_last or _agree(plain, rich, body)):
        body.why = "the plain text, which stands last" if plain_is_last else "the plain text, which says all that the HTML shows"
        return [_with_links(plain, rich)]
    body.why = "the HTML, which says more than the plain text" if plain else ""
    return rich


def _with_links(plain: list[Block], rich: list[Block]) -> Block:
    return Block(
        "\n\n".join(b.text for b in plain),
        "\n\n".join(b.reply for b in plain).strip(),
        tuple(link for b in rich for link in b.links) or tuple(link for b in plain for link in b.links),
        sum(b.hidden for b in (*plain, *rich)),
        hidden_texts=tuple(text for b in (*plain, *rich) for text in b.hidden_texts),
        parts=tuple(part for b in plain for part in b.parts),
    )


def _agree(plain: list[Block], rich: list[Block], body: Body) -> bool:
    """Every word of the plain form is seen in the HTML, and of the HTML's at most one in twenty is missing from it."""
    said, seen = " ".join(b.text for b in plain), " ".join(b.text for b in rich)
    if _squeezed(said) == _squeezed(seen):
        return True
    extra = " ".join([f"{link.text} {link.target}" for b in rich for link in b.links] + [p for b in rich for p in b.pictures])
    said_words = Counter(_WORD.findall(_ADDRESS.sub(" ", said).lower()))
    seen_words = Counter(_WORD.findall(_ADDRESS.sub(" ", seen).lower()))
    unseen = said_words - seen_words - Counter({w: n for w in _SAID_IN_TEXT for n in (99,)})
    elsewhere = set(_WORD.findall(extra.lower()))
    strange = sum(count for word, count in unseen.items() if word not in elsewhere)
    if strange:
        if strange >= max(_TELLING_WORDS, sum(said_words.values()) // 5):
            body.noticed.append("its plain text says what its HTML does not show; the HTML was read")
        return False
    unsaid = seen_words - said_words
    size, labels = sum(seen_words.values()), set(_WORD.findall(" ".join(link.text for b in rich for link in b.links).lower()))
    named = sum(count for word, count in unsaid.items() if word in labels)  # where the plain form has only the address
    return named <= max(3, size // 10) and sum(unsaid.values()) - named <= size // 20


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(text))


def _text_of(part: Part, body: Body) -> tuple[bytes, str]:
    cap = min(limits.TEXT_BYTES, body.budget)
    if len(part.body) > cap:
        body.problems.append(f"a text part of {len(part.body)} bytes was read only to {cap}")
    data = part.decoded(cap)
    body.budget -= min(len(part.body), cap)
    charset = part.params.get("charset", "")
    if charset and charsets.codec_for(charset) is None:
        body.problems.append(f"unknown character set {charset[:40]!r}")
    return data, charset


def _plain(part: Part, body: Body) -> Block:
    data, charset = _text_of(part, body)
    text = charsets.decode(data, charset)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.media_type in _ENRICHED:
        text = re.sub(r"<[^<>\n]{1,60}>", "", text.replace("<nl>", "\n").replace("<<", "<"))
    elif "format" in part.params and part.params["format"].lower() == "flowed":
        text = flowed.unflow(text, delsp=part.params.get("delsp", "").lower() == "yes")
    cleaned = invisible.clean(text)
    text = cleaned.text.strip("\n").rstrip()
    return Block(text, reply_text(text), visible.links_in_text(text), cleaned.hidden, parts=(part,))


def _html(part: Part, body: Body) -> Block:
    data, charset = _text_of(part, body)
    if not charset:
        meta = _META_CHARSET.search(data[:4096])
        charset = meta[1].decode("ascii") if meta else ""
    html = charsets.decode(data, charset)
    page = visible.Page(html, max(body.nodes, 0))
    body.nodes -= page.tags
    body.problems += page.problems
    seen = page.see()
    return Block(seen.text, reply_of(page, seen.text, html), seen.links, seen.hidden, seen.pictures, seen.hidden_texts, (part,))
