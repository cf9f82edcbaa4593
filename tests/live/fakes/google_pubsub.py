"""Gmail's watch and the subscriptions that it is heard by, as documented, with a clock that a test sets.

- https://developers.google.com/workspace/gmail/api/guides/push and …/reference/rest/v1/users/watch
- https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions/pull and …/acknowledge
- what is not acknowledged comes again, in any order: https://cloud.google.com/pubsub/docs/subscription-properties
"""

from __future__ import annotations

import base64
import json
import re
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.builders import NOON
from tests.live.fakes.google_rules import Fault

if TYPE_CHECKING:
    from tests.live.fakes.google import Request

PROJECT = "projects/mara-reveille"
TOPIC, SUBSCRIPTION = f"{PROJECT}/topics/gmail", f"{PROJECT}/subscriptions/gmail-mara"
WEEK = timedelta(days=7)


class PubSub:
    def __init__(self, email: str) -> None:
        self.email, self.now = email, NOON
        self.may_publish = True
        self.subscriptions = {SUBSCRIPTION: TOPIC}
        self.subscribers = True  # whether whoever signed in has the role
        self.watched_until: datetime | None = None
        self.watches = 0
        self.acknowledged: list[str] = []
        self.patience = 0.5  # seconds until an empty answer
        self._waiting: dict[str, dict[str, Any]] = {}
        self._more = threading.Condition()
        self._number = 0

    # --- what happens --------------------------------------------------------------------------------------------------------

    def changed(self, history_id: int = 7, email: str = "") -> None:
        """As Gmail does for each change, while the watch lasts."""
        if email or (self.watched_until is not None and self.now < self.watched_until):
            self.publish(json.dumps({"emailAddress": email or self.email, "historyId": history_id}).encode())

    def publish(self, data: bytes) -> None:
        with self._more:
            self._number += 1
            text = base64.urlsafe_b64encode(data).decode()
            message = {"data": text, "messageId": str(self._number), "publishTime": "2026-05-12T10:00:00Z", "newField": 1}
            self._waiting[f"ack-{self._number}"] = message
            self._more.notify_all()

    def redeliver(self) -> None:
        """What was acknowledged too late comes again."""
        self.changed(3)
        self.changed(2)

    # --- what is answered ----------------------------------------------------------------------------------------------------

    def watch(self, request: Request) -> Any:
        request.need("gmail.readonly", "gmail.modify", "gmail.metadata")
        _only(request.body, "topicName", "labelIds", "labelFilterAction", "labelFilterBehavior")
        topic = request.body.get("topicName")
        if topic not in self.subscriptions.values():
            raise Fault(404, "notFound", f"Resource not found (resource={topic}).")
        if not self.may_publish:
            said = f"Error sending test message to Cloud PubSub {topic} : User not authorized to perform this action."
            raise Fault(403, "forbidden", said)
        self.watches += 1
        self.watched_until = self.now + WEEK
        return {"historyId": "7", "expiration": str(int(self.watched_until.timestamp() * 1000)), "newField": {}}

    def answer(self, request: Request) -> Any:
        found = re.fullmatch(r"/v1/(projects/[^/]+/subscriptions/[^/:]+):(pull|acknowledge)", request.path)
        if found is None or request.method != "POST":
            raise Fault(404, "notFound", "Not Found")
        request.need("pubsub", "cloud-platform")
        if not self.subscribers:
            raise Fault(403, "forbidden", "User not authorized to perform this action.")
        if found[1] not in self.subscriptions:
            raise Fault(404, "notFound", f"Resource not found (resource={found[1].rpartition('/')[2]}).")
        return self._pull(request.body) if found[2] == "pull" else self._acknowledge(request.body)

    def _pull(self, body: Any) -> Any:
        _only(body, "maxMessages", "returnImmediately")
        most = body.get("maxMessages")
        if not isinstance(most, int) or most < 1:
            raise Fault(400, "badRequest", "maxMessages must be a positive integer")
        with self._more:
            if not body.get("returnImmediately"):
                self._more.wait_for(lambda: self._waiting, self.patience)
            some = sorted(self._waiting.items(), reverse=True)[:most]
        if not some:
            return {}
        return {"receivedMessages": [{"ackId": id, "message": message, "deliveryAttempt": 1} for id, message in some]}

    def _acknowledge(self, body: Any) -> Any:
        _only(body, "ackIds")
        if not body.get("ackIds"):
            raise Fault(400, "badRequest", "ackIds must not be empty")
        with self._more:
            for id in body["ackIds"]:
                if self._waiting.pop(id, None) is not None:
                    self.acknowledged.append(id)
        return {}


def _only(body: Any, *known: str) -> None:
    strange = set(body) - set(known) if isinstance(body, dict) else {"$"}
    if strange:
        raise Fault(400, "badRequest", f"Invalid JSON payload received. Unknown name {sorted(strange)}")
