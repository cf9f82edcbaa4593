"""`--watch`: the same answer again and again, until Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service.cli.signals import until_stopped
from service.errors import ReveilleError

if TYPE_CHECKING:
    from rich.console import RenderableType

Found = dict[str, Any]


def watch(
    read: Callable[[], Found], screen: Callable[[Found], RenderableType] | None, line: Callable[[Found], str], every: float
) -> None:
    """On a terminal a screen that is drawn anew; elsewhere a line each time. A database that is away is said, and asked again."""
    stopped = until_stopped()
    if screen is None or not sys.stdout.isatty():
        while not stopped.is_set():
            print(_said(read, line), flush=True)
            stopped.wait(every)
        return
    from rich.live import Live

    with Live(_said(read, screen), screen=True, auto_refresh=False) as live:
        while not stopped.wait(every):
            live.update(_said(read, screen), refresh=True)


def _said(read: Callable[[], Found], words: Callable[[Found], Any]) -> Any:
    try:
        return words(read())
    except ReveilleError as error:
        return f"not read: {error}"
