"""Whom a message, or one sentence of it, speaks to: me, somebody else by name, or everybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from service.domain.items import Message
from service.domain.people import Address, Person
from service.triage.sentences import Sentence


class Addressee(Enum):
    ME = "me"
    OTHER = "other"
    ALL = "all"


_NAME = r"@?[^\W\d_a-z][^\W\d_]+(?:[-'’][^\W\d_]+)?"
_VOCATIVE = re.compile(
    rf"(?:^|[–—]\s?|\s-+\s|[.;!?]\s)({_NAME}(?:\s{_NAME})?(?:\s*(?:&|,|/|and|und|et|y)\s*{_NAME})*)\s*[,:–—]\s*(?=\S)"
)
_MENTION = re.compile(rf"^({_NAME})\s(?:can|could|would|will|please|pls)\b")
_GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|liebe[rs]?|guten (?:tag|morgen)|sehr geehrte[rs]?(?: frau| herr)?|"
    r"bonjour|salut|cher|chère|bonsoir|hola|estimad[oa]s?|querid[oa]s?|buenos días|buenas tardes)\b[\s,]*(?P<names>[^\n,.!:;?]{0,60})|^\s*(?P<bare>[^\n,.!:;?]{1,50}),[ \t]*(?:\n|$)",
    re.IGNORECASE,
)
_EVERYBODY = re.compile(
    r"\b(?:all|everyone|everybody|team|folks|guys|colleagues|friends|y'all|both|alle|zusammen|kolleg\w+|team|damen und herren|tous|toutes|équipe|collègues|todos|todas|equipo|compañer\w+|customer|subscriber|members?|list)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def names_of(addresses: Sequence[Address]) -> frozenset[str]:
    """Words that may call these people: parts of their names and of their addresses, lower case."""
    found: set[str] = set()
    for a in addresses:
        found.update(w.lower() for w in _WORD.findall(a.name))
        found.update(w.lower() for w in _WORD.findall(a.email.partition("@")[0]) if len(w) > 2)
    return frozenset(found)


class Audience:
    """Of one message. What a sentence says by name outweighs the greeting, the greeting outweighs the headers."""

    def __init__(self, message: Message, me: Person, my_names: frozenset[str]) -> None:
        self._mine = my_names
        others = [a for a in (*message.to, *message.cc) if not me.is_me(a.email)]
        self._others = names_of(others) - my_names
        self._alone = not others
        self.whole = self._by_greeting(message.reply_text) or self._by_headers(message, me)

    def _by_headers(self, message: Message, me: Person) -> Addressee:
        to_me = any(me.is_me(a.email) for a in message.to)
        to_many = message.bulk.is_list or message.bulk.is_automated
        if to_me and not to_many:
            return Addressee.ME if len(message.to) <= 5 else Addressee.ALL
        if any(me.is_me(a.email) for a in message.cc):
            return Addressee.OTHER
        return Addressee.ALL if to_many or message.to else Addressee.ME

    def _by_greeting(self, text: str) -> Addressee | None:
        match = _GREETING.match(text)
        if not match:
            return None
        names = match["names"] if match["names"] is not None else match["bare"]
        called = {w.lower() for w in _WORD.findall(names)}
        if called & self._mine:
            return Addressee.ME
        if _EVERYBODY.search(names):
            return Addressee.ALL
        return Addressee.OTHER if called & self._others else None

    def of(self, sentence: Sentence) -> Addressee:
        match = _VOCATIVE.search(sentence.text) or _MENTION.search(sentence.text)
        if not match:
            return self.whole
        called = {w.lower() for w in _WORD.findall(match[1])}
        if called & self._mine:
            return Addressee.ME
        if called & self._others:
            return Addressee.OTHER
        return self.whole
