"""Reads reveille.yaml whole: either a Config, or one ConfigError with everything that is wrong."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from service.domain.ledger import Cadence
from service.domain.people import Person
from service.errors import ConfigError
from service.settings import names
from service.settings.cadences import JOBS, NAMED, CadenceSection
from service.settings.complaints import read_secrets, validated
from service.settings.config import Config
from service.settings.document import Document, Place, parse, read, shown
from service.settings.file import File
from service.settings.kinds import Family, Kinds, KindUnloadable, installed, meant
from service.settings.me import person
from service.settings.rules import RuleSection
from service.settings.section import ChannelSettings, Section, SourceSettings

FILE = "reveille.yaml"
S = TypeVar("S", bound=Section)


def find(start: Path | None = None) -> Path | None:
    """REVEILLE_CONFIG (whether or not it is there: a wrong one should be complained of), else reveille.yaml in `start` or here."""
    if named := os.environ.get("REVEILLE_CONFIG"):
        return Path(named)
    here = (start or Path()) / FILE
    return here if here.exists() else None  # a folder of that name is complained of, not passed over


def load(path: Path, *, kinds: Kinds | None = None, secrets: bool = True) -> Config:
    """Raises ConfigError with every complaint, in the order of the file. Every secret is read once, and not kept;
    `secrets=False` leaves that out, for a look at a file whose secrets are elsewhere.
    """
    return _loaded(read(path, missing="Run `reveille init` to make one"), path, kinds, secrets=secrets)


def load_text(text: str, path: Path, *, kinds: Kinds | None = None) -> Config:
    """The same of a revision that the store holds; `path` is where its file lies or lay."""
    return _loaded(parse(text.encode(), str(path)), path, kinds, secrets=True)


def _loaded(document: Document, path: Path, kinds: Kinds | None, *, secrets: bool) -> Config:
    config = _Reader(document, path.absolute(), kinds or installed(), secrets=secrets).config()
    if document.complaints or config is None:
        raise ConfigError(*sorted(dict.fromkeys(document.complaints), key=lambda c: c.line or 0))
    return config


class _Reader:
    def __init__(self, document: Document, path: Path, kinds: Kinds, *, secrets: bool) -> None:
        self.document, self.path, self.kinds, self.secrets = document, path, kinds, secrets
        self.context = {"folder": path.parent}

    def config(self) -> Config | None:
        if self.document.data is None:
            self.document.complain(
                (), "it is empty", "Run `reveille init --force` to make one, or write at least me with name and emails"
            )
            return None
        file = validated(File, self.document.data, self.document, (), self.context)
        data = self.document.data if isinstance(self.document.data, dict) else {}
        sources = self._sources(data.get("sources"))
        channels = self._channels(data.get("channels"))
        sections = self._cadences(data.get("cadences"))
        rules = self._each(data.get("rules"), "rules", RuleSection)
        voice = self._kind(data["voice"], ("voice",), self.kinds.voices) if data.get("voice") is not None else None
        self._references(file, data, sections, rules)
        self._permissions(sources, rules)
        if file is None or self.document.complaints:
            return None
        whose = person(file.me, file.pause, file.quiet, file.budget, file.keep)
        return Config(
            person=whose,
            sources=tuple(sources),
            channels=MappingProxyType(channels),
            cadences=self._timed(sections, whose),
            rules=tuple(section.rule() for section in rules if section),
            voice=voice,
            revision=hashlib.sha256(self.document.text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
            text=self.document.text,
            file=self.path,
            reads_attachments=file.mail.attachments,
        )

    def _timed(self, sections: Mapping[str, CadenceSection], whose: Person) -> tuple[Cadence, ...]:
        return tuple(section.cadence(name, whose) for name, section in sections.items())

    def _sources(self, entries: object) -> list[SourceSettings]:
        found: list[tuple[int, SourceSettings]] = []
        for i, entry in enumerate(_list(entries)):
            settings = self._kind(entry, ("sources", i), self.kinds.sources)
            if settings is not None:
                found.append((i, settings))
        return names.named(found, self.document)

    def _channels(self, entries: object) -> dict[str, ChannelSettings]:
        found = {}
        for name, entry in _dict(entries).items():
            settings = self._kind(entry, ("channels", name), self.kinds.channels)
            if settings is not None:
                found[name] = settings
        return found

    def _kind(self, entry: object, place: Place, family: Family) -> Any:
        """One entry whose `kind` says which settings it has (of the family's base); its secrets are read."""
        complain = self.document.complain
        if not isinstance(entry, dict):
            complain(place, "this must be a section of keys", f"Write {{kind: …}} with one of: {', '.join(family.names)}")
            return None
        kind = entry.get("kind")
        if kind is None:
            complain(place, "it has no kind", f"Add kind: one of {', '.join(family.names)}")
            return None
        if not isinstance(kind, str) or kind not in family:
            complain(
                (*place, "kind"), f"unknown kind {shown(str(kind))}", meant(str(kind), family.names, what="This build knows")
            )
            return None
        try:
            model = family.settings(kind)
        except KindUnloadable as error:
            complain((*place, "kind"), str(error), "Install it again, or remove this entry")
            return None
        settings = validated(model, entry, self.document, place, self.context)
        if self.secrets:
            read_secrets(settings, self.document, place)
        return settings

    def _cadences(self, entries: object) -> dict[str, CadenceSection]:
        found = {}
        for name, entry in _dict(entries).items():
            place = ("cadences", name)
            if not isinstance(entry, dict | None):
                self.document.complain(place, "this must be a section of keys", 'Write it such as {at: "07:00", to: [inbox]}')
                continue
            job = (entry or {}).get("job", NAMED.get(name))
            if job is None:
                self.document.complain(
                    place, f"unknown cadence {shown(name)}", f"{meant(name, NAMED)}; or name its job: one of {', '.join(JOBS)}"
                )
            elif not isinstance(job, str) or job not in JOBS:
                self.document.complain((*place, "job"), f"unknown job {shown(str(job))}", meant(str(job), JOBS))
            else:
                section = validated(JOBS[job], entry or {}, self.document, place, self.context)
                if section is not None:
                    found[name] = section
        return found

    def _each(self, entries: object, key: str, model: type[S]) -> list[S | None]:
        return [validated(model, entry, self.document, (key, i), self.context) for i, entry in enumerate(_list(entries))]

    def _references(
        self, file: File | None, data: Mapping[str, Any], cadences: Mapping[str, CadenceSection], rules: list[RuleSection | None]
    ) -> None:
        """Names that point to other places of the file must be there."""
        channels, planned = _dict(data.get("channels")), _dict(data.get("cadences"))
        for name, section in cadences.items():
            self._known(section.channels, channels, ("cadences", name, "to"), "channel")
        seen: dict[str, int] = {}
        for i, rule in enumerate(rules):
            if rule is None:
                continue
            self._known(rule.then.notify, channels, ("rules", i, "then", "notify"), "channel")
            if rule.name in seen:
                self.document.complain(
                    ("rules", i, "name"), f"rules[{seen[rule.name]}] has this name too", "Give each rule a name of its own"
                )
            seen.setdefault(rule.name, i)
        for i, reader in enumerate(file.me.reads_too if file else ()):
            self._known(reader.only, planned, ("me", "reads_too", i, "only"), "cadence")

    def _permissions(self, sources: list[SourceSettings], rules: list[RuleSection | None]) -> None:
        """What a rule stands for must be allowed to be done somewhere; a post in one place, for else nobody could say in which."""
        for i, rule in enumerate(rules):
            posting = [source.name for source in sources if "post" in source.allowed]
            if rule is not None and rule.then.post and len(posting) != 1:
                problem = "no source may post" if not posting else f"{len(posting)} sources may post ({', '.join(posting)})"
                self.document.complain(("rules", i, "then", "post"), problem, "Add allow: [post] to exactly one Slack source")
            if rule is not None and rule.then.flag and not any("label" in source.allowed for source in sources):
                self.document.complain(
                    ("rules", i, "then", "flag"), "no source may flag mail", "Add allow: [label] to a mail source"
                )

    def _known(self, words: tuple[str, ...], there: Mapping[str, Any], place: Place, what: str) -> None:
        for i, word in enumerate(words):
            if word not in there:
                here = (*place, i) if (*place, i) in self.document.lines else place
                self.document.complain(
                    here, f"there is no {what} {shown(word)}", meant(word, there, what=f"Each {what} in this file")
                )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
