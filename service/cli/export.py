"""`reveille export`: all that is held of a person, readable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli import keeping
from service.cli.edge import wrong_usage


def export(
    words: Annotated[list[str], typer.Argument(metavar="[PERSON] FILE", help="Whose, and the zip to write.")],
) -> None:
    """Write everything that is held of a person into a zip: items, config, ledger, briefings; opened and readable.

    PERSON may be left out where there is only one.
    """
    if len(words) not in {1, 2}:
        wrong_usage("Say whose, and the file to write: reveille export PERSON FILE")
    from service.store.portrait import Portrait

    server, file = keeping.settings(), Path(words[-1])
    with keeping.opened(server) as store:
        person = keeping.named(store, words[0] if len(words) == 2 else None)
        portrait = Portrait(store.database, store.codec, store.artefacts)
        counts = portrait.export(person, file, keeping.now())
    print(f"{file}: everything held of {person}. README.txt in it says what is what.")
    for name, count in counts.items():
        if name != "README.txt":
            print(f"{count:>9,}  {name}")
