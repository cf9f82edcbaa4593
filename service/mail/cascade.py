"""What holds for one element of all that is declared for it (CSS 2, section 6.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from service.mail import colours, css, looks, sheets, vanishing
from service.mail.looks import Look

_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,((?:[^()]|\([^()]*\))*))?\)")
_LONGEST_VALUE = 500
_PRESENTATIONAL = frozenset({"bgcolor", "background", "color", "text"})


def style_of(tag: str, attributes: dict[str, str | None], rules: Iterable[sheets.Rule] | None) -> dict[str, str]:
    """The cascade (CSS 2, section 6.4): presentational attributes, sheets by weight, the style attribute, then !important."""
    style: dict[str, str] = {}
    if tag == "a" and attributes.get("href"):
        style["color"] = "#0000ee"
    for name in _PRESENTATIONAL & attributes.keys():
        value = attributes[name]
        if value and (name != "color" or tag in {"font", "basefont"}) and (name != "text" or tag == "body"):
            style[{"bgcolor": "background-color", "background": "background-image", "text": "color"}.get(name, name)] = (
                f"url({value})" if name == "background" else _legacy(value)
            )
    if "hidden" in attributes:
        style["display"] = "none"
    sorted_rules = sorted(rules, key=lambda rule: rule.weight) if rules else ()
    for rule in sorted_rules:
        style |= rule.normal
    inline = attributes.get("style")
    normal, important = css.declarations(inline) if inline else ({}, {})
    style |= normal
    for rule in sorted_rules:
        style |= rule.important
    return style | important if important else style


def _legacy(value: str) -> str:
    colour = colours.legacy(value)
    return "" if colour is None else "#{:02x}{:02x}{:02x}".format(*map(int, colour[:3]))


def resolved(style: dict[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """With var() replaced (CSS Custom Properties Level 1); what nobody has set and nobody replaces declares nothing."""
    if "var(" not in "".join(style.values()):
        return style
    resolved = {}
    for name, value in style.items():
        for _ in range(5):
            if "var(" not in value or len(value) > _LONGEST_VALUE:
                break
            value = _VARIABLE.sub(lambda match: known.get(match[1], (match[2] or "").strip()), value)
        if "var(" not in value and css.is_valid(name, value):
            resolved[name] = value
    return resolved


def worn(look: Look, style: dict[str, str]) -> tuple[Look, bool]:
    """The look of an element that declares `style` within `look`, and whether that takes it from sight."""
    return _worn(look, tuple(style.items())) if style and not look.variables else _worn_anew(look, style)


@lru_cache(maxsize=8192)
def _worn(look: Look, style: tuple[tuple[str, str], ...]) -> tuple[Look, bool]:
    return _worn_anew(look, dict(style))


def _worn_anew(look: Look, style: dict[str, str]) -> tuple[Look, bool]:
    found = looks.restyled(look, style)
    return found, bool(style) and vanishing.is_hidden(style, found)


def is_gone(tag: str, attributes: dict[str, str | None], style: dict[str, str]) -> bool:
    """Whether what it is, not how it looks, keeps it from being shown."""
    if tag == "input" and (attributes.get("type") or "").lower() == "hidden":
        return True
    if "popover" in attributes or (tag == "dialog" and "open" not in attributes):
        return True
    # Only Outlook hides these; a button made of a link is shown everywhere else and meant to be.
    return style.get("mso-hide") == "all" and tag != "a"
