"""A short phrase out of a sentence, from its own words."""

from __future__ import annotations

import re

_LONGEST = 90  # characters: fits a line of a briefing

_LEAD = re.compile(
    r"^(?:[-*•–—·\s>]+|\(?\d{1,2}[.)]\s+|"
    r"(?:also|and|so|then|but|or|ok|okay|well|hi|hey|hello|finally|lastly|first|second|again|urgent|reminder|action required|quick question|fyi|if possible|when you (?:get|have) (?:a )?(?:chance|minute|moment)|"
    r"außerdem|und|dann|kurze frage|et|puis|y|además)\b[,:!–—-]*\s*|"
    r"(?:hi|hello|hey|dear|hallo|liebe[rs]?|bonjour|salut|hola)\s+[^,.!?:\n]{1,40}[,!:–—]\s*|"
    r"(?-i:[A-ZÀ-Þ][\w'’-]+(?: (?:and|&) [A-ZÀ-Þ][\w'’-]+)?)\s*[,:–—]\s*(?=(?:please|pls|can|could|would|will|kannst|können|könntest|peux|pouvez|pourriez|puedes|podrías|bitte)\b)|¿|"
    r"(?:please|pls|plz|kindly|just|bitte|merci de|svp|por favor)\b,?\s+|"
    r"(?:can|could|would|will|can't|couldn't) (?:you|someone|anyone|u|we|i)(?: (?:both|all|two|guys))?(?: be able to)?\s+|"
    r"(?:i|we)(?:'d| would)? (?:need|want|like|ask) you(?:r team)? to\s+|(?:i was|i'm|i am|just) wondering if (?:you|we) (?:could|can|might)\s+|"
    r"you (?:need|have|will need) to\s+|you (?:must|should)\s+|(?:would|do) you mind\s+|(?:is|would) it (?:be )?possible (?:for you )?to\s+|are you able to\s+|make sure (?:to|that you|you)\s+|be sure to\s+|(?:don't forget|remember) to\s+|"
    r"(?:i|we)(?:'d| would) (?:really )?appreciate it if you could\s+|it would be (?:great|helpful|nice|good) if you could\s+|"
    r"(?:kannst|könntest|würdest) du(?: mir)?(?: bitte)?\s+|(?:können|könnten|würden) sie(?: mir| uns)?(?: bitte)?\s+|"
    r"(?:peux-tu|pourrais-tu|pouvez-vous|pourriez-vous|veuillez|merci de)\s+|(?:puedes|podrías|puede|podría)\s+)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,;:–—-]*(?:(?:please|pls|thanks(?: in advance)?|thank you|thx|bitte|danke|merci|s'il (?:te|vous) plaît|por favor|gracias)[\s.!]*)?[\s.!?…:;,–—-]*$",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s*(?:[;–—]|\s-+\s|, (?:so|because|since|as|which|and then|but|otherwise)\b|\bso that\b|\bbecause\b|\. )", re.IGNORECASE
)


def phrase(sentence: str, start: int = 0) -> str:
    """What is asked or promised, without the polite frame: "Could you please send me the draft?" gives "send me the draft"."""
    text = " ".join(sentence[start:].split())
    while (lead := _LEAD.match(text)) and lead.end() < len(text) and lead.end():
        text = text[lead.end() :]
    cut = _CUT.search(text, 20)
    if cut:
        text = text[: cut.start()]
    text = _TAIL.sub("", text)
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return text
