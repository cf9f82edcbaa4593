"""`python -m service.alone ID`: one occurrence in a process of its own, for what a worker has died of."""

from __future__ import annotations

import sys

from service.houses import open_houses
from service.logs import configure
from service.settings.server import load_server
from service.worker import run_one


def main(id: str) -> int:
    server = load_server()
    configure(level=server.log_level, as_json=server.log_json)
    with open_houses(server) as houses:
        run_one(houses.runner(), id)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
