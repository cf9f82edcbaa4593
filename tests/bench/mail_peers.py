"""Libraries that read mail, each as `text → text`; those that are not installed (`--group bench`) are left out."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

Read = Callable[[str], str]


def repliers() -> dict[str, Read]:
    """What takes quotes away from plain text."""
    return _found(
        {
            "mail-parser-reply": ("mailparser_reply", _mail_parser_reply),
            "email-reply-parser": ("email_reply_parser", lambda m: lambda text: str(m.EmailReplyParser.parse_reply(text))),
            "quotequail": ("quotequail", _quotequail),
        }
    )


def viewers() -> dict[str, Read]:
    """What turns HTML into text."""
    return _found(
        {
            "beautifulsoup4": ("bs4", lambda m: lambda html: str(m.BeautifulSoup(html, "html.parser").get_text(" "))),
            "inscriptis": ("inscriptis", lambda m: lambda html: str(m.get_text(html))),
            "html2text": ("html2text", lambda m: lambda html: str(m.html2text(html))),
            "selectolax": ("selectolax.lexbor", _selectolax),
        }
    )


def _mail_parser_reply(module: Any) -> Read:
    parser = module.EmailReplyParser(languages=["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs", "ja", "ko", "zh"])
    return lambda text: str(parser.parse_reply(text))


def _quotequail(module: Any) -> Read:
    def read(text: str) -> str:
        return "\n".join(part for is_own, part in module.quote(text) if is_own)

    return read


def _selectolax(module: Any) -> Read:
    def read(html: str) -> str:
        body = module.LexborHTMLParser(re.sub(r"(?is)<(script|style)\b.*?</\1>", "", html)).body
        return str(body.text(separator=" ")) if body is not None else ""

    return read


def _found(makers: dict[str, tuple[str, Callable[[Any], Read]]]) -> dict[str, Read]:
    found = {}
    for name, (module, make) in makers.items():
        try:
            found[name] = make(importlib.import_module(module))
        except ImportError:
            continue
    return found
