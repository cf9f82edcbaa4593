"""Mail that a program wrote about mail: bounces, delays, receipts (RFC 3464, RFC 8098) and automatic replies (RFC 3834)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.domain.mailing import Automatic, Delivery, Report
from service.mail import headers, invisible
from service.mail.headers import Headers
from service.mail.mime import Part

_MOST = 50
"""Recipients of one report."""
_ACTIONS = {
    "failed": Automatic.BOUNCE,
    "delayed": Automatic.DELAY,
    "delivered": Automatic.DELIVERED,
    "relayed": Automatic.DELIVERED,
    "expanded": Automatic.DELIVERED,
}
_BY_SERVER = re.compile(
    r"(?:mailer-daemon|postmaster|mail-daemon|mdaemon|bounces?|microsoftexchange[0-9a-f]{32})(?:[+=-][^@]*)?@", re.IGNORECASE
)
_UNDELIVERED = re.compile(
    r"(?:undeliver(?:able|ed)|un?zustellbar|returned mail|mail delivery (?:failed|failure)|delivery (?:status notification|failure|has failed|report)|"
    r"failure notice|message (?:delivery failure|not delivered)|delivery notification|warning: (?:message|could not send)|unzustellbare|"
    r"nicht zustellbar|non remis|échec de (?:la )?remise|no se puede entregar|no entregado|non recapitabile|mancato recapito|não entregue|"
    r"onbestelbaar|nie można dostarczyć|kan inte levereras|ikke leveret|недоставлен|не доставлено|配信不能|无法投递|系统退信|배달되지 않음)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"delayed|\bdelay\b|warning: (?:message|could not)|still being retried|verzögert|retardé|temporar", re.IGNORECASE
)
_AUTOMATIC = re.compile(
    r"\s*(?:(?:automatic|auto(?:matic)?[- ]?)\s?(?:reply|response|antwort)|autoreply|autoresponse|out of (?:the )?office|ooo\b|abwesenheits|"
    r"automatische (?:antwort|abwesenheits)|réponse automatique|absence du bureau|message d.absence|respuesta automática|fuera de la oficina|"
    r"risposta automatica|fuori (?:sede|ufficio)|resposta automática|ausência|automatisch antwoord|afwezig|autosvar|automatisk svar|"
    r"automaattinen vastaus|poissa|automatyczna odpowiedź|automatická odpověď|автоматический ответ|автоответ|otomatik yanıt|αυτόματη απάντηση|"
    r"自動(?:応答|返信|回覆)|自动(?:答复|回复)|자동 (?:회신|응답))",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"<?([^\s<>:;,\"'()\[\]]{1,100}@[^\s<>:;,\"'()\[\]]{3,200}[\w])>?")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ID = re.compile(r"<([^<>\s]+)>")


def read(root: Part, text: str) -> tuple[Automatic, Report | None]:
    """Which program wrote it, and what it says. `text` is what a person reads of it."""
    fields = root.headers
    parts = list(_parts(root))
    for part in parts:
        if part.media_type in {"message/delivery-status", "message/global-delivery-status"}:
            return _delivery(part, parts)
        if part.media_type in {"message/disposition-notification", "message/global-disposition-notification"}:
            return _disposition(part)
    if _is_bounce(fields):
        return _unstructured(fields, parts, text)
    return (Automatic.REPLY if _is_automatic(fields) else Automatic.NONE), None


def _parts(root: Part) -> Iterator[Part]:
    """A report's own: what an attached message holds is another's."""
    yield root
    if root.is_multipart:
        for child in root.children[:20]:
            yield from _parts(child)


def _delivery(part: Part, parts: list[Part]) -> tuple[Automatic, Report | None]:
    """Groups of fields: the first is the message's, each further one a recipient's (RFC 3464, section 2)."""
    kinds: list[Automatic] = []
    found: list[Delivery] = []
    for fields in _groups(part.decoded()):
        recipient = fields.raw("final-recipient") or fields.raw("original-recipient")
        if not recipient:
            continue
        email = recipient.rpartition(";")[2].strip().strip("<>").lower()
        kinds.append(_ACTIONS.get(fields.raw("action").partition(";")[0].strip().lower(), Automatic.BOUNCE))
        status = _STATUS.search(fields.raw("status"))
        why = fields.raw("diagnostic-code").partition(";")
        found.append(Delivery(email[:300], status[1] if status else "", _shown(why[2] or why[0])))
        if len(found) >= _MOST:
            break
    kind = next((k for k in (Automatic.BOUNCE, Automatic.DELAY, Automatic.DELIVERED) if k in kinds), Automatic.BOUNCE)
    return kind, Report(tuple(found), _returned(parts))


def _groups(data: bytes) -> Iterator[Headers]:
    for block in re.split(rb"(?:\r?\n){2,}", data.strip())[: _MOST + 1]:
        if block.strip():
            yield headers.parse(block.lstrip() + b"\n\n")[0]


def _returned(parts: list[Part]) -> str:
    """The Message-ID of the mail that came back, whole or only its headers."""
    for part in parts:
        if part.children and not part.is_multipart:
            return _id(part.children[0].headers)
        if part.media_type in {"text/rfc822-headers", "message/rfc822", "message/rfc822-headers"}:
            return _id(headers.parse(part.decoded(64_000) + b"\n\n")[0])
    return ""


def _id(fields: Headers) -> str:
    found = _ID.search(fields.raw("message-id"))
    return found[1] if found else ""


def _disposition(part: Part) -> tuple[Automatic, Report | None]:
    fields = next(_groups(part.decoded()), None)
    if fields is None:
        return Automatic.READ, None
    email = (fields.raw("final-recipient") or fields.raw("original-recipient")).rpartition(";")[2].strip().lower()
    about = _ID.search(fields.raw("original-message-id"))
    done = fields.raw("disposition").rpartition(";")[2].strip()
    return Automatic.READ, Report((Delivery(email[:300], "", _shown(done)),) if email else (), about[1] if about else "")


def _is_bounce(fields: Headers) -> bool:
    if "x-failed-recipients" in fields:
        return True
    sender = fields.raw("from")
    by_server = _BY_SERVER.search(sender) is not None or fields.raw("return-path").strip() == "<>"
    return by_server and _UNDELIVERED.search(fields.get("subject")) is not None


def _unstructured(fields: Headers, parts: list[Part], text: str) -> tuple[Automatic, Report | None]:
    """A server that reports in its own words (qmail, Exim): who is named before the returned message could not be reached."""
    named = _ADDRESS.findall(fields.raw("x-failed-recipients"))
    own = {email.lower() for name in ("from", "to", "sender") for email in _ADDRESS.findall(fields.raw(name))}
    head = text[:3000]
    if not named:
        named = [email for email in dict.fromkeys(_ADDRESS.findall(head)) if email.lower() not in own][:1]
    status = _STATUS.search(head)
    later = _LATER.search(fields.get("subject")) is not None
    found = tuple(Delivery(email.lower(), status[1] if status else "") for email in dict.fromkeys(named))[:_MOST]
    return (Automatic.DELAY if later else Automatic.BOUNCE), Report(found, _returned(parts))


def _is_automatic(fields: Headers) -> bool:
    if fields.raw("auto-submitted").lower().startswith("auto-replied"):
        return True
    if fields.raw("precedence").lower() in {"auto_reply", "auto-reply"} or fields.raw("x-autogenerated").lower() == "reply":
        return True
    if (
        any(name in fields for name in ("x-autoreply", "x-autorespond", "x-autoresponder"))
        or "vacation" in fields.raw("x-mailer").lower()
    ):
        return True
    return _AUTOMATIC.match(fields.get("subject")) is not None


def _shown(text: str) -> str:
    return invisible.clean(" ".join(headers.decode_words(text).split())).text[:300]
