"""Signing in with a password or token that the person types: the same for every protocol that has no better way."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from service.domain.credentials import Credential
from service.ports import Asker, Check, Right, Surroundings
from service.settings.section import SourceSettings


class Typed:
    """`asks`: what is needed besides, each with its question; `secrets`: what is typed unseen, likewise. A question that ends with "?"
    may be left empty.
    """

    vendor: str
    login = ""
    """Which of `asks` says who signs in."""
    asks: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    more: Mapping[str, str] = {}
    """Further options that are not asked for."""

    @property
    def options(self) -> Mapping[str, str]:
        return {**self.asks, **self.more}

    def rights(self, kinds: frozenset[str], acts: frozenset[str]) -> Sequence[Right]:
        del kinds, acts  # a password opens everything, a token what it was made for
        return ()

    def sign_in(
        self, asker: Asker, given: Mapping[str, str], rights: Sequence[Right], clock: Callable[[], datetime]
    ) -> Credential:
        del rights, clock
        about = dict(given)
        for key, question in self.asks.items():
            about[key] = given.get(key) or asker.ask(question.rstrip("?"), self.guess(key, about))
        secrets = {key: asker.secret(question.rstrip("?")) for key, question in self.secrets.items()}
        return Credential(
            self.vendor,
            about.get(self.login, ""),
            secrets={key: value for key, value in secrets.items() if value},
            about={key: value for key, value in about.items() if value},
        )

    def guess(self, key: str, about: Mapping[str, str]) -> str:
        """What is likely, from what is known already."""
        del key, about
        return ""

    def check(self, at: Surroundings) -> Check:
        held = at.credentials.get(at.account)
        assert held is not None, "it has just been typed"
        source = self.settings(at.account, held.credential).connect(at)
        try:
            return source.check()
        finally:
            getattr(source, "close", lambda: None)()  # those that hold a connection have one

    def revoke(self, credential: Credential, clock: Callable[[], datetime]) -> str:
        del clock
        return f"Where you made the {' or '.join(credential.secrets)} for {credential.login or self.vendor}, take it back: nobody else can."

    def snippet(self, name: str, credential: Credential) -> str:
        words = {key: value for key, value in self.words(name, credential).items() if value is not None and value != ""}
        return "sources:\n  - {" + ", ".join(f"{key}: {_said(value)}" for key, value in words.items()) + "}"

    def settings(self, name: str, credential: Credential) -> SourceSettings:
        return self.model().model_validate(self.words(name, credential))

    @abstractmethod
    def model(self) -> type[SourceSettings]: ...

    @abstractmethod
    def words(self, name: str, credential: Credential) -> Mapping[str, Any]:
        """The source as the config has it."""


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_said(inner)}" for key, inner in value.items()) + "}"
    return str(value)
