"""A workspace as a source: a thread is an item, its ref the channel's id and the first post's ts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import TYPE_CHECKING

from service.domain.sync import Change, Page, Problem
from service.errors import ExternalError
from service.integrations.files.place import many
from service.integrations.files.settings import digest
from service.integrations.listening import Listening
from service.integrations.slack import Token, held_by
from service.integrations.slack.client import Client
from service.integrations.slack.doorbell import SocketBell
from service.integrations.slack.people import People
from service.integrations.slack.rooms import SCOPES, chosen, rooms
from service.integrations.slack.run import Run, Tools
from service.integrations.slack.state import State
from service.integrations.slack.threads import Threads
from service.integrations.slack.watch import Rings
from service.integrations.slack_messages.directory import words
from service.ports import Check, Doorbell, Surroundings

if TYPE_CHECKING:
    from service.integrations.slack import Settings

MOST = 200
"""Changes of one page."""
LONGEST = 45.0
"""Seconds until what was found is handed over, be it nothing: all is asked one by one at Slack's pace, and each page shows life."""


class Slack:
    def __init__(self, settings: Settings, at: Surroundings, token: Token) -> None:
        self._settings, self._at, self._clock = settings, at, at.clock
        self._client = Client(token, at.clock, settings.base_url)
        people = People(self._client, at.person, settings.user)
        threads = Threads(self._client, people, at.person, at.account)
        made_for = digest(settings.user, at.person.name, *sorted(at.person.emails))[:6]
        self._tools = Tools(self._client, people, threads, made_for, settings.channels, settings.skip)
        self._rings: Rings | None = None

    def listen(self, rings: Rings) -> None:
        """From now on only what rang is asked."""
        self._rings = rings

    def doorbell(self, ring: Callable[[], None]) -> Doorbell | None:
        if self._settings.app_token is None:
            return None
        token = held_by(self._settings.app_token, self._at)
        bell = SocketBell(token, ring, self._clock, self._settings.base_url)
        self.listen(bell.rung)
        return Listening(bell.listen, ring)

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        made_for = self._tools.made_for
        state = State.read(cursor, made_for) or State(made_for, resync=bool(held))
        changes: list[Change] = []
        problems: list[Problem] = []
        last = monotonic()
        for one in Run(self._tools, state, held, self._rings, self._clock()).changes():
            if isinstance(one, Problem):
                problems.append(one)
            elif one is not None:
                changes.append(one)
            if len(changes) >= MOST or monotonic() - last > LONGEST:
                yield Page(tuple(changes), state.cursor())
                changes, last = [], monotonic()
        yield Page(tuple(changes), state.cursor(), tuple(problems))

    def check(self) -> Check:
        try:
            own = self._client.ask("auth.test")
            found, types = rooms(self._client, [])
            kept, missing = chosen(found, self._settings.channels, self._settings.skip)
        except ExternalError as error:
            says, _, fix = str(error).partition(": ")
            return Check(ok=False, says=says, fix=fix or "see docs/connections/slack.md")
        who = f"{words(own.get('team')) or self._client.host}: signed in as {words(own.get('user')) or 'somebody'}"
        if missing:
            fix = f"invite the app to {', '.join(missing)} (/invite in the channel), or correct `channels`"
            return Check(ok=False, says=f"{who}, but it is in no channel called {', '.join(missing)}", fix=fix)
        lacking = [f"{SCOPES[kind]}:read and {SCOPES[kind]}:history" for kind in SCOPES if types and kind not in types]
        fix = f"for the other conversations add the scopes {', '.join(lacking)} and reinstall the app" if lacking else ""
        return Check(ok=True, says=f"{who}, reads {many(len(kept), 'conversation')}", fix=fix)
