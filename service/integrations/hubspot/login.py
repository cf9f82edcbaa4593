"""The token that the config names: read once, and again where HubSpot no longer takes it, for it may have been replaced meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

from service.errors import AccessLost
from service.ports import Surroundings
from service.settings.section import Secret, SecretUnreadable


class Named:
    def __init__(self, token: Secret | None, at: Surroundings) -> None:
        """Raises AccessLost where nothing is named, or there is nothing under that name."""
        self._token, self._at = token, at
        self._said = self._read()

    def headers(self) -> Mapping[str, str]:
        return self._said

    def renew(self, refused: Mapping[str, str]) -> bool:
        self._said = self._read()
        return self._said != refused

    def _read(self) -> Mapping[str, str]:
        try:
            token = self._token.read(self._at) if self._token else ""
        except SecretUnreadable as error:
            raise AccessLost(f"HubSpot's token is not there: {error}") from error
        if not token:
            raise AccessLost("HubSpot has no token: run `reveille connect hubspot`, or set `token` to a service key")
        return {"Authorization": f"Bearer {token}"}
