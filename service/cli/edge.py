"""Where errors become words and exit codes. What a person reads is one line a trouble, never a traceback.

0  done
1  something failed: a briefing, a check, the store, the disk
2  wrong usage: an unknown command, option or value
3  the config, a secret or the key is wrong
4  something outside is unreachable, the database included
5  a fault in Reveille itself; REVEILLE_LOG_LEVEL=debug shows where
130  a second Ctrl-C ended it at once
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from service.errors import ConfigError, ExternalError, ReveilleError, not_installed

FAILED, USAGE, CONFIG, OUTSIDE, FAULT, INTERRUPTED = 1, 2, 3, 4, 5, 130


def guarded(command: Callable[[], Any]) -> NoReturn:
    """Runs a command and ends the process; what went wrong is said on standard error."""
    try:
        code = _answered(command)
    except ConfigError as error:
        code = _say(error, CONFIG)
    except ExternalError as error:
        code = _say(error, OUTSIDE)
    except ReveilleError as error:
        code = _say(error, FAILED)
    except BrokenPipeError:  # the reader of our output has gone (`| head`)
        code = _silenced()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:
        code = _say(_file_trouble(error), FAILED)
        _details()
        _silenced()
    except Exception as error:  # the edge: whatever nobody expected ends here, in words
        if (missing := not_installed(error)) is not None:
            code = _say(missing, USAGE)
        else:
            code = _say(f"a fault in Reveille itself: {type(error).__name__}: {error}", FAULT)
            _details()
    sys.exit(code)


def wrong_usage(message: str) -> NoReturn:
    """For values that only the command itself can judge."""
    import typer

    _say(message, USAGE)
    raise typer.Exit(USAGE)


def failed(message: str) -> NoReturn:
    import typer

    _say(message, FAILED)
    raise typer.Exit(FAILED)


def _answered(command: Callable[[], Any]) -> int | str | None:
    """The command's exit code, once all that it printed has gone out: a full disk shows only then."""
    code: int | str | None = 0
    try:
        command()
    except SystemExit as ended:
        code = ended.code
    sys.stdout.flush()
    return code


def _say(error: Exception | str, code: int) -> int:
    for line in str(error).splitlines() or [type(error).__name__]:
        print(f"reveille: {line}", file=sys.stderr)
    return code


def _file_trouble(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}. Check the path, its rights and the room on its disk."


def _details() -> None:
    if os.environ.get("REVEILLE_LOG_LEVEL", "").lower() == "debug":
        traceback.print_exc()
    else:
        print("reveille: set REVEILLE_LOG_LEVEL=debug and run it again to see where.", file=sys.stderr)


def _silenced() -> int:
    """What can't be written any more must not be tried again when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return FAILED
