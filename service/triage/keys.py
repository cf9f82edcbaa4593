"""What of a message something can be learned about: its sender, its list, its sender's domain, the words of its subject."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.domain.items import Message
from service.domain.learning import Key, KeyKind
from service.people import is_free_mail, organisation

MOST_WORDS = 6
_WORD = re.compile(r"[^\W\d_]{4,30}")
_COMMON_WORDS = """
    about after again also before been could does from have here hello into just know like more need news only other please question
    regarding reply shall should some that their them then there these they this today tomorrow update what when where which will with
    would your yours aber alle auch beim bitte dass dein deine dem den der diese dieser eine einen einer frage haben heute ihre kann
    morgen nach nicht noch oder sehr sich sind uber unser unsere wegen werden wird zum zur avec bonjour cette dans demande demain etre
    pour question notre nous plus pouvez quel sera sont sous suite tout votre vous ahora algo como cuando desde este esta hasta hola
    manana nuestro para pero pregunta puede sobre solo usted
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def keys(message: Message) -> tuple[Key, ...]:
    """Most specific first. Outside words name a topic; what is learned of it comes from the person's acts alone."""
    return tuple(_keys(message))


def _keys(message: Message) -> Iterator[Key]:
    sender = message.sender
    if sender.email:
        yield Key(KeyKind.SENDER, sender.email, sender.label)
    if message.bulk.list_id:
        yield Key(KeyKind.LIST, message.bulk.list_id[:200].lower(), f"the list {message.bulk.list_id[:60]}")
    if sender.domain and not is_free_mail(sender.domain):
        domain = organisation(sender.domain)
        yield Key(KeyKind.DOMAIN, domain, f"anybody at {domain}")
    for word in _words(message.subject):
        yield Key(KeyKind.WORD, word, f"subjects with “{word}”")


def _words(subject: str) -> list[str]:
    found = dict.fromkeys(w for w in _WORD.findall(subject[:300].casefold()) if w not in _COMMON)
    return list(found)[:MOST_WORDS]
