"""Tells when a mailbox changes: Gmail publishes that to a topic of the person's own project, and a subscription of it is pulled from, so
that no address of ours need be public (https://developers.google.com/workspace/gmail/api/guides/push,
https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions). What changed is for a sync to find out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

from service.errors import AccessLost, ExternalError
from service.http import Answer, Http, Refused
from service.integrations.gmail import Watch
from service.integrations.google.login import Login
from service.integrations.google.refusals import sorted_out
from service.integrations.listening import Heard

GMAIL, PUBSUB = "https://gmail.googleapis.com", "https://pubsub.googleapis.com"
PUBLISHER = "gmail-api-push@system.gserviceaccount.com"
RENEW = timedelta(days=1)
"""As Gmail advises: a watch ends after seven days."""
BEFORE = timedelta(hours=12)
"""… or so long before it says that this one ends."""
LONGEST_PULL = 120.0
"""Seconds. Pub/Sub answers earlier, with nothing where nothing came."""
PATIENCE = 20.0
"""Seconds for any other answer."""
AT_ONCE = 100
LOOK = 0.5  # seconds until a closed doorbell is silent
_HELP = "see docs/connections/google.md, “The doorbell”"


class GmailBell:
    """What one thread listens with; see `service.integrations.listening`."""

    def __init__(
        self,
        watch: Watch,
        login: Login,
        login_name: str,
        ring: Callable[[], None],
        clock: Callable[[], datetime],
        endpoint: str = "",
    ) -> None:
        self._watch, self._login, self._login_name, self._ring, self._clock = watch, login, login_name, ring, clock
        self._gmail, self._pubsub = endpoint or GMAIL, endpoint or PUBSUB
        self._renew_at = datetime.min.replace(tzinfo=UTC)

    def listen(self, heard: Heard, closed: Event) -> bool:
        """Raises Unavailable, AccessLost, Refused."""
        self.try_out()
        heard()
        while not closed.is_set():
            if self._clock() >= self._renew_at:
                self._begin()
            messages = _unless(closed, self._pull)
            if messages:
                if any(self._mine(message) for message in messages):
                    self._ring()
                self._acknowledge(messages)
        return True

    def try_out(self) -> None:
        """Whether Gmail may publish, and we may read: what has come so far is for the first sync. Raises as `listen`."""
        self._begin()
        if messages := self._pull(at_once=True):
            self._acknowledge(messages)

    # --- Gmail ---------------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/watch"""
        said = self._ask(f"{self._gmail}/gmail/v1/users/me/watch", {"topicName": self._watch.topic}, self._why_not_watched)
        now = self._clock()
        self._renew_at = max(now + LEAST, min(now + RENEW, _moment(said.get("expiration"), now + RENEW + BEFORE) - BEFORE))

    def _why_not_watched(self, answer: Answer) -> ExternalError:
        error = sorted_out(answer, self._clock(), self._login_name)
        topic = self._watch.topic
        if answer.status in {400, 403, 404} and (
            isinstance(error, Refused) or b"ubSub" in answer.data or b"topic" in answer.data
        ):
            return AccessLost(
                f"Gmail can't publish to {topic}: make that topic in the project of your OAuth client,"
                f" and give {PUBLISHER} the role Pub/Sub Publisher on it"
            )
        return error

    # --- Pub/Sub -------------------------------------------------------------------------------------------------------------

    def _pull(self, *, at_once: bool = False) -> list[Mapping[str, Any]]:
        """Waits as long as Pub/Sub does. `at_once` is discouraged there, and only asked once a connection."""
        body: dict[str, Any] = {"maxMessages": AT_ONCE} | ({"returnImmediately": True} if at_once else {})
        said = self._ask(self._at("pull"), body, self._why_not_pulled, timeout=LONGEST_PULL)
        found = said.get("receivedMessages")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def _acknowledge(self, messages: list[Mapping[str, Any]]) -> None:
        ids = [one["ackId"] for one in messages if isinstance(one.get("ackId"), str)]
        if ids:
            self._ask(self._at("acknowledge"), {"ackIds": ids}, self._why_not_pulled)

    def _why_not_pulled(self, answer: Answer) -> ExternalError:
        subscription = self._watch.subscription
        if answer.status == 404:
            return AccessLost(f"Pub/Sub has no {subscription}: make it, as a pull subscription of {self._watch.topic}; {_HELP}")
        error = sorted_out(answer, self._clock(), self._login_name)
        if answer.status == 403 and isinstance(error, AccessLost):
            again = f"run `reveille connect google{'' if self._login_name == 'google' else f' --name {self._login_name}'}` again"
            return AccessLost(
                f"Pub/Sub refuses {subscription}: give whom you signed in as the role Pub/Sub Subscriber on it, switch the"
                f" Pub/Sub API on, and {again} with `watch` in the config; {_HELP}"
            )
        return error

    def _at(self, verb: str) -> str:
        return f"{self._pubsub}/v1/{self._watch.subscription}:{verb}"

    def _mine(self, message: Mapping[str, Any]) -> bool:
        """One topic may serve several mailboxes. What can't be understood is taken for ours: a ring too many costs one request."""
        try:
            data = json.loads(base64.urlsafe_b64decode(message["message"]["data"] + "=="))
            about = str(data["emailAddress"])
        except (ValueError, TypeError, KeyError):
            return True
        return not self._login.who or about.casefold() == self._login.who.casefold()

    def _ask(
        self, url: str, body: Mapping[str, Any], why: Callable[[Answer], ExternalError], timeout: float = PATIENCE
    ) -> Mapping[str, Any]:
        http = Http(url, self._clock, login=self._login, sort=why)
        try:
            answer = http.ask("POST", url, json=body, timeout=timeout)
            said = answer.json if answer.data.strip() else {}  # "can be entirely empty"
        finally:
            http.close()
        return said if isinstance(said, dict) else {}


LEAST = timedelta(minutes=5)
"""Between two watches, whatever Gmail says of its end."""


def _moment(millis: object, otherwise: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(int(str(millis)) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return otherwise


def _unless(closed: Event, work: Callable[[], list[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """What comes of `work`, nothing once `closed`: a pull that waits can't be interrupted, so it is left to a thread that ends with it."""
    done: Queue[tuple[list[Mapping[str, Any]], Exception | None]] = Queue(1)

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:  # raised anew where it is waited for
            done.put(([], error))

    Thread(target=copy_context().run, args=(run,), name="pull", daemon=True).start()
    while not closed.is_set():
        try:
            found, error = done.get(timeout=LOOK)
        except Empty:
            continue
        if error is not None:
            raise error
        return found
    return []
