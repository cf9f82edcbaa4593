"""One occurrence seen through from the command line, beside a service that may be running on the same ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.delivery import Delivery
    from service.domain.ledger import Occurrence

PATIENCE = timedelta(minutes=3)
LOOK_AGAIN = 0.2  # seconds


def seen_through(house: House, id: str) -> Occurrence:
    """Until it ends, or waits for another attempt. A clock or worker that was first is waited for."""
    from service.domain.ledger import State
    from service.worker import run_one

    end = monotonic() + PATIENCE.total_seconds()
    while True:
        trouble = run_one(house.runner, id)
        row = house.store.ledger.get(id)
        assert row is not None, "rows are never taken away while they are open"
        if trouble and row.state != State.ENDED:
            return replace(row, reason=trouble)
        if row.state == State.ENDED or row.not_before is not None or monotonic() > end:
            return row
        sleep(LOOK_AGAIN)


def told(house: House, row: Occurrence) -> Iterator[str]:
    """What became of it, a line a delivery, with the files where there are some."""
    for delivery in house.store.deliveries.of(row.id):
        said = delivery.receipt or delivery.error
        yield f"{delivery.channel}: {delivery.state.value}{': ' + said if said else ''}"
        yield from (f"  {file}" for file in _files(delivery))
    if row.outcome is None:
        yield f"Not sent yet{': ' + row.reason.rstrip('.') if row.reason else ''}. It is kept, and tried again while `reveille run` runs."
    elif row.outcome.value != "sent":
        yield f"{row.outcome.value}: {row.reason}"


def _files(delivery: Delivery) -> list[Path]:
    """A folder's receipt is the path of the message; the other renderings lie beside it."""
    message = Path(delivery.receipt)
    if message.suffix != ".eml" or not message.is_file():
        return []
    return sorted(file for file in message.parent.glob(f"{message.stem}.*") if file != message)
