"""Two readers of YAML: libyaml, which is fast, and ruamel, which knows YAML 1.2 and says where something is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

_PLAIN = re.compile(r"[ -~\n\u00a1-\u1fff\u2010-\u2027\u2030-\ud7ff]*")
_MARK = re.compile(r"(?:^|[\s\[{,])[!&*|>]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """`events` holds the classes of what `parse` yields; both readers call them the same."""

    parse: Callable[[str], Iterator[Any]]
    events: Any


def is_plain(text: str) -> bool:
    """Whether the two read it alike: no tabs, controls or line ends but newlines, no tags, anchors, aliases or block scalars."""
    return bool(_PLAIN.fullmatch(text)) and not _MARK.search(text)


@cache
def ruamel() -> Dialect:
    from ruamel.yaml import YAML, events

    return Dialect(lambda text: iter(YAML(typ="safe", pure=True).parse(text)), events)


@cache
def libyaml() -> Dialect | None:
    """None where PyYAML was built without it."""
    import yaml

    if not yaml.__with_libyaml__:
        return None
    return Dialect(lambda text: yaml.parse(text, Loader=yaml.CSafeLoader), yaml.events)
