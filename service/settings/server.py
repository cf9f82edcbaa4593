"""What differs between one machine and many: where data lies, the queue, the key. From REVEILLE_* variables, else server.yaml."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from service.errors import Complaint, ConfigError
from service.settings import key, objects
from service.settings.complaints import worded
from service.settings.document import Document, read
from service.settings.kinds import meant
from service.settings.load import FILE, find
from service.settings.objects import Objects
from service.settings.section import wrong

PREFIX = "REVEILLE_"
SERVER_FILE = "server.yaml"
LONGEST_FILE = timedelta(seconds=30)
"""To or from an object store."""


class Server(BaseSettings):
    """Paths are absolute once read. `key` is None where nothing is encrypted."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True, hide_input_in_errors=True
    )

    config: Annotated[Path, Field(description="The person's config file (variable only)")] = Path(FILE)
    data: Annotated[Path, Field(description="The folder of the store; .reveille beside the config file where it is left out")] = (
        Path(".reveille")
    )
    database: Annotated[str, Field(description="An SQLAlchemy URL; SQLite in the data folder where it is left out")] = ""
    queue: Annotated[str, Field(description="embedded, or a Celery broker's URL: redis://…, amqp://…")] = "embedded"
    artefacts: Annotated[
        Path | Objects,
        Field(description="The folder of rendered files, or s3://bucket/prefix; in the data folder where it is left out"),
    ] = Path()
    s3_endpoint: Annotated[
        str,
        Field(
            pattern=r"^(https?://[^\s/@]+/?)?$",
            description="Of an S3-compatible server that is not Amazon's: http(s)://host:port",
        ),
    ] = ""
    key: Annotated[
        SecretStr | None, Field(description="What the store is encrypted with: 16 characters at least (variable only)")
    ] = None
    key_file: Annotated[
        Path | None, Field(description="A file with the key instead; mode 600 (440 where root owns it), or the start is refused")
    ] = None
    key_ring: Annotated[
        str,
        Field(
            pattern=r"^([^\s/]+/[^\s/]+)?$",
            description="An entry of the operating system's keyring with the key instead, SERVICE/NAME; needs the extra keyring",
        ),
    ] = ""
    base_url: Annotated[
        str, Field(pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$", description="Where the web pages are reached from outside")
    ] = ""
    people: Annotated[Path | None, Field(description="The folder of NAME.yaml files that clocks follow, one a person")] = None
    listen: Annotated[
        str,
        Field(
            pattern=r"^([^\s:/]*:\d{1,5})?$", description="Where clock and worker answer /live, /ready and /metrics: host:port"
        ),
    ] = ""
    lease: Annotated[
        int, Field(ge=5, le=3600, description="Seconds after which a worker that is not heard of is taken for dead")
    ] = 90
    stop_within: Annotated[int, Field(ge=1, le=600, description="Seconds to finish what runs once told to stop")] = 25
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Field(description="What is logged")] = "info"
    log_json: Annotated[bool, Field(description="Logs as JSON lines")] = False

    @property
    def is_shared(self) -> bool:
        """Whether it serves many people or runs on many machines: then their configs are in the store."""
        return self.people is not None or self.queue != "embedded" or not self.database.startswith("sqlite")

    @property
    def lease_length(self) -> timedelta:
        return timedelta(seconds=self.lease)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file (which comes in as arguments)."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, level: object) -> object:
        return level.lower() if isinstance(level, str) else level

    @field_validator("queue")
    @classmethod
    def _broker(cls, queue: str) -> str:
        if queue != "embedded" and queue.partition("://")[0] not in {"redis", "rediss", "amqp", "amqps", "memory"}:
            raise wrong("no queue that is known", "Write embedded, or a URL that begins with redis:// or amqp://")
        return queue

    @field_validator("artefacts", mode="before")
    @classmethod
    def _place(cls, place: object) -> object:
        if not isinstance(place, str | Path | Objects):
            raise wrong("this must be a path or a URL", "Write a folder, or s3://bucket/prefix")
        if not isinstance(place, str) or "://" not in place:
            return place
        if not place.startswith(objects.SCHEME):
            raise wrong("no artefact store that is known", "Write a folder, or a URL that begins with s3://")
        return objects.parse(place)

    @field_validator("database")
    @classmethod
    def _dialect(cls, url: str) -> str:
        if url and url.partition("://")[0].partition("+")[0] not in {"sqlite", "postgresql"}:
            raise wrong("no database that is known", "Write a URL that begins with sqlite:/// or postgresql://")
        return url

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        named = [name for name in ("key", "key_file", "key_ring") if getattr(self, name)]
        if named[1:]:
            variables = " and ".join(PREFIX + name.upper() for name in named)
            raise wrong(f"{' and '.join(named)} are {'both' if len(named) == 2 else 'all'} set", f"Keep one of {variables}")
        if self.key and len(self.key.get_secret_value().strip()) < key.LENGTH:
            raise wrong("the key is too short", key.MAKE)
        return self


def load_server(config: Path | None = None) -> Server:
    """Raises ConfigError. `config` goes before REVEILLE_CONFIG; server.yaml is looked for beside the config file."""
    chosen = (config or find() or Path(FILE)).expanduser().absolute()
    file = chosen.parent / SERVER_FILE
    document = read(file, missing="") if file.exists() else Document(str(file), "", {})
    values = _of_file(document)
    _misspelt(document)
    server = _validated({**values, "config": chosen}, document) if not document.complaints else None
    if server is None:
        raise ConfigError(*document.complaints)
    placed = _placed(server, chosen)
    if document.complaints or (secret := _key(placed, document)) is _BAD:
        raise ConfigError(*document.complaints)
    return placed.model_copy(update={"key": secret})


def _of_file(document: Document) -> dict[str, Any]:
    data = document.data if document.data is not None else {}
    if not isinstance(data, dict):
        document.complain((), "this must be a section of keys", "Write one `key: value` a line")
        return {}
    known = set(Server.model_fields) - {"key", "config"}
    for name in data:
        if name == "key":
            document.complain(
                ("key",), "a secret is never written into this file", "Set REVEILLE_KEY, or name a file in key_file"
            )
        elif name not in known:
            document.complain((name,), "unknown key", meant(name, known, what="Known here"))
    folder = Path(document.file).parent
    paths = {"data", "artefacts", "key_file", "people"}
    return {
        k: folder / Path(v).expanduser() if k in paths and isinstance(v, str) and "\0" not in v and "://" not in v else v
        for k, v in data.items()
        if k in known
    }


def _misspelt(document: Document) -> None:
    """A variable that is nearly one of ours is a slip; others may belong to somebody else."""
    import difflib

    known = [name.upper() for name in Server.model_fields]
    for variable in sorted(os.environ):
        name = variable.removeprefix(PREFIX)
        if (
            variable.startswith(PREFIX)
            and name not in known
            and (near := difflib.get_close_matches(name, known, n=1, cutoff=0.8))
        ):
            _of_environment(document, variable, "unknown variable", f"Did you mean {PREFIX}{near[0]}?")


def _validated(values: Mapping[str, Any], document: Document) -> Server | None:
    try:
        return Server(**values)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_input=False):
            place, problem, fix = worded(details, Server, Server.model_fields)
            variable = PREFIX + str(place[0]).upper() if place else ""
            if os.environ.get(variable):
                _of_environment(document, variable, problem, fix)
            else:
                document.complain(place, problem, fix)
    return None


def _of_environment(document: Document, variable: str, problem: str, fix: str) -> None:
    document.complaints.append(Complaint("environment", None, variable, problem, fix))


def _placed(server: Server, config: Path) -> Server:
    """Every path absolute, every default filled in."""
    given = server.model_fields_set
    data = (server.data.expanduser() if "data" in given else config.parent / ".reveille").absolute()
    key_file = server.key_file.expanduser().absolute() if server.key_file else None
    people = server.people.expanduser().absolute() if server.people else None
    database = server.database or f"sqlite:///{data / 'reveille.db'}"
    return server.model_copy(
        update={
            "config": config,
            "data": data,
            "artefacts": _artefacts(server, data),
            "database": database,
            "key_file": key_file,
            "people": people,
        }
    )


def _artefacts(server: Server, data: Path) -> Path | Objects:
    if isinstance(server.artefacts, Objects):
        # Two calls that take as long as they may, and the lease of whoever makes them has not run out.
        patience = min(server.lease_length / 3, LONGEST_FILE)
        return replace(server.artefacts, endpoint=server.s3_endpoint.rstrip("/"), patience=patience)
    return server.artefacts.expanduser().absolute() if "artefacts" in server.model_fields_set else data / "artefacts"


_BAD = SecretStr("")


def _key(server: Server, document: Document) -> SecretStr | None:
    """The key from its variable, file or keyring; _BAD with a complaint where that won't do."""
    setting = "key_file" if server.key_file else "key_ring"
    try:
        if server.key_file:
            return SecretStr(key.from_file(server.key_file))
        return SecretStr(key.from_ring(server.key_ring)) if server.key_ring else server.key
    except key.Unfit as unfit:
        variable = PREFIX + setting.upper()
        if os.environ.get(variable):
            _of_environment(document, variable, unfit.problem, unfit.fix)
        else:
            document.complain((setting,), unfit.problem, unfit.fix)
        return _BAD
