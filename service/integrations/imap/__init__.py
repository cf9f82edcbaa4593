"""Mail on any IMAP server (RFC 3501, RFC 9051)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from service.settings.section import ALLOW, Secret, SourceSettings, wrong
from service.settings.words import Age, Many

if TYPE_CHECKING:
    from service.integrations.imap.source import Imap
    from service.ports import Surroundings

Tls = Literal["tls", "starttls", "none"]
_HOST = r"^[^\s/@\x00-\x20]+$"


class Settings(SourceSettings):
    """All folders are read but junk, trash and drafts. `skip` names more that are not; `only` names exactly those that are."""

    rings: ClassVar[bool] = True
    kind: Literal["imap"]
    host: Annotated[
        str, Field(min_length=1, max_length=253, pattern=_HOST, description="The server", examples=["imap.keller.example"])
    ]
    port: Annotated[int | None, Field(ge=1, le=65535, description="993; 143 with starttls or none")] = None
    user: Annotated[str, Field(min_length=1, description="Whom to sign in as", examples=["mara@keller.example"])]
    password: Annotated[
        Secret, Field(description="Where the password is; often an app password", examples=[{"env": "MAIL_PASSWORD"}])
    ]
    tls: Annotated[Tls, Field(description="tls; starttls on port 143; none on this machine itself only")] = "tls"
    ca: Annotated[Path | None, Field(description="A certificate to trust beside the system's, as a PEM file")] = None
    skip: tuple[str, ...] = Field((), description="Folders that are not read, nor what is below them", examples=[["Lists"]])
    only: tuple[str, ...] = Field((), description="The only folders that are read", examples=[["INBOX", "Sent"]])
    idle: Annotated[bool, Field(strict=True, description="Listen for new mail in the inbox, beside reading on the cadence")] = (
        True
    )
    since: Annotated[
        Age | None, Field(description="How far back the first sync reads; everything where it is left out", examples=["365d"])
    ] = None
    allow: Annotated[Many[Literal["draft", "label"]], ALLOW] = ()

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if self.tls == "none" and not self.local:
            raise wrong("a password would travel in the open", "Set tls to tls or starttls; none is for this machine itself")
        if self.port == 993 and self.tls == "starttls":
            raise wrong("port 993 speaks TLS from the first byte", "Set tls to tls, or port to 143")
        return self

    @property
    def local(self) -> bool:
        return self.host.lower() in {"localhost", "::1"} or self.host.startswith("127.")

    @property
    def at_port(self) -> int:
        return self.port or (993 if self.tls == "tls" else 143)

    def default_name(self) -> str:
        return f"imap {self.user if '@' in self.user else self.host}"

    def connect(self, at: Surroundings) -> Imap:
        from service.integrations.imap.source import Imap

        return Imap(self, at)
