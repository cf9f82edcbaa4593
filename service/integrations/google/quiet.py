"""What Google's libraries log is what they send and what comes back, tokens and all: nobody is to see it."""

from __future__ import annotations

import logging

_NEVER = logging.CRITICAL + 1


def hush() -> None:
    for name in ("googleapiclient", "google.auth", "google.oauth2", "google_auth_oauthlib", "requests_oauthlib", "oauthlib"):
        logging.getLogger(name).setLevel(_NEVER)
