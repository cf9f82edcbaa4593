"""What requests are authorised by: the connection's access token, renewed once by whoever finds it stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from service.domain.credentials import Credential, Held
from service.errors import AccessLost
from service.integrations.google.tokens import refreshed
from service.ports import Credentials

EARLY = timedelta(minutes=1)
"""A token that ends within this is renewed before it is used."""


class Login:
    """`service.http.Login` of one connection."""

    def __init__(self, name: str, kept: Credentials, clock: Callable[[], datetime]) -> None:
        self._name, self._kept, self._clock = name, kept, clock
        self._held: Held | None = None

    @property
    def who(self) -> str:
        """Whom Google knows it as; "" where nobody said. Raises AccessLost where there is no such connection."""
        return self.credential.login

    @property
    def credential(self) -> Credential:
        return self._kept_one().credential

    def headers(self) -> Mapping[str, str]:
        held = self._kept_one()
        until = held.credential.expires_at
        if "access_token" not in held.credential.secrets or (until is not None and until - EARLY <= self._clock()):
            held = self._held = self._kept.renew(self._name, held, self._renewed)
        return _header(held.credential)

    def renew(self, refused: Mapping[str, str]) -> bool:
        held = self._kept.get(self._name) or self._kept_one()
        if _header(held.credential) == dict(refused):
            held = self._kept.renew(self._name, held, self._renewed)
        self._held = held
        return _header(held.credential) != dict(refused)

    def _kept_one(self) -> Held:
        self._held = self._held or self._kept.get(self._name)
        if self._held is None:
            named = "" if self._name == "google" else f" --name {self._name}"
            raise AccessLost(f"there is no connection {self._name}: run `reveille connect google{named}`")
        return self._held

    def _renewed(self, credential: Credential) -> Credential:
        return refreshed(credential, self._clock)


def _header(credential: Credential) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential.secrets.get('access_token', '')}"}
