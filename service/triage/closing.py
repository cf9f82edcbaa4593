"""Words that end an open question, or only sound like one: a delivery, a request taken back, a courtesy."""

from __future__ import annotations

import re

from service.domain.items import Message

_DELIVERS = re.compile(
    r"\b(?:attached|enclosed|here (?:is|are|you go)|here['’]s|as promised|(?:i|we)['’]?(?:ve| have)? (?:just |now |already )?"
    r"(?:sent|shared|uploaded|submitted|finished|completed|signed|paid|booked|done)|(?:all|it['’]?s|it is|that['’]?s|now) done"
    r"|done[.!,]|(?:is|are|was|were|has been|have been) (?:now |already |just )?(?:sent|done|completed|finished|submitted|uploaded"
    r"|signed|paid|booked)|im anhang|anbei|erledigt|ci-joint|ci-jointe|en pièce jointe|c['’]est fait|adjunto|hecho)",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|n['’]t|never|no longer|nothing|without|before|once|until|when|if|unless|will|would|should|to be|nicht|noch nicht|pas|no)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_WITHDRAWS = re.compile(
    r"\b(?:never ?mind|no longer need|not needed any ?more|no need (?:to|any ?more|for)|disregard|(?:already |now )?(?:solved|resolved|sorted)"
    r"|ignore my (?:last|previous|earlier)|found it|got it,? thanks|all good now|hat sich erledigt|c['’]est réglé|ya está resuelto)",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\b(?:anything else|(?:any|further|more) (?:further )?(?:questions?|concerns?|information|details)|feel free|(?:do not|don['’]t) hesitate"
    r"|if (?:you|there['’]?s?|there is) (?:have |need |are |is )?any|(?:bei|für) (?:weitere[nr]? )?(?:rück)?fragen|n['’]hésite|no dude)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;!?\n]|, (?:but|and)\b")
_CALENDAR = {"text/calendar", "application/ics"}


def delivers(message: Message) -> bool:
    """It carries a document, or says that the thing is done."""
    if any(a.media_type not in _CALENDAR and not _is_decoration(a.name, a.media_type, a.size) for a in message.attachments):
        return True
    return any(_says_done(clause) for clause in _clauses(message.reply_text or message.text))


def withdraws(message: Message) -> bool:
    return bool(_WITHDRAWS.search(message.reply_text or message.text))


def is_courtesy(words: str) -> bool:
    """An offer at the end of a letter, which waits for no answer: "let me know if you have any questions"."""
    return len(words) < 160 and bool(_COURTESY.search(words))


def _clauses(text: str) -> list[str]:
    """Each with the mark that ends it, so that a question is known as one."""
    ends = [m.end() for m in _CLAUSE.finditer(text)]
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


def _says_done(clause: str) -> bool:
    found = _DELIVERS.search(clause)
    return bool(found) and not clause.endswith("?") and not _DENIES.search(clause)


def _is_decoration(name: str, media_type: str, size: int) -> bool:
    """Logos of a signature, vCards and digital signatures are no delivery."""
    if media_type in {"text/vcard", "text/x-vcard", "application/pgp-signature", "application/pkcs7-signature"}:
        return True
    return media_type.startswith("image/") and (size < 20_000 or name.lower().startswith("image0"))
