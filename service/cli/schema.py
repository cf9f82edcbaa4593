from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def schema(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it to this file instead of printing it.", dir_okay=False)
    ] = None,
) -> None:
    """Print the JSON schema of reveille.yaml, for completion and checks in your editor.

    Most editors follow a first line such as: # yaml-language-server: $schema=reveille.schema.json
    """
    from service.settings import schema as made

    text = json.dumps(made(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        typer.echo(
            f"Wrote {output}. Make this the first line of reveille.yaml:\n# yaml-language-server: $schema={output}", err=True
        )
