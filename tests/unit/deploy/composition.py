"""The Compose specification's essentials: how files are merged, and which keys a service of ours may have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tests.unit.deploy.files import document


def merged(*files: Path) -> dict[str, Any]:
    """The first file with the others laid over it: mappings are merged key by key, everything else is replaced."""
    whole: dict[str, Any] = {}
    for file in files:
        whole = _over(whole, document(file))
    return whole


def _over(below: Any, above: Any) -> Any:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **{key: _over(below.get(key), value) for key, value in above.items()}}
    return above


def seconds(duration: str) -> int:
    amount, unit = int(duration[:-1]), duration[-1]
    return amount * {"s": 1, "m": 60, "h": 3600}[unit]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


Duration = Annotated[str, Field(pattern=r"^\d+[smh]$")]
Memory = Annotated[str, Field(pattern=r"^\d+[kmg]$")]
Loopback = Annotated[str, Field(pattern=r"^127\.0\.0\.1:\d+:\d+$")]


class Build(Part):
    context: str
    dockerfile: str


class Limits(Part):
    cpus: str
    memory: Memory
    pids: int


class Reservations(Part):
    memory: Memory


class Resources(Part):
    limits: Limits
    reservations: Reservations | None = None


class Deploy(Part):
    replicas: Annotated[int, Field(ge=1)] = 1
    resources: Resources


class Healthcheck(Part):
    test: list[str] = []
    interval: Duration = "30s"
    timeout: Duration = "30s"
    retries: int = 3
    start_period: Duration = "0s"
    disable: bool = False


class Dependency(Part):
    condition: Literal["service_started", "service_healthy", "service_completed_successfully"]
    required: bool = True


class Mounted(Part):
    source: str
    target: str


class Mount(Mounted):
    type: Literal["bind", "volume"]
    read_only: bool = False


class Logging(Part):
    driver: str
    options: dict[str, str]


class Service(Part):
    """Required here is what an operator insists on, not only what the specification does."""

    image: str
    build: Build | None = None
    command: list[str] = []
    cap_drop: list[Literal["ALL"]]
    depends_on: dict[str, Dependency] = {}
    deploy: Deploy
    environment: dict[str, str] = {}
    healthcheck: Healthcheck
    hostname: str = ""
    init: bool = False
    logging: Logging
    networks: list[str]
    ports: list[Loopback] = []
    profiles: list[str] = []
    read_only: Literal[True]
    restart: Literal["unless-stopped", "no"]
    secrets: list[str | Mounted] = []
    security_opt: list[Literal["no-new-privileges:true"]]
    shm_size: Memory = "64m"
    stop_grace_period: Duration = "10s"
    tmpfs: list[str] = []
    user: Annotated[str, Field(pattern=r"^[1-9]\d*:\d+$")]
    volumes: list[Mount] = []


class Network(Part):
    internal: bool = False


class SecretFile(Part):
    file: str


class Composition(Part):
    name: str
    services: dict[str, Service]
    networks: dict[str, Network]
    volumes: dict[str, Part]
    secrets: dict[str, SecretFile]


def composition(*files: Path) -> Composition:
    whole = merged(*files)
    return Composition.model_validate({key: value for key, value in whole.items() if not key.startswith("x-")}, strict=True)
