from __future__ import annotations

import warnings
from functools import cache
from typing import Any

from service.integrations.push_apprise.listening import attach


@cache
def apprise() -> Any:
    """The library with its plugins loaded: about a second, so only where a push is due. What they warn of is no business of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import apprise as library

        attach()
        library.Apprise.instantiate("json://localhost")
    return library
