"""Posting to Slack so that a doubtful post can be found again, and taking it back.

Slack knows no idempotency key: it is put into the message's metadata, which an app reads again in the history
(https://docs.slack.dev/messaging/message-metadata).
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.errors import ExternalError
from service.integrations.slack.client import Client
from service.integrations.slack.history import since
from service.integrations.slack.refusals import Refused
from service.integrations.slack_messages.directory import words

POST = "reveille_post"
LOOK_BACK = timedelta(days=1)
"""How old a post may be that is looked for."""


@dataclass(frozen=True, slots=True)
class Posted:
    """`channel` is the id of where it is."""

    channel: str
    ts: str
    permalink: str = ""

    @property
    def receipt(self) -> str:
        return f"{self.channel} {self.ts} {self.permalink}".rstrip()


def post(client: Client, channel: str, text: str, key: str, *, thread: str = "", kind: str = POST) -> Posted:
    """`text` is plain: what Slack would take for markup is written out, so that no word of it rings anybody. `key` is the same at
    each attempt. `thread`: the ts of the post that is answered. Raises Unavailable (with `arrived`), AccessLost or Refused.
    """
    metadata = {"event_type": kind, "event_payload": {"key": key}}
    answer = client.ask(
        "chat.postMessage",
        channel=channel,
        text=html.escape(text, quote=False),
        metadata=json.dumps(metadata),
        thread_ts=thread or None,
        unfurl_links=False,
        unfurl_media=False,
    )
    where, ts = words(answer.get("channel")) or channel, words(answer.get("ts"))
    return Posted(where, ts, permalink(client, where, ts))


def find(client: Client, channel: str, key: str, now: datetime) -> Posted | None:
    """The post that was made with this key within the last day; outside of threads. `channel` is an id. Raises as `post` does."""
    oldest = f"{(now - LOOK_BACK).timestamp():017.6f}"
    for entry in since(client, channel, oldest):
        metadata = entry.get("metadata")
        payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
        if isinstance(payload, dict) and payload.get("key") == key:
            ts = words(entry.get("ts"))
            return Posted(channel, ts, permalink(client, channel, ts))
    return None


def take_back(client: Client, posted: Posted) -> bool:
    """Whether it was still there. Raises Refused where Slack keeps it (`cant_delete_message`: the workspace forbids it)."""
    try:
        client.ask("chat.delete", channel=posted.channel, ts=posted.ts)
    except Refused as error:
        if error.code != "message_not_found":
            raise
        return False
    return True


def permalink(client: Client, channel: str, ts: str) -> str:
    """As Slack gives it; "" where it gives none, for a post that is made is not undone by that."""
    try:
        return words(client.ask("chat.getPermalink", channel=channel, message_ts=ts).get("permalink"))
    except ExternalError:
        return ""
