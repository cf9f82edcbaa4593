"""Where errors become words and exit codes: 0 done, 1 something failed, 2 wrong usage, 3 the config is wrong, 4 outside is unreachable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from service.errors import ConfigError, ExternalError, ReveilleError

FAILED, USAGE, CONFIG, OUTSIDE = 1, 2, 3, 4


def guarded(command: Callable[[], Any]) -> None:
    """Runs a command; what went wrong is said on standard error in words, never as a traceback."""
    try:
        command()
    except ConfigError as error:
        _say(error)
        sys.exit(CONFIG)
    except ExternalError as error:
        _say(error)
        sys.exit(OUTSIDE)
    except ReveilleError as error:
        _say(error)
        sys.exit(FAILED)
    except BrokenPipeError:  # the reader of our output has gone (`| head`)
        sys.stderr.close()
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(130)


def _say(error: Exception) -> None:
    for line in str(error).splitlines():
        print(f"reveille: {line}", file=sys.stderr)
