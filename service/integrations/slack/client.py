"""Slack's Web API through its own SDK, for one account: paced, never retried behind our back, each refusal sorted."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from http.client import HTTPException
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit

from service.errors import AccessLost, Unavailable
from service.http import SHORT_WAIT, Pace
from service.integrations.slack import SLACK, Token
from service.integrations.slack.refusals import sorted_out, wait_of

if TYPE_CHECKING:
    from slack_sdk import WebClient

PATIENCE = 20  # seconds
PER_SECOND, AT_ONCE = 50 / 60, 20
"""Tier 3, which holds for all that is asked often (https://docs.slack.dev/apis/web-api/rate-limits)."""
PAGE = 200
"""Objects an answer, as Slack recommends for all paged methods."""

QUIET = logging.getLogger("reveille.slack-sdk")  # the SDK logs what was answered
QUIET.disabled = True


class Client:
    """Safe to share between threads."""

    def __init__(self, token: Token, clock: Callable[[], datetime], base_url: str = SLACK) -> None:
        self._token, self._clock = token, clock
        self._base_url = base_url if base_url.endswith("/") else f"{base_url}/"
        self._pace = Pace(PER_SECOND, AT_ONCE) if base_url == SLACK else None
        self._made: tuple[str, WebClient] | None = None
        self.host = urlsplit(base_url).hostname or "Slack"

    @property
    def is_bot(self) -> bool:
        return self._token().startswith(("xoxb-", "xoxe.xoxb-"))

    def ask(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """The answer's object; arguments that are None are left out. A wait of a few seconds that is asked for is kept here.
        Raises Unavailable, AccessLost (ScopeMissing where a scope is) or Refused.
        """
        try:
            return self._once(method, arguments)
        except Unavailable as error:
            wait = wait_of(error)
            if wait is None or wait.total_seconds() > SHORT_WAIT:
                raise
            sleep(wait.total_seconds())
        return self._once(method, arguments)

    def paged(self, method: str, cursor: str = "", **arguments: Any) -> Iterator[Mapping[str, Any]]:
        """Answer after answer, as long as a cursor to the next one comes along."""
        while True:
            answer = self.ask(method, cursor=cursor or None, **arguments)
            yield answer
            following = next_cursor(answer)
            if not following or following == cursor:
                return
            cursor = following

    def _once(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        client = self._client()
        from slack_sdk.errors import SlackApiError

        if self._pace:
            self._pace.wait()
        try:
            answer = client.api_call(method, params={k: v for k, v in arguments.items() if v is not None})
        except SlackApiError as error:  # its words hold the whole answer, so neither they nor its chain go on
            said, headers, status = error.response.data, error.response.headers, error.response.status_code
        except URLError as error:
            raise Unavailable(f"{self.host} can't be reached ({_why(error)}): check the network") from None
        except (HTTPException, OSError, UnicodeDecodeError) as error:  # it may have been heard, though no answer came
            raise Unavailable(f"{self.host} broke off ({type(error).__name__}): it is tried again", arrived=None) from None
        else:
            if isinstance(answer.data, dict):
                return answer.data
            said, headers, status = {}, answer.headers, answer.status_code
        lower = {str(name).lower(): str(value) for name, value in headers.items()}
        raise sorted_out(method, status, said if isinstance(said, dict) else {}, lower, self.host, self._clock())

    def _client(self) -> WebClient:
        from slack_sdk import WebClient

        token = self._token()
        if not re.fullmatch(r"[\x21-\x7e]+", token):  # http.client would say all of it
            raise AccessLost("Slack's token holds characters that no token has: copy it anew, alone on its line")
        if self._made is None or self._made[0] != token:
            client = WebClient(token, base_url=self._base_url, timeout=PATIENCE, logger=QUIET, retry_handlers=[])
            self._made = (token, client)
        return self._made[1]


def next_cursor(answer: Mapping[str, Any]) -> str:
    metadata = answer.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, dict) else ""
    return cursor if isinstance(cursor, str) else ""


def _why(error: URLError) -> str:
    return type(error.reason).__name__ if isinstance(error.reason, Exception) else "no connection"
