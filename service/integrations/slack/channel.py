"""Notices as Slack messages."""

from __future__ import annotations

import re

from service.domain.delivery import Audience, IdempotencyKey, Notice, Receipt
from service.errors import ExternalError, Rejected
from service.integrations.slack import Channel, Token
from service.integrations.slack.actions import Posted, find, post
from service.integrations.slack.client import Client
from service.integrations.slack.history import NOTICE
from service.integrations.slack.rooms import chosen, rooms
from service.integrations.slack_messages.directory import is_me, user, words
from service.ports import Check, Surroundings

LONGEST = 35_000
"""Characters: Slack cuts a text at 40,000 (https://docs.slack.dev/reference/methods/chat.postMessage)."""


class SlackChannel:
    """A doubtful send is looked up by its key, and not made again."""

    interrupts = True
    repeatable = False

    def __init__(self, settings: Channel, at: Surroundings, token: Token) -> None:
        self._settings, self._at = settings, at
        self._client = Client(token, at.clock, settings.base_url)
        self._to = settings.to.strip()
        self._room = ""
        self._audience: Audience | None = None

    @property
    def audience(self) -> Audience:
        """PERSON only for a direct message to the person themself, who is known by their e-mail; OTHERS where nobody can tell."""
        if self._settings.shows != "all" or not self._is_id_of_somebody:
            return Audience.OTHERS
        if self._audience is None:
            try:
                known = user({**self._raw_user(), "id": self._to})
            except ExternalError:
                return Audience.OTHERS
            self._audience = Audience.PERSON if is_me(known, self._at.person, "") else Audience.OTHERS
        return self._audience

    def send(self, notice: Notice, key: IdempotencyKey) -> Receipt:
        posted = post(self._client, self._place(), _worded(notice), key.value, kind=NOTICE)
        return Receipt(posted.receipt)

    def arrived(self, key: IdempotencyKey) -> bool | None:
        """Raises nothing: who can't ask can't tell."""
        try:
            found: Posted | None = find(self._client, self._place(), key.value, self._at.clock())
        except ExternalError:
            return None
        return found is not None

    def check(self) -> Check:
        try:
            own = self._client.ask("auth.test")
            place = self._place()
        except ExternalError as error:
            says, _, fix = str(error).partition(": ")
            return Check(ok=False, says=says, fix=fix or f"check channels.{self._at.account} in the config")
        who = words(own.get("user")) or "somebody"
        return Check(
            ok=True, says=f"{words(own.get('team')) or self._client.host}: posts to {place} as {who}; nothing was sent to try"
        )

    @property
    def _is_id_of_somebody(self) -> bool:
        return bool(re.fullmatch(r"[UW][A-Z0-9]+", self._to))

    def _place(self) -> str:
        """The conversation's id, without which it can't be read again: a person's direct message, or who is called so."""
        self._room = self._room or self._found()
        return self._room

    def _found(self) -> str:
        if re.fullmatch(r"[CGD][A-Z0-9]+", self._to):
            return self._to
        if self._is_id_of_somebody:
            opened = self._client.ask("conversations.open", users=self._to).get("channel")
            return words(opened.get("id")) if isinstance(opened, dict) else self._to
        kept, _ = chosen(rooms(self._client, [])[0], [self._to], [])
        if not kept:
            raise Rejected(
                f"this token is in no channel called {self._to}: invite the app (/invite in the channel), or correct `to`"
            )
        return kept[0].id

    def _raw_user(self) -> dict[str, object]:
        raw = self._client.ask("users.info", user=self._to).get("user")
        return raw if isinstance(raw, dict) else {}


def _worded(notice: Notice) -> str:
    text = notice.text or notice.short
    lines = [notice.subject, text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…", notice.link]
    return "\n\n".join(line for line in lines if line)
