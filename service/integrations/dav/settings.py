"""The part of the config that CalDAV and CardDAV share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from service.errors import AccessLost
from service.settings.section import Secret, SecretUnreadable, SourceSettings, wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.integrations.dav.account import Account
    from service.integrations.dav.vocabulary import Words
    from service.ports import Surroundings

_ADDRESS = re.compile(r"[^@\s/:]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")


class DavSettings(SourceSettings):
    url: str = Field(
        description="https:// address of the server, your principal or one collection; or only your e-mail address",
        examples=["https://cal.keller.example/"],
    )
    user: str = Field("", description="Whom to sign in as; the address where `url` is one")
    password: Secret = Field(description="Where the password is", examples=[{"env": "DAV_PASSWORD"}])
    skip: tuple[str, ...] = Field((), description="Those that are not read, by name", examples=[["Birthdays"]])

    @field_validator("url")
    @classmethod
    def _reachable(cls, url: str) -> str:
        url = url.strip()
        if _ADDRESS.fullmatch(url):
            return url
        from service.integrations.dav.places import host, is_private

        try:
            parts = urlsplit(url)
            named, _ = host(url), parts.port
        except ValueError as error:
            raise wrong(f"“{url}” is no address", "Write https://cal.example.com/, or your e-mail address") from error
        if parts.username or parts.password:
            raise wrong("a name or password stands in the address", "Write them as `user` and `password`")
        if not named or not is_private(url):
            raise wrong(
                "the password would be sent without encryption", "Begin `url` with https://, or write your e-mail address"
            )
        return url

    def default_name(self) -> str:
        return f"{self.kind} {urlsplit(self.url).hostname if '://' in self.url else self.url}"

    def account(self, words: Words, names: Sequence[str], at: Surroundings) -> Account:
        """Raises AccessLost where the password isn't to be had."""
        from service.integrations.dav.account import Account, Wanted
        from service.integrations.dav.resolver import system_lookup
        from service.integrations.dav.server import Login

        is_address = "://" not in self.url
        try:
            login = Login(self.user or (self.url if is_address else ""), self.password.read(at))
        except SecretUnreadable as error:
            raise AccessLost(f"the password of {self.default_name()} is not there: {error}") from error
        return Account(words, Wanted(self.url, names, self.skip), login, at.clock, system_lookup() if is_address else None)
