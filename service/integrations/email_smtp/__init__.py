"""Briefings by e-mail, over any SMTP server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from service.settings.section import ChannelSettings, Secret, Section, wrong
from service.settings.words import Email, Many

if TYPE_CHECKING:
    from service.ports import Channel, Surroundings

Security = Literal["starttls", "tls", "none"]


class Smtp(Section):
    host: Annotated[
        str,
        Field(min_length=1, max_length=253, pattern=r"^[^\s/@]+$", description="The server", examples=["smtp.keller.example"]),
    ]
    port: Annotated[int | None, Field(ge=1, le=65535, description="587; 465 with tls, 25 with none")] = None
    user: Annotated[
        str | None,
        Field(min_length=1, description="Whom to sign in as; nobody where it is left out", examples=["mara@keller.example"]),
    ] = None
    password: Annotated[Secret | None, Field(description="Where the password is", examples=[{"env": "SMTP_PASSWORD"}])] = None
    security: Annotated[
        Security | None,
        Field(description="starttls; tls on port 465; none on this machine itself. Elsewhere none must be asked for"),
    ] = None
    ca: Annotated[Path | None, Field(description="A certificate to trust beside the system's, as a PEM file")] = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if self.user is not None and self.password is None:
            raise wrong("user without password", "Add password: {env: NAME}, or remove user")
        if self.password is not None and self.user is None:
            raise wrong("password without user", "Add user, or remove password")
        return self

    @property
    def local(self) -> bool:
        return self.host.lower() in {"localhost", "::1"} or self.host.startswith("127.")

    @property
    def secured(self) -> Security:
        if self.security:
            return self.security
        if self.port == 465:
            return "tls"
        return "none" if self.local and self.port != 587 else "starttls"

    @property
    def at_port(self) -> int:
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.secured]


class Settings(ChannelSettings):
    kind: Literal["email"]
    to: Annotated[Many[Email], Field(min_length=1, max_length=50, description="Who receives it, one or several")]
    from_: Annotated[
        Email | None, Field(alias="from", description="The sender's address; your own first one where it is left out")
    ] = None
    smtp: Annotated[Smtp, Field(description="The server that takes it", examples=[{"host": "smtp.keller.example"}])]

    @model_validator(mode="after")
    def _deliverable(self) -> Self:
        from service.integrations.mime import ascii_domain

        for address in (*self.to, *([self.from_] if self.from_ else [])):
            local, _, domain = address.rpartition("@")
            try:
                ascii_domain(domain)
            except ValueError:
                raise wrong(f"the domain of {address} can't be mailed to", "Check its spelling") from None
            if not local.isascii():
                raise wrong(
                    f"{address} has letters before the @ that few mail servers take", "Use an address in plain letters"
                ) from None
        return self

    def connect(self, at: Surroundings) -> Channel:
        from service.integrations.email_smtp.channel import Email as Connected

        return Connected(self, at)
