"""Sentences that only say until when an answer is wanted, and not what is asked: "I need your answer before our call tomorrow"."""

from __future__ import annotations

import re

_ANSWER = r"(?:(?:your|an?|the|eine|deine|ihre|votre|une|su|una) )?(?:\w+ )?(?:answers?|reply|response|decision|feedback|confirmation|antwort|rückmeldung|entscheidung|réponse|décision|respuesta|decisión)"
_HURRIES = re.compile(
    rf"(?:(?:but|and|so|please note|as said),? )?(?:(?:i|we)(?: will| do|['’]ll)? (?:need|require|expect|must have|would need) (?:{_ANSWER}|it|this|that|them)"
    rf"|(?:please |kindly |could you (?:please )?|can you (?:please )?)?(?:reply|answer|respond|revert|decide|get back to (?:me|us)|let (?:me|us) (?:know|have {_ANSWER}))"
    rf"|(?:ich|wir) (?:brauche|brauchen|benötigen?|erwarten?) {_ANSWER}|(?:ich bitte|wir bitten|bitte) um {_ANSWER}"
    rf"|(?:bitte )?(?:antworte|antworten sie|gib|geben sie|melde dich|melden sie sich)\b(?: (?:mir|uns))?(?: {_ANSWER}| bescheid)?"
    rf"|(?:j['’]ai|nous avons) besoin (?:de |d['’]){_ANSWER}|necesit(?:o|amos) {_ANSWER})"
    r"\W+(?:back )?(?:until|till|before|by|no later|not later|within|at the latest|today|tomorrow|tonight|this|asap|as soon|bis|vor|noch|heute|morgen"
    r"|spätestens|avant|d['’]ici|pour|antes|para|on|latest|soon)\b",
    re.IGNORECASE,
)


def hurries(words: str) -> bool:
    return bool(_HURRIES.match(words.strip()))
