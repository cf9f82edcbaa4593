"""`python -m service.alone ID`: one occurrence in a process of its own, for what a worker has died of."""

from __future__ import annotations

import sys
from contextlib import suppress
from time import monotonic, sleep

from service.errors import ReveilleError
from service.houses import open_houses
from service.logs import configure
from service.settings.server import load_server
from service.worker import run_one


def main(id: str) -> int:
    server = load_server()
    configure(level=server.log_level, as_json=server.log_json)
    with open_houses(server) as houses:
        runner = houses.runner()
        run_one(runner, id)
        end = monotonic() + server.lease
        while runner.owed and monotonic() < end:  # it would be taken for what killed this process
            with suppress(ReveilleError):
                runner.owed.settle()
                break
            sleep(1)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
