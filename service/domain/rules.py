"""Rules of the config file: when these conditions hold, then this follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """All that are set must hold. A pattern is a glob, or a regular expression between slashes; "" is not asked.

    `sender` and `to` match an address or the name before it; `text` the visible text; `source` an account's name or kind.
    """

    sender: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""
    list: str = ""
    source: str = ""
    channel: str = ""  # chat channel
    attendee: str = ""
    category: str = ""
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()  # `not` in the file


@dataclass(frozen=True, slots=True)
class Consequence:
    priority: str = ""  # urgent, high, normal, low
    category: str = ""
    label: str = ""  # where a source allows it, a standing approval: label the message there, too
    notify: tuple[str, ...] = ()
    private: bool | None = None
    mute: bool | None = None
    task: str = ""  # a standing approval: file a task in this project, named in the config
    flag: bool = False  # a standing approval: flag the message
    post: str = ""  # a standing approval: say so in this channel
    at_most: int = 50  # how often a day the standing approvals of this rule are good


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    when: Condition
    then: Consequence
