"""Words meant for a program that reads mail instead of its person. What such words ask is asked of nobody."""

from __future__ import annotations

import re

_ORDERS = r"(?:\w{0,3}st\w?uctions?|prompts?|directions|directives|commands|guidelines|programming|anweisungen|befehle|instrucciones|órdenes)"
_BEFORE = (
    r"(?:previous|prior|earlier|preceding|above|foregoing|original|initial|existing|current|system|vorherigen|bisherigen|obigen)"
)
_SPEAKS = re.compile(
    rf"\b(?:ignore|disregard|forget|override|bypass|ignoriere?n?|vergiss)\s+(?:\w+\s+){{0,3}}{_BEFORE}\s+(?:\w+\s+)?{_ORDERS}\b"
    rf"|\b(?:ignore|disregard|forget|override)\s+(?:all\s+)?(?:of\s+)?your\s+(?:\w+\s+){{0,2}}{_ORDERS}\b"
    rf"|\bignor(?:ez|e|a|e usted)\s+(?:toutes\s+|todas\s+)?(?:les|las)\s+(?:instructions|consignes|{_ORDERS})\s+(?:précédentes|anteriores)\b"
    r"|<\s*/?\s*(?:information|system|instructions?|admin|prompt|assistant)\s*>"
    r"|#{2,}\s*\(?\s*(?:system|instruction|admin)(?![a-z])|\[\s*/?\s*(?:system|inst)\s*\]|<\|\w+\|>"
    r"|\b(?:new|updated|revised)\s+(?:system\s+)?(?:prompt|instructions)\s+for\s+(?:the\s+|any\s+)?(?:ai|assistant|model|llm|agent)\b"
    r"|\b(?:note|message|instructions?|attention)\s+(?:to|for)\s+(?:the\s+|any\s+|all\s+)?(?:ai|llm|language model|chatbot)s?\b(?:\s+(?:assistant|model|agent|system)s?\b)?"
    r"|\b(?:dear|hey|hello|attention)\s+(?:ai|llm|language model|chatbot)\b(?:\s+(?:assistant|model|agent)\b)?"
    r"|\byou are (?:now )?(?:an? |the )?(?:ai|llm|language model|large language model|chatbot)\b"
    r"|\bto you, (?:ai|the) (?:assistant|model)\b|\bbefore you can solve the task\b",
    re.IGNORECASE,
)
_VERBS = ("ignor", "disregard", "forget", "overrid", "bypass", "vergiss")
_NOUNS = (
    "uction",
    "prompt",
    "directi",
    "commands",
    "guidelines",
    "programming",
    "anweisung",
    "befehl",
    "instruccion",
    "consignes",
    "órdenes",
)
_SIGNS = (
    *(
        "#sys",
        "# sys",
        "#(sys",
        "# (sys",
        "#inst",
        "# inst",
        "#admin",
        "# admin",
        "<|",
        "[system",
        "[ system",
        "[inst",
        "[ inst",
        "[/inst",
    ),
    *("information>", "system>", "instruction>", "instructions>", "admin>", "prompt>", "assistant>", "system >", "information >"),
    *(
        " ai ",
        " ai:",
        " ai,",
        " ai.",
        " ai\n",
        "llm",
        "language model",
        "chatbot",
        "the assistant",
        "the model",
        "can solve the task",
    ),
)
"""A sign, or a verb and a noun, is in all such words; to look for them costs a tenth of the search."""
_QUOTED = re.compile(r"[\"“„«‘][^\"”“»’\n]{0,400}[\"”“»’]")


def _shows_a_sign(lower: str) -> bool:
    return any(mark in lower and any(sign in lower for sign in signs) for mark, signs in _SIGNS_BY_MARK.items())


_SIGNS_BY_MARK = {mark: tuple(s for s in _SIGNS if mark == next((m for m in "#[<>" if m in s), "")) for mark in ("", *"#[<>")}
"""Most signs hold a mark that few letters do, so one look at the mark saves looking for them."""


def speaks_to_a_machine(text: str) -> int | None:
    """Where such words begin; None where there are none. Who quotes them, in quotation marks, writes about them."""
    lower = text.lower()
    hinted = (any(v in lower for v in _VERBS) and any(n in lower for n in _NOUNS)) or _shows_a_sign(lower)
    if not hinted or not _SPEAKS.search(text):
        return None
    plain = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    found = _SPEAKS.search(plain)
    return found.start() if found else None
