from __future__ import annotations

from email.utils import parseaddr

from service.domain.delivery import Audience, IdempotencyKey, Notice, Receipt
from service.errors import ExternalError, Rejected
from service.integrations import mime
from service.integrations.email_smtp import Settings
from service.integrations.email_smtp.idle import IDLE
from service.integrations.email_smtp.line import Line
from service.ports import Check, Surroundings
from service.settings.section import Secret


class Email:
    """A lost reply leaves a doubt; the runner then looks for the Message-ID in the mail sources and otherwise sends again."""

    interrupts = False
    repeatable = True

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at
        self._to = tuple(dict.fromkeys(settings.to))
        own = at.person.emails[0] if at.person.emails else ""
        self._from = settings.from_ or parseaddr(at.sent_from)[1] or own or f"reveille@{settings.smtp.host}"

    def _secret(self, secret: Secret) -> str:
        return secret.read(self._at)

    @property
    def audience(self) -> Audience:
        own = all(self._at.person.is_me(address) for address in self._to)
        return Audience.PERSON if own and self._settings.shows == "all" else Audience.OTHERS

    def send(self, notice: Notice, key: IdempotencyKey) -> Receipt:
        with Line(self._settings.smtp, self._at.folder, idle=IDLE, secret=self._secret) as line:
            data = self._message(notice, key, line.limit)
            return Receipt(line.deliver(_wire(self._from), [_wire(address) for address in self._to], data))

    def arrived(self, key: IdempotencyKey) -> bool | None:
        del key  # SMTP can't be asked
        return None

    def check(self) -> Check:
        smtp = self._settings.smtp
        try:
            with Line(smtp, self._at.folder, secret=self._secret):
                signed_in = f"signed in as {smtp.user}" if smtp.user else "without signing in"
                return Check(ok=True, says=f"{smtp.host}:{smtp.at_port} answers ({smtp.secured}, {signed_in})")
        except ExternalError as error:
            says, _, fix = str(error).partition(". ")
            return Check(ok=False, says=says, fix=fix or f"Check channels.{self._at.account}.smtp in the config")

    def _message(self, notice: Notice, key: IdempotencyKey, limit: int | None) -> bytes:
        """With the recording, unless the server says that it takes no message of this size."""
        at = self._at.clock()
        data = mime.compose(notice, key, sender=self._from, to=self._to, at=at)
        if limit is None or len(data) <= limit:
            return data
        note = f"(The recording was left out: this mail server takes at most {limit // 1024} KB.)"
        data = mime.compose(notice, key, sender=self._from, to=self._to, at=at, audio=False, note=note)
        if len(data) > limit:
            raise Rejected(
                f"{self._settings.smtp.host} takes at most {limit // 1024} KB, the briefing has {len(data) // 1024} KB"
            )
        return data


def _wire(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{mime.ascii_domain(domain)}"
