"""`reveille connect carddav`."""

from __future__ import annotations

from service.integrations.carddav import Settings
from service.integrations.dav.signing import DavSignIn
from service.settings.section import SourceSettings


class SignIn(DavSignIn):
    vendor = "carddav"

    def model(self) -> type[SourceSettings]:
        return Settings
