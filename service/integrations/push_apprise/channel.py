from __future__ import annotations

from time import monotonic
from typing import Any

from service.domain.delivery import Audience, IdempotencyKey, Notice, Receipt
from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.integrations.push_apprise import Settings
from service.integrations.push_apprise.library import apprise
from service.integrations.push_apprise.listening import Heard, listening
from service.ports import Check, Surroundings
from service.settings.section import SecretUnreadable

TITLE_LIMIT, BODY_LIMIT = 120, 900
"""In characters: what a lock screen and the narrowest of the services (1,024) show whole."""

TOTAL_SECONDS = 20
"""No further address is tried after this long; one of them takes at most 8 s (Apprise's own time-outs)."""


class Push:
    """A doubtful push is not made again: two alarms for one thing are worse than a note that one may be missing."""

    interrupts = True
    repeatable = False

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._name, self._at = settings, at.account, at

    @property
    def audience(self) -> Audience:
        return Audience.PERSON if self._settings.shows == "all" else Audience.OTHERS

    def send(self, notice: Notice, key: IdempotencyKey) -> Receipt:
        """To every address; sent when one of them took it."""
        del key  # the services know none
        title, body = _worded(notice)
        sent, failed = 0, []
        started = monotonic()
        for number, address in enumerate(self._addresses(), 1):
            try:
                if monotonic() - started > TOTAL_SECONDS:
                    raise Unavailable(f"{self._name}: push service {number} was not tried: those before it took too long")
                self._push(address, number, title, body)
                sent += 1
            except ExternalError as error:
                failed.append(error)
        if not sent:
            raise _worst(failed)
        return Receipt(f"{sent} of {sent + len(failed)} push services took it" + "".join(f"; {error}" for error in failed))

    def arrived(self, key: IdempotencyKey) -> bool | None:
        del key
        return None

    def check(self) -> Check:
        """Whether each address is one that Apprise knows; nothing is sent."""
        try:
            for number, address in enumerate(self._addresses(), 1):
                self._service(address, number)
        except ExternalError as error:
            says, _, fix = str(error).partition(". ")
            return Check(ok=False, says=says, fix=fix)
        return Check(ok=True, says=f"{len(self._settings.url)} push address(es) understood; nothing was sent to try")

    def _addresses(self) -> list[str]:
        try:
            return [secret.read(self._at) for secret in self._settings.url]
        except SecretUnreadable as error:
            raise AccessLost(f"{self._name}: {error}. Set it and start again") from error

    def _push(self, address: str, number: int, title: str, body: str) -> None:
        service = self._service(address, number)
        with listening() as heard:
            try:
                taken = service.notify(title=title, body=body, body_format=apprise().NotifyFormat.TEXT)
            except Exception:
                # One of 170 plugins: what it raises can hold its address, so neither its words nor its chain go on.
                taken = False
        if not taken:
            raise self._sorted(heard, number) from None

    def _service(self, address: str, number: int) -> Any:
        service = apprise().Apprise()
        try:
            known = bool(service.add(address)) and len(service) > 0
        except Exception:
            known = False  # as above
        if not known:
            raise Rejected(
                f"{self._name}: address {number} is none that Apprise knows. Check it at https://appriseit.com/services/"
            )
        return service

    def _sorted(self, heard: Heard, number: int) -> ExternalError:
        where = f"{self._name}: push service {number}"
        code = heard.status
        if code in {401, 403}:
            return AccessLost(f"{where} answered {code}. Renew the token in its address")
        if code in {408, 425, 429} or (code or 0) in {500, 501, 503, 507}:
            return Unavailable(f"{where} answered {code}. It is tried again later")
        if code is not None and 400 <= code < 500:
            return Rejected(f"{where} answered {code}. Check its address")
        if heard.never_connected:
            return Unavailable(f"{where} can't be reached. Check the network and its address")
        # A gateway's 502 or 504, a reply that never came, or no word at all.
        said = f"answered {code}" if code else "gave no clear answer"
        return Unavailable(f"{where} {said}. It may have arrived", arrived=None)


def _worded(notice: Notice) -> tuple[str, str]:
    """Title and body: the first line of the short form and the rest of it."""
    lines = [line.strip() for line in notice.short.splitlines() if line.strip()] or [notice.subject.strip() or "Reveille"]
    title, body = ("", lines[0]) if len(lines) == 1 else (lines[0], "\n".join(lines[1:]))
    cut = _cut(body, BODY_LIMIT - len(notice.link) - 1)
    return _cut(title, TITLE_LIMIT), f"{cut}\n{notice.link}" if notice.link else cut


def _cut(text: str, limit: int) -> str:
    clean = "".join(c if c.isprintable() or c == "\n" else " " for c in text.encode("utf-8", "replace").decode())
    return clean if len(clean) <= limit else clean[: max(limit - 1, 0)].rstrip() + "…"


def _worst(failed: list[ExternalError]) -> ExternalError:
    """Doubt first (it forbids a second try), then what may still work, then what won't."""

    def rank(error: ExternalError) -> int:
        if isinstance(error, Unavailable):
            return 0 if error.arrived is None else 1
        return 2 if isinstance(error, AccessLost) else 3

    return min(failed, key=rank)
