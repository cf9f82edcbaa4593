"""`reveille connect caldav`."""

from __future__ import annotations

from service.integrations.caldav import Settings
from service.integrations.dav.signing import DavSignIn
from service.settings.section import SourceSettings


class SignIn(DavSignIn):
    vendor = "caldav"

    def model(self) -> type[SourceSettings]:
        return Settings
