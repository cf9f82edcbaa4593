"""Which kinds of source, channel and voice this build knows. Built-ins enter by the same door as plugins: entry points."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from service.settings.section import ChannelSettings, Section, SourceSettings, VoiceSettings


class KindUnloadable(ValueError):
    """The kind is registered, but its code does not load: says why."""


@dataclass(frozen=True, slots=True)
class Family:
    """The kinds of one sort. Each is imported when it is first asked for, so that what is unused costs nothing."""

    base: type[Section]
    loaders: Mapping[str, Callable[[], object]]

    def __contains__(self, kind: object) -> bool:
        return kind in self.loaders

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.loaders))

    def settings(self, kind: str) -> type[Section]:
        """Raises KindUnloadable, KeyError for an unknown kind."""
        try:
            found = self.loaders[kind]()
        except (ImportError, AttributeError, SyntaxError) as error:
            raise KindUnloadable(f"the kind {kind} is registered but does not load: {error}") from error
        if not (isinstance(found, type) and issubclass(found, self.base)):
            raise KindUnloadable(f"the kind {kind} is registered, but its settings are no {self.base.__name__}")
        return found

    def loadable(self) -> dict[str, type[Section]]:
        """Every kind that loads, by name: for the schema."""
        found = {}
        for kind in self.names:
            try:
                found[kind] = self.settings(kind)
            except KindUnloadable:
                continue
        return found


@dataclass(frozen=True, slots=True)
class Kinds:
    sources: Family
    channels: Family
    voices: Family


def family(base: type[Section], **settings: type[Section]) -> Family:
    """A family of classes at hand: for tests and embedding."""
    return Family(base, MappingProxyType({kind: partial(_itself, found) for kind, found in settings.items()}))


def _itself(settings: type[Section]) -> type[Section]:
    return settings


@cache
def installed() -> Kinds:
    """What the environment's packages register under reveille.sources, reveille.channels and reveille.voices."""
    return Kinds(
        _registered("reveille.sources", SourceSettings),
        _registered("reveille.channels", ChannelSettings),
        _registered("reveille.voices", VoiceSettings),
    )


@cache
def ringing() -> frozenset[str]:
    """Kinds of source that may have a doorbell."""
    sources = installed().sources
    return frozenset(kind for kind, settings in sources.loadable().items() if getattr(settings, "rings", False))


def sign_ins() -> Mapping[str, Callable[[], Any]]:
    """Vendor → what loads its way of signing in: what the environment's packages register under reveille.connections."""
    return {point.name: point.load for point in entry_points(group="reveille.connections")}


@cache
def hands() -> Mapping[str, Callable[[], Any]]:
    """Source's kind → what loads the class of what can be done with it: what packages register under reveille.actions."""
    return {point.name: point.load for point in entry_points(group="reveille.actions")}


def _registered(group: str, base: type[Section]) -> Family:
    return Family(base, MappingProxyType({point.name: point.load for point in entry_points(group=group)}))


def meant(word: str, known: Iterable[str], *, what: str = "") -> str:
    """The fix for a word nobody knows: the nearest one, and all there are. "" of `what` is no introduction."""
    listed = sorted(known)
    near = difflib.get_close_matches(word.lower(), listed, n=1, cutoff=0.6)
    guess = f"Did you mean {near[0]}? " if near else ""
    shown = ", ".join(listed[:30]) + (", …" if len(listed) > 30 else "")
    return f"{guess}{what or 'Known'}: {shown or 'none'}"
