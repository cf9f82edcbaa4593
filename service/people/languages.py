"""Which of the languages that we write in a text is in, by its commonest words. "" where they don't say: that is no guess."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LEAST, _LEAD = 2, 1.5
_COMMON_WORDS = {
    "en": "the and you your for with this that have are is it of to we will would can could please thanks thank not but from our what when here i'm it's don't i'll me my be on",
    "de": "der die das und ich du sie wir ist nicht ein eine einen mit für auf dem den zu von bitte danke dir dich ihnen habe haben kann können wird noch auch im am um es ihr hallo viele grüße gruss",
    "fr": "le la les et je tu vous nous est pas un une des pour avec sur dans du au que qui ce merci bonjour votre vos ton ta suis sont avez peux peut pouvez c'est j'ai il elle",
    "es": "el la los las y yo tú usted nosotros es no un una unos para con en del al que gracias hola por tu su está son tiene puede puedes favor te le lo se mi más",
}
_COMMON: Mapping[str, frozenset[str]] = {code: frozenset(words.split()) for code, words in _COMMON_WORDS.items()}


def language_of(text: str) -> str:
    """One of en, de, fr and es, or nothing."""
    words = [w.replace("’", "'").lower() for w in _WORD.findall(text[:4000])]
    counts = sorted(((sum(w in common for w in words), code) for code, common in _COMMON.items()), reverse=True)
    (most, code), (second, _) = counts[:2]
    return code if most >= _LEAST and most >= second * _LEAD else ""
