"""The Events API over Socket Mode as a doorbell: what happens in a channel rings, and what it says is read by the next sync
(https://docs.slack.dev/apis/events-api/using-socket-mode).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from service.errors import ExternalError, Unavailable
from service.integrations.listening import Heard
from service.integrations.slack import SLACK, Token
from service.integrations.slack.client import QUIET
from service.integrations.slack.refusals import sorted_out
from service.integrations.slack_messages.directory import words

if TYPE_CHECKING:
    from datetime import datetime

    from slack_sdk.socket_mode import SocketModeClient
    from slack_sdk.socket_mode.client import BaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

PINGS = 5.0
"""Seconds between looks at the connection; four of them without an answer, and it is made anew."""

DEAF_PINGS = 8
"""For so many of these the SDK may try to come back."""
LOOK = 0.5  # seconds

Ring = Callable[[str, str], None]
"""With a channel's id and the ts of the thread's first post, "" where it is about the channel."""


class Doorbell:
    """Connects in `start` and stays connected until `close`: Slack renews connections every few hours, and the SDK follows."""

    def __init__(
        self,
        app_token: Token,
        ring: Ring,
        clock: Callable[[], datetime],
        lost: Callable[[], None] = lambda: None,
        base_url: str = SLACK,
        pings: float = PINGS,
    ) -> None:
        """`lost`: rings may have been missed, for there is a new connection; it is called before anything rings over that."""
        self._pings, self._greeted = pings, False
        self._token, self._ring, self._lost, self._clock, self._base_url = app_token, ring, lost, clock, base_url
        self._host = urlsplit(base_url).hostname or "Slack"
        self._client: SocketModeClient | None = None

    @property
    def listening(self) -> bool:
        return self._client is not None and self._client.is_connected()

    def start(self) -> None:
        """Raises AccessLost where the app-level token is refused, Unavailable where no connection comes about."""
        from slack_sdk import WebClient
        from slack_sdk.errors import SlackApiError
        from slack_sdk.socket_mode import SocketModeClient

        web = WebClient(base_url=self._base_url, logger=QUIET, retry_handlers=[])
        client = SocketModeClient(
            self._token(),
            logger=QUIET,
            web_client=web,
            ping_interval=self._pings,
            concurrency=1,
            on_message_listeners=[self._greet],
        )
        client.socket_mode_request_listeners.append(self._heard)
        self._client = client
        try:
            client.connect()
        except SlackApiError as error:
            self.close()
            raise self._refused(error.response) from None
        except Exception as error:
            self.close()
            raise Unavailable(f"{self._host} can't be reached ({type(error).__name__}): check the network") from None
        if not client.is_connected():
            self.close()
            raise Unavailable(f"{self._host} gives no Socket Mode connection: it is tried again")

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refused(self, response: Any) -> ExternalError:
        said = response.data if isinstance(response.data, dict) else {}
        headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
        return sorted_out("apps.connections.open", response.status_code, said, headers, self._host, self._clock())

    def _greet(self, message: str) -> None:
        """Each connection begins with a hello. Whether the one before broke, or was replaced in time, the SDK does not say."""
        if '"hello"' in message and json.loads(message).get("type") == "hello":
            if self._greeted:
                self._lost()
            self._greeted = True

    def _heard(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """Told first, then acknowledged: what was not is sent again."""
        from slack_sdk.socket_mode.response import SocketModeResponse

        if request.type == "events_api" and isinstance(request.payload, dict):
            place = where(request.payload.get("event"))
            if place:
                self._ring(*place)
        client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))


def where(event: Any) -> tuple[str, str] | None:
    """The channel's id and the thread's first post of what happened; None where it happened in no channel."""
    if not isinstance(event, dict):
        return None
    item = event.get("item")
    about: Mapping[str, Any] = item if isinstance(item, dict) else event  # reactions name the message as `item`
    channel = about.get("channel")
    id = words(channel.get("id")) if isinstance(channel, dict) else words(channel)
    inner = next((one for one in (event.get("message"), event.get("previous_message")) if isinstance(one, dict)), about)
    root = words(inner.get("thread_ts")) or (words(inner.get("ts")) if inner is not about else "")
    return (id, root) if id else None


class Rung:
    """What rang, until a sync has read it. Safe to share between threads. `listening`: whether the doorbell is."""

    def __init__(self, listening: Callable[[], bool] = lambda: True) -> None:
        self.listening = listening
        self._lock = Lock()
        self._places: dict[str, set[str]] = {}
        self._taken: dict[int, dict[str, set[str]]] = {}
        self._whole = False
        self._doubted = -1  # the number of the sync that was told so

    def ring(self, channel: str, root: str) -> None:
        with self._lock:
            self._places.setdefault(channel, set()).update(filter(None, [root]))

    def missed(self) -> None:
        """The doorbell was out of order for a while."""
        with self._lock:
            self._whole = False

    def take(self, number: int) -> Mapping[str, set[str]] | None:
        with self._lock:
            waiting = [self._places, *(places for taken, places in self._taken.items() if taken >= number)]
            together: dict[str, set[str]] = {}
            for places in waiting:
                for channel, roots in places.items():
                    together.setdefault(channel, set()).update(roots)
            if not self._whole or not self.listening():
                self._whole, self._doubted = True, number
            self._places, self._taken = {}, {number: together}
            return together if number > self._doubted else None


class SocketBell:
    """A doorbell over and over, and what rang at it."""

    def __init__(
        self,
        app_token: Token,
        ring: Callable[[], None],
        clock: Callable[[], datetime],
        base_url: str = SLACK,
        pings: float = PINGS,
    ) -> None:
        self.rung = Rung()
        self._ring, self._pings = ring, pings
        self._bell = Doorbell(app_token, self._heard, clock, self._missed, base_url, pings)
        self.rung.listening = lambda: self._bell.listening

    def listen(self, heard: Heard, closed: Event) -> bool:
        """The SDK connects anew by itself; where that takes too long, it is begun from the start."""
        with self._bell:
            self.rung.missed()
            heard()
            deaf = 0.0  # seconds
            while not closed.wait(LOOK):
                deaf = 0.0 if self._bell.listening else deaf + LOOK
                if deaf > DEAF_PINGS * self._pings:
                    raise Unavailable("Slack's Socket Mode connection broke and does not come back: it is tried again")
        return True

    def _heard(self, channel: str, root: str) -> None:
        self.rung.ring(channel, root)
        self._ring()

    def _missed(self) -> None:
        self.rung.missed()
        self._ring()
