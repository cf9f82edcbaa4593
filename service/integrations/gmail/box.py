"""One mailbox by the API: what is asked of it, each with no more fields than are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from service.http import Pace, Refused
from service.integrations.gmail.labels import NEVER, Labels, ids
from service.integrations.google.api import Api, Got
from service.integrations.google.login import Login
from service.ports import Surroundings

if TYPE_CHECKING:
    from service.integrations.gmail import Settings

PER_SECOND = 40
"""Messages: of 15,000 units a minute and person, at 5 a message, four fifths
(https://developers.google.com/workspace/gmail/api/reference/quota). Google's quota: another server has its own.
"""
LISTED = 500  # ids of one list, the most there are


class Box:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self.login = Login(settings.login, at.credentials, at.clock)
        self._settings = settings
        self.api = Api("gmail", "v1", settings.endpoint, self.login, settings.login, at.clock)
        if not settings.endpoint:
            self.api.pace = Pace(PER_SECOND, burst=PER_SECOND)
        users = self.api.service.users()
        self.users, self.messages, self._history = users, users.messages(), users.history()
        self._names: dict[str, str] | None = None

    def profile(self) -> tuple[str, int | None]:
        """The newest history id as text ("" in an empty mailbox of a server that does not tell), and how many messages there are."""
        try:
            said = self.api.call(self.users.getProfile(userId="me", fields="historyId,messagesTotal"))
            return str(said.get("historyId", "")), said.get("messagesTotal")
        except Refused as error:
            if error.status != 404:
                raise
        newest = next(iter(self._list(maxResults=1)), [])  # a server without profiles: the newest message tells, too
        some = self.api.call(self.messages.get(userId="me", id=newest[0], format="minimal")) if newest else {}
        return str(some.get("historyId", "")), None

    def names(self) -> Mapping[str, str]:
        """The person's own labels, by id; asked for once in a sync."""
        if self._names is None:
            said = self.api.call(self.users.labels().list(userId="me", fields="labels(id,name,type)"))
            self._names = {
                str(one["id"]): str(one.get("name", one["id"])) for one in said.get("labels", ()) if one.get("type") != "system"
            }
        return self._names

    def labels(self) -> Labels:
        """Raises Rejected where the settings name one that is not there."""
        self._names = None  # they may have been renamed since the last sync
        only, skip = (ids(getattr(self._settings, key), self.names, key) for key in ("labels", "skip"))
        return Labels(self.names(), only, NEVER | skip)

    def ids(self, label: str | None = None) -> Iterator[list[str]]:
        """Of all messages, or of those with this label, newest first; without spam and trash."""
        return self._list(maxResults=LISTED, labelIds=[label] if label else None)

    def history(self, since: str) -> Iterator[Mapping[str, Any]]:
        """Pages of what happened after `since`, oldest first. Raises Refused with 404 where that is too long ago."""
        fields = ",".join(
            f"history/{what}"
            for what in ("id", "messagesAdded/message/id", "messagesDeleted/message/id", _LABELS % "Added", _LABELS % "Removed")
        )
        page: str | None = None
        while True:
            request = self._history.list(
                userId="me", startHistoryId=since, maxResults=LISTED, pageToken=page, fields=f"{fields},nextPageToken,historyId"
            )
            said = self.api.call(request) or {}
            yield said
            page = said.get("nextPageToken")
            if not page:
                return

    def whole(self, ids: Iterable[str]) -> Iterator[tuple[str, Got]]:
        """As they were sent, with labels and when they came in."""
        return self._each(ids, "raw", "id,threadId,labelIds,internalDate,raw")

    def marks(self, ids: Iterable[str]) -> Iterator[tuple[str, Got]]:
        """Labels alone."""
        return self._each(ids, "minimal", "id,labelIds")

    def _each(self, ids: Iterable[str], format: str, fields: str) -> Iterator[tuple[str, Got]]:
        return self.api.each({id: self.messages.get(userId="me", id=id, format=format, fields=fields) for id in ids})

    def _list(self, **what: Any) -> Iterator[list[str]]:
        page: str | None = None
        while True:
            said = self.api.call(self.messages.list(userId="me", pageToken=page, fields="messages/id,nextPageToken", **what))
            yield [str(one["id"]) for one in (said or {}).get("messages", ()) if one.get("id")]
            page = (said or {}).get("nextPageToken")
            if not page:
                return


_LABELS = "labels%s(message/id,labelIds)"
