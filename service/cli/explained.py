"""What `reveille explain` prints of one message: a JSON line, or a page for the eye."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from io import StringIO
from typing import TYPE_CHECKING, Any

from service.cli import explained_reading
from service.domain.items import Message
from service.domain.verdicts import Commitment, DateMention, Request, Span, Verdict, When
from service.mail.anatomy import Anatomy

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_SHOWN = 1_200  # characters of the text on a page for the eye


def json_line(
    file: str, message: Message | None = None, verdict: Verdict | None = None, anatomy: Anatomy | None = None, error: str = ""
) -> str:
    record: dict[str, Any] = {"file": file}
    if message is None or verdict is None:
        record["error"] = error
    else:
        record |= _fields(message, verdict) | explained_reading.fields(message, anatomy or Anatomy())
    return json.dumps(record, ensure_ascii=False)


def _fields(message: Message, verdict: Verdict) -> dict[str, Any]:
    """`from` is a list of [name or null, address or null], as a From header may name several; empty where it names none."""
    sender = message.sender
    return {
        "from": [[sender.name or None, sender.email or None]] if sender.label else [],
        "subject": message.subject,
        "sent_at": _iso(message.sent_at),
        "visible_text": message.text,
        "reply_text": message.reply_text,
        "category": str(verdict.category),
        "urgency": verdict.urgency,
        "spam": verdict.spam,
        "phishing": verdict.phishing,
        "reasons": list(verdict.reasons),
        "requests": [_request(r) for r in verdict.requests],
        "commitments": [_commitment(c) for c in verdict.commitments],
        "dates": [_date(d) for d in verdict.dates],
    }


def _request(request: Request) -> dict[str, Any]:
    return {
        **_span(request.span),
        "what": request.what,
        "of_me": request.of_me,
        "question": request.question,
        "due": _when(request.due),
    }


def _commitment(promise: Commitment) -> dict[str, Any]:
    return {**_span(promise.span), "what": promise.what, "who": promise.who, "mine": promise.mine, "due": _when(promise.due)}


def _date(mention: DateMention) -> dict[str, Any]:
    return {**_span(mention.span), **{k: v for k, v in (_when(mention.when) or {}).items() if k != "words"}}


def _span(span: Span) -> dict[str, Any]:
    """`offset` counts characters of `visible_text`; -1: in the subject."""
    return {"words": span.text, "offset": span.offset}


def _when(when: When | None) -> dict[str, Any] | None:
    if when is None:
        return None
    return {key: _iso(value) if isinstance(value, date) else value for key, value in asdict(when).items()}


def _iso(moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return moment.isoformat()


def readable(file: str, message: Message, verdict: Verdict, anatomy: Anatomy | None = None) -> str:
    """For the eye. Everything from the message is literal text: no markup, no control characters."""
    from rich.console import Console, Group
    from rich.panel import Panel

    out = StringIO()
    console = Console(file=out, force_terminal=_is_terminal(), width=None if _is_terminal() else 100, highlight=False)
    reading = explained_reading.lines(message, anatomy or Anatomy())
    below = [_plain("\n" + "\n".join(reading))] if reading else []
    parts: list[RenderableType] = [_head(message, verdict), *_statements(verdict), _text(message), *below]
    console.print(Panel(Group(*parts), title=_plain(file), title_align="left"))
    return out.getvalue()


def _is_terminal() -> bool:
    import sys

    return sys.stdout.isatty()


def _plain(text: str) -> Text:
    from rich.text import Text

    return Text("".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text))


def _head(message: Message, verdict: Verdict) -> RenderableType:
    from rich.table import Table

    sender = message.sender
    flags = [name for name, on in (("spam", verdict.spam), ("phishing", verdict.phishing)) if on]
    table = Table.grid(padding=(0, 2))
    rows = {
        "From": f"{sender.name} <{sender.email}>" if sender.name and sender.email else sender.label or "nobody",
        "Subject": message.subject or "(none)",
        "Sent": _iso(message.sent_at),
        "Verdict": ", ".join([str(verdict.category), f"urgency {verdict.urgency:.2f}", *flags]),
        "Because": "\n".join(verdict.reasons),
    }
    for name, value in rows.items():
        table.add_row(name, _plain(value), style="bold" if name == "Verdict" else "")
    return table


def _statements(verdict: Verdict) -> list[RenderableType]:
    lines = [f"{'asks you' if r.of_me else 'asks'}: {r.what}{_due(r.due)}" for r in verdict.requests]
    lines += [f"{'you promise' if c.mine else 'promises'}: {c.what}{_due(c.due)}" for c in verdict.commitments]
    lines += [f"date: {d.span.text}{_due(d.when)}" for d in verdict.dates]
    return [_plain("\n" + "\n".join(lines))] if lines else []


def _due(when: When | None) -> str:
    if when is None:
        return ""
    moment = when.at or when.on
    return f" → {_iso(moment)}" if moment else f" → {when.words} (unclear)"


def _text(message: Message) -> RenderableType:
    shown = message.reply_text or message.text
    more = "" if len(shown) <= _SHOWN else " …"
    return _plain("\n" + shown[:_SHOWN].strip() + more)
