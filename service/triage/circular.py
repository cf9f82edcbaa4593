"""Whether a message that no header marks was nevertheless written to many: a newsletter, a notice, an advertisement.

What it asks ("register today") it asks of nobody in particular.
"""

from __future__ import annotations

import re

from service.domain.items import Message

_LOOKED_AT = 6_000  # characters from the top, and as many from the end, where footers stand
_ENOUGH = 3.0
_ANSWERED = 1.0  # more, where the subject is that of an answer: forums send such notices
_SHORT = 600  # characters: a note with a link at most is no newsletter
_LEAVES = re.compile(
    r"unsubscrib|opt[ -]?out|removed? (?:from|yourself)|stop receiving|"
    r"(?:cancel|change|manage|update|modify|edit) your (?:\w+ )?(?:subscription|preferences|settings|profile|e-?mail)|subscri(?:bed|ption|ber|be)\b|"
    r"(?:receiv(?:ing|ed)|getting|sent) (?:you )?this (?:e-?mail|message|newsletter|mailing)|"
    r"abbestell|abmeld|newsletter abonn|désabonn|désinscri|darse de baja|cancelar (?:su|tu) suscripción|dejar de recibir"
)
_LEGAL = re.compile(
    r"©|\(c\) ?(?:19|20)\d\d|copyright|all rights reserved|privacy policy|terms of (?:use|service)|alle rechte vorbehalten|impressum|"
    r"tous droits réservés|mentions légales|todos los derechos|aviso legal"
)
_PRESS = re.compile(
    r"newsletter|this (?:week|month) in|(?:this|in the|last) issue|this edition|\bvol(?:ume|\.)? ?\d|\bissue (?:no|#|\d)|weekly|bulletin|advertis|sponsor|"
    r"view (?:this|in) .{0,20}browser|im browser (?:an|öffnen)|dans votre navigateur|en (?:su|tu|el) navegador"
)
_CALLS = re.compile(
    r"click (?:here|below|on)|read (?:more|on\b)|learn more|full story|more info|for more information|sign up|regist(?:er|ration)|shop now|order now|book now|"
    r"hier klicken|jetzt (?:kaufen|bestellen|anmelden|sichern)|mehr (?:erfahren|lesen)|cliquez|en savoir plus|j'en profite|haga clic|haz clic|más información|leer más|compra ahora"
)
_RELEASES = re.compile(
    r"press release|for immediate release|pressemitteilung|pressemeldung|communiqué de presse|nota de prensa|comunicado de prensa"
)
_RULES = re.compile(r"^[ \t]*[-=*_~#+]{8,}[ \t]*$", re.MULTILINE)
_ROLES = re.compile(
    r"news|letter|update|info|promo|offer|deal|list|editor|alert|digest|service|support|market|sales|member|subscri|bounce|reply|customer|webmaster|announce|notif|kontakt|contact"
)


def is_circular(message: Message) -> bool:
    """By what newsletters share: a way out, a legal notice, rules of dashes, many links, calls to click, an office as sender."""
    if message.in_reply_to:
        return False
    enough = _ENOUGH + (_ANSWERED if message.subject[:3].lower() in ("re:", "aw:") else 0)
    text = message.text
    if len(text) < _SHORT and len(message.links) < 2:
        return False
    seen = (text if len(text) <= 2 * _LOOKED_AT else f"{text[:_LOOKED_AT]}\n{text[-_LOOKED_AT:]}").lower()
    return _points(message, seen) >= enough


def _points(message: Message, seen: str) -> float:
    links, calls = len(message.links), len(_CALLS.findall(seen))
    points = (
        1.5 * min(2, len(_LEAVES.findall(seen)))
        + 0.5 * min(2, len(_PRESS.findall(seen)))
        + 0.75 * min(2, len(_RULES.findall(seen)))
    )
    points += bool(_LEGAL.search(seen)) + 0.5 * (calls > 0) + (calls > 2) + 0.5 * (len(message.text) > 3_500)
    points += 1.5 if links > 11 else 0.75 if links > 5 else 0
    points += 1.5 * bool(_RELEASES.search(seen))
    return points + bool(_ROLES.search(message.sender.email.partition("@")[0]))
