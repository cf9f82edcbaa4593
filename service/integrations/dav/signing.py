"""Signing in to a WebDAV server: its address or one's own, and a password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.domain.credentials import Credential
from service.integrations.signing import Typed


class DavSignIn(Typed):
    login = "user"
    asks: Mapping[str, str] = {
        "url": "Your e-mail address, or the server's https:// address",
        "user": "User name there",
    }
    secrets: Mapping[str, str] = {"password": "Password (an app password where you sign in in two steps)"}

    def guess(self, key: str, about: Mapping[str, str]) -> str:
        given = about.get("url", "")
        return given if key == "user" and "://" not in given else ""

    def words(self, name: str, credential: Credential) -> Mapping[str, Any]:
        about = credential.about
        said = {"kind": self.vendor, "url": about.get("url", ""), "user": about.get("user", "")}
        return {**said, "password": {"kept": name}}
