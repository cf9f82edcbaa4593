"""Templates from the `templates` package; mail styles are inlined into the template once, not into every mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

import css_inline
from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, select_autoescape

_TAG = re.compile(r'<([a-z][a-z0-9]*)((?:\s[^<>]*?)?)\sclass="([a-z0-9 -]+)"')


class Packaged(BaseLoader):
    """`email/*.html` get each class's declarations of `email/style.css` as a style attribute; its selectors name one class each."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002  Jinja2's signature
        source = read(template)
        if template.startswith("email/") and template.endswith(".html"):
            source = _inlined(source, read("email/style.css"))
        return source, template, lambda: True


def read(name: str) -> str:
    """The text of one template file. Raises TemplateNotFound."""
    path = files("templates").joinpath(*name.split("/"))
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise TemplateNotFound(name) from error


@cache
def environment() -> Environment:
    return Environment(
        loader=Packaged(),
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True, default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
    )


@cache
def template(name: str) -> Template:
    return environment().get_template(name)


def _inlined(source: str, css: str) -> str:
    @cache
    def style(classes: str) -> str:
        found = re.search(r'style="([^"]*)"', css_inline.inline_fragment(f'<div class="{classes}"></div>', css))
        return f' style="{found.group(1)}"' if found else ""

    return _TAG.sub(lambda m: m.group(0) + style(m.group(3)), source)
