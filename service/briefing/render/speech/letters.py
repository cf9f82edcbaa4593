"""The last pass of every language: nothing leaves but letters and the stops that a voice understands."""

from __future__ import annotations

import re
import unicodedata

BEFORE = str.maketrans({"…": ",", "½": " one half ", "¼": " one quarter ", "¾": " three quarters ", "×": " times ", "÷": " divided by ",
                        "™": "", "®": "", "©": "", "²": " squared", "³": " cubed"})  # fmt: skip
"""Characters that compatibility normalisation would turn into something else."""

_MAPPED = str.maketrans(
    {**dict.fromkeys("‘’ʼ`´", "'"), ";": ".", **dict.fromkeys(":()[]{}", ","), **dict.fromkeys('“”„«»"*_~|\\^/<>#@=+&%$', " "),
     "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ħ": "h", "ı": "i", "Œ": "Oe", "œ": "oe", "ſ": "s", "¿": "", "¡": ""}
)  # fmt: skip
_DASHES = re.compile(r"\s+[‐‑‒–—―−-]+\s+|[–—―]+")
_OTHER = re.compile(r"[^A-Za-zÀ-ÖØ-öø-ÿ ,.?!'-]")
_FOREIGN = re.compile("\uffff[\uffff '.-]*\uffff|\uffff")
_LOOSE = re.compile(r"(?<![A-Za-zÀ-ÿ])['-]+|['-]+(?![A-Za-zÀ-ÿ])|(?<=['-])['-]+")
_STOPS = re.compile(r"(?:\s*[,.?!])+\s*")
_ENDS = re.compile(r"(?<=[.?!]) ")
_BREATH, _LEAST = 20, 4  # words: of a sentence, and of a part worth standing alone
_LONG = re.compile(r"[^ ,.?!]{31,}")
_IN_ANOTHER_SCRIPT = {
    "en": "words in another script",
    "de": "Wörter in anderer Schrift",
    "fr": "des mots dans une autre écriture",
    "es": "palabras en otra escritura",
}
_A_CODE = {"en": "a code", "de": "ein Code", "fr": "un code", "es": "un código"}


def plain(text: str, language: str = "en") -> str:
    """One or more whole sentences of letters, spaces, hyphens, apostrophes and `,.?!`; "" where no letter is left."""
    text = _DASHES.sub(", ", text.translate(_MAPPED))
    if _OTHER.search(text):
        text = _OTHER.sub(lambda m: _spelled(m.group(0)), text)
        text = _FOREIGN.sub(f" {_IN_ANOTHER_SCRIPT.get(language, _IN_ANOTHER_SCRIPT['en'])} ", text)
        text = _OTHER.sub(" ", text)
    text = _LONG.sub(_A_CODE.get(language, "a code"), _LOOSE.sub(" ", text))
    text = _STOPS.sub(_one_stop, " ".join(text.split())).strip(" ,.'-").lstrip("?! ")
    if not text:
        return ""
    text += "" if text[-1] in "?!" else "."
    return " ".join(_capital(s) for sentence in _ENDS.split(text) for s in _breaths(sentence))


def _capital(sentence: str) -> str:
    first = sentence[0].upper()
    return (sentence[0] if _OTHER.search(first) else first) + sentence[1:]


def _breaths(sentence: str) -> list[str]:
    """A sentence too long for one breath in parts, each broken at the comma nearest its middle."""
    words = sentence.split(" ")
    commas = [i + 1 for i, w in enumerate(words) if w.endswith(",") and _LEAST <= i + 1 <= len(words) - _LEAST]
    if len(words) <= _BREATH or not commas:
        return [sentence]
    at = min(commas, key=lambda i: abs(2 * i - len(words)))
    return [*_breaths(" ".join(words[:at]).rstrip(",") + "."), *_breaths(" ".join(words[at:]))]


def _spelled(char: str) -> str:
    """The Latin letter beneath an accent, a mark for letters of other scripts, a space for everything else."""
    base = unicodedata.normalize("NFKD", char)[0]
    if base.isascii() and base.isalpha():
        return base
    return "\uffff" if unicodedata.category(char)[0] in "LM" else " "


def _one_stop(match: re.Match[str]) -> str:
    """Of several stops in a row the strongest."""
    stops = match.group(0)
    return next((s for s in "?!." if s in stops), ",") + " "
