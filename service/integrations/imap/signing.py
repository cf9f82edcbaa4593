"""`reveille connect imap`: server, user and password are typed, tried and kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.domain.credentials import Credential
from service.integrations.imap import Settings
from service.integrations.signing import Typed


class SignIn(Typed):
    vendor = "imap"
    login = "user"
    asks: Mapping[str, str] = {"user": "Your address, or whom to sign in as", "host": "The IMAP server"}
    secrets: Mapping[str, str] = {"password": "Password (an app password, where sign-in takes two steps)"}
    more: Mapping[str, str] = {
        "port": "another than 993",
        "tls": "starttls on port 143; none on this machine itself",
        "ca": "a certificate to trust beside the system's, as a PEM file",
    }

    def guess(self, key: str, about: Mapping[str, str]) -> str:
        domain = about.get("user", "").rpartition("@")[2]
        return f"imap.{domain}" if key == "host" and "@" in about.get("user", "") else ""

    def model(self) -> type[Settings]:
        return Settings

    def words(self, name: str, credential: Credential) -> Mapping[str, Any]:
        return {"kind": "imap", **credential.about, "password": {"kept": name}}
