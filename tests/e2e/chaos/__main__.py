"""The long profile, `make chaos`: every fault at a hundred random points or more, resumed where it was left, counted in a table.

    python -m tests.e2e.chaos [--points 100] [--only WORDS] [--results FILE] [--jobs N] [--round N] [--seed N]

Each line of the results is one round: a scenario on a topology, some points, its verdict. A scenario is done once its rounds have as
many points as asked for; a round that fails is kept, with its folder, and counts as failed until its line is taken out.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.e2e.chaos import campaign, table


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.e2e.chaos", description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--points", type=int, default=100)
    reader.add_argument("--only", default="", help="scenarios whose name and topology hold these words")
    reader.add_argument("--results", type=Path, default=Path(".chaos.jsonl"))
    reader.add_argument("--jobs", type=int, default=2, help="rounds at once: most of the time they wait")
    reader.add_argument("--round", type=int, default=1000, help="points to a topology, at most")
    reader.add_argument("--seed", type=int, default=20261120)
    reader.add_argument("--table", action="store_true", help="only print what the results hold")
    asked = reader.parse_args()
    if not asked.table:
        _play_all(asked)
    return table.show(campaign.read(asked.results))


def _play_all(asked: argparse.Namespace) -> None:
    missing = campaign.orders(asked.points, asked.only, asked.seed, asked.round, campaign.read(asked.results))
    print(f"{sum(o.points for o in missing)} points in {len(missing)} rounds to go; results in {asked.results}", flush=True)
    with ThreadPoolExecutor(asked.jobs) as pool:
        for done in as_completed([pool.submit(campaign.play_round, order) for order in missing]):
            line = done.result()
            campaign.append(asked.results, line)
            says = "ok  " if line["passes"] else "FAIL"
            print(f"{says} {line['name']} on {line['on']}: {line['points']} points, {line['took']} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
