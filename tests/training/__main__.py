"""`python -m tests.training` writes the weights anew; `--check` only says whether they would be the same."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import service.triage
from service.triage.likelihood import shipped
from service.triage.linear import load
from tests.training import asking, recipes
from tests.training.public import labelled, real
from tests.training.sources import SPAMASSASSIN, TRIAGE_MAIL, WRITTEN, Source
from tests.training.written import written

FOLDER = Path(service.triage.__file__).parent / "weights"
VERSION = 1


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.training", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where the weights would differ")
    check = parser.parse_args(arguments).check
    for source in (SPAMASSASSIN, TRIAGE_MAIL, WRITTEN):
        source.check()
    same = _kept(asking.FILE, asking.made(), check=check)  # the others look at what it says is asked
    shipped.cache_clear()
    same &= _put("junk", junk(), (SPAMASSASSIN, WRITTEN), check=check)
    load.cache_clear()  # the categories look at what the junk filter says
    same &= _put("category", category(), (TRIAGE_MAIL, WRITTEN), check=check)
    return 0 if same else 1


def junk() -> dict[str, Any]:
    """Each real mail twice: as it came, and without the headers of its mailing list, which other lists may not write."""
    rows = [*recipes.real_rows(real()), *recipes.real_rows(real(list_headers=False)), *recipes.written_junk(written())]
    return recipes.junk(rows)


def category() -> dict[str, Any]:
    return recipes.category([*recipes.labelled_rows(labelled()), *recipes.written_rows(written())])


def _put(name: str, trained: Mapping[str, Any], sources: Sequence[Source], *, check: bool) -> bool:
    """Whether the file is as it was."""
    head = {"name": name, "version": VERSION, "settings": recipes.SETTINGS[name], "trained_on": [s.named for s in sources]}
    return _kept(FOLDER / f"{name}.json", written_out(head | dict(trained)), check=check)


def _kept(file: Path, text: str, *, check: bool) -> bool:
    same = file.exists() and file.read_text(encoding="utf-8") == text
    if not check:
        file.write_text(text, encoding="utf-8")
    print(f"{file.name}: {'the same' if same else 'differs' if check else 'written'}, {len(text) // 1024} KiB")
    return same or not check


def written_out(document: Mapping[str, Any]) -> str:
    """JSON with a line for each field and each trait, so that a change of weights can be read."""
    traits = ",\n".join(f"  {json.dumps(name)}: {json.dumps(weights)}" for name, weights in document["named"].items())
    fields = {key: json.dumps(value) for key, value in document.items()} | {"named": f"{{\n{traits}\n }}"}
    return "{\n" + ",\n".join(f" {json.dumps(key)}: {value}" for key, value in fields.items()) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
