"""How commands find the config and open the house."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from service.errors import Complaint, ConfigError

if TYPE_CHECKING:
    from service.bootstrap import House


def opened(config: Path | None = None) -> House:
    """The house of the config here. Raises ConfigError where there is none."""
    from service.bootstrap import open_house
    from service.logs import configure
    from service.settings import find
    from service.settings.server import load_server

    file = config or find()
    if file is None:
        where = Complaint(
            "reveille.yaml",
            None,
            "config",
            "there is none here",
            "Run `reveille init` to make one, or `reveille run` to see a sample day.",
        )
        raise ConfigError(where)
    server = load_server(file)
    configure(
        level="error" if server.log_level == "info" else server.log_level, as_json=server.log_json
    )  # coverage says the rest
    house = open_house(server)
    house.store.accounts.register(house.config.person.id, {s.name: s.kind for s in house.config.sources})
    return house
