"""What each request to Graph is authorised by: the connection's access token, renewed once by whoever finds it stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from service.domain.credentials import Credential, Held
from service.errors import AccessLost
from service.integrations.microsoft.tokens import VENDOR, renewed
from service.ports import Credentials

SOON = timedelta(minutes=2)
"""A token that ends within this is renewed before it is used: it has to last for the request."""


class Login:
    """`service.http.Login` of one connection. MSAL is imported when a token is to be renewed, not before."""

    def __init__(self, credentials: Credentials, name: str, clock: Callable[[], datetime]) -> None:
        self._credentials, self._name, self._clock = credentials, name, clock
        self._held: Held | None = None

    @property
    def credential(self) -> Credential:
        """As it was kept when it was last looked at. Raises AccessLost where there is none."""
        return self._read().credential

    def headers(self) -> Mapping[str, str]:
        held = self._read()
        if self._ends_soon(held.credential):
            self._held = None  # another worker may have been quicker
            held = self._read()
        if self._ends_soon(held.credential):
            held = self._renew(held)
        return _headers(held.credential)

    def renew(self, refused: Mapping[str, str]) -> bool:
        self._held = None
        held = self._read()
        if _headers(held.credential) == refused:
            self._renew(held)
        return True

    def _read(self) -> Held:
        if self._held is None:
            self._held = self._credentials.get(self._name)
        if self._held is None or self._held.credential.vendor != VENDOR:
            self._held = None
            raise AccessLost(f"there is no connection {self._name} to Microsoft: run `reveille connect microsoft{self._named}`")
        return self._held

    def _renew(self, stale: Held) -> Held:
        self._held = self._credentials.renew(self._name, stale, lambda credential: renewed(credential, self._clock))
        return self._held

    def _ends_soon(self, credential: Credential) -> bool:
        token, ends = credential.secrets.get("access_token"), credential.expires_at
        return not token or (ends is not None and ends - self._clock() < SOON)

    @property
    def _named(self) -> str:
        return "" if self._name == VENDOR else f" --name {self._name}"

    @property
    def fix(self) -> str:
        return f"run `reveille connect microsoft{self._named}`"


def _headers(credential: Credential) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential.secrets.get('access_token', '')}"}
