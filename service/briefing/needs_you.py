"""Mail that waits for the person: asked of them, or urgent, and not answered since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from service.briefing.closing import delivers, withdraws
from service.briefing.conversations import Conversation
from service.briefing.desk import Desk
from service.briefing.due import Deadline, deadline
from service.briefing.kinds import Kind, insists, kind
from service.briefing.ranking import Weight, weigh
from service.briefing.sources import cite
from service.briefing.versions import version
from service.briefing.wording import clean, clip, lead, listed, quote, sentence
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.verdicts import Category, Judged, Request

OPEN_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a conversation wants of the person. `request` is None where triage finds it urgent or due a reply in no exact words."""

    thread: str
    one: Judged
    request: Request | None
    newest: Judged

    @property
    def words(self) -> str:
        """Exact, from the message."""
        message = self.one.message
        return self.request.span.text if self.request else lead(message.reply_text or message.text)


def facts(desk: Desk, met: Mapping[str, str]) -> tuple[Fact, ...]:
    """Most important first, then the newest; one for each thing asked."""
    found: dict[tuple[str, str], Fact] = {}
    for conversation in desk.conversations:
        ask = open_ask(conversation)
        if ask and ask.newest.message.at >= desk.as_of - OPEN_FOR:
            fact = _fact(desk, ask, met)
            same = (ask.one.message.sender.email, clean(ask.words).casefold())
            if same not in found or found[same].importance < fact.importance:
                found[same] = fact
    return tuple(sorted(found.values(), key=lambda f: (-f.importance, -(f.at.timestamp() if f.at else 0), f.key)))


def open_ask(conversation: Conversation) -> Ask | None:
    waiting = [j for j in conversation.since_mine if kind(j) is Kind.PERSON or insists(j)]
    if not waiting or "answered" in waiting[-1].message.flags:
        return None
    for number in range(len(waiting) - 1, -1, -1):
        one = waiting[number]
        request = _strongest(one)
        if request:
            settled = "answered" in one.message.flags or any(_settles(later, one) for later in waiting[number + 1 :])
            return None if settled else Ask(conversation.id, one, request, waiting[-1])
    newest = waiting[-1]
    return Ask(conversation.id, newest, None, newest) if _calls(newest) else None


def _strongest(one: Judged) -> Request | None:
    """What is due first, then what is asked for plainly, then as written."""
    mine = [r for r in one.verdict.requests if r.of_me]
    return min(mine, key=lambda r: (r.due is None, r.question, r.span.offset), default=None) if _may_ask(one) else None


def _may_ask(one: Judged) -> bool:
    return one.verdict.priority != "low" or one.verdict.category in {Category.URGENT, Category.NEEDS_REPLY}


def _calls(one: Judged) -> bool:
    verdict = one.verdict
    if verdict.priority in {"urgent", "high"}:
        return True
    return verdict.category in {Category.URGENT, Category.NEEDS_REPLY} and verdict.priority != "low"


def _settles(later: Judged, asked: Judged) -> bool:
    """The asker takes it back, or somebody else delivers."""
    if later.message.sender.email == asked.message.sender.email:
        return withdraws(later.message)
    return delivers(later.message)


def _fact(desk: Desk, ask: Ask, met: Mapping[str, str]) -> Fact:
    message, verdict = ask.one.message, ask.one.verdict
    due = deadline(ask.request.due, desk.as_of, desk.zone) if ask.request else None
    weight = _weigh(desk, ask, due, met)
    private = verdict.private or ask.newest.verdict.private
    return Fact(
        key=f"reply:{ask.thread}",
        version=version(ask.newest.message.id, ask.words, due.bucket if due else ""),
        text=_text(desk, ask, due),
        sources=tuple(cite(m, q) for m, q in _sources(ask)),
        people=(desk.name(message.sender),),
        at=due.moment if due else message.at,
        importance=weight.importance,
        topic=weight.topic or clean(message.subject),
        basis=Basis.STATED if ask.request else Basis.INFERRED,
        sensitivity=Sensitivity.PRIVATE if private else Sensitivity.NORMAL,
        speech=_speech(desk, ask, due),
        why=_why(ask, weight),
    )


def _weigh(desk: Desk, ask: Ask, due: Deadline | None, met: Mapping[str, str]) -> Weight:
    message = ask.one.message
    urgency = max(ask.one.verdict.urgency, ask.newest.verdict.urgency)
    age = (desk.as_of - ask.newest.message.at).days
    return weigh(
        desk,
        0.22 + 0.38 * urgency - (0 if ask.request else 0.1) - (0 if due else 0.015 * max(0, age - 1)),
        due=due,
        email=message.sender.email,
        text=f"{message.subject}\n{message.reply_text}",
        priority=ask.one.verdict.priority or ask.newest.verdict.priority,
        met=met.get(desk.name(message.sender), "") or met.get(message.sender.email, ""),
    )


def _text(desk: Desk, ask: Ask, due: Deadline | None) -> str:
    message = ask.one.message
    who, subject = desk.introduction(message.sender), clip(clean(message.subject), 70)
    said = quote(ask.words) if ask.words else ""
    if ask.request:
        return sentence(f"{who} asks: {said}" + (f" — {due.words}" if due else ""))
    about = f" about “{subject}”" if subject else ""
    return sentence(f"{who} writes{about}" + (f": {said}" if said else ""))


def _speech(desk: Desk, ask: Ask, due: Deadline | None) -> str:
    who = desk.name(ask.one.message.sender)
    if ask.request:
        said = sentence(clip(clean(ask.words), 90))
        return f"{who} asks: {said}" + (f" {sentence(due.spoken)}" if due else "")
    said = clip(clean(ask.words or ask.one.message.subject), 90)
    return sentence(f"{who} writes: {said}" if said else f"{who} wrote to you")


def _sources(ask: Ask) -> Iterator[tuple[Judged, str]]:
    yield ask.one, ask.words
    if ask.newest.message.id != ask.one.message.id:
        yield ask.newest, ""


def _why(ask: Ask, weight: Weight) -> str:
    reasons = [clip(clean(r), 90) for r in ask.one.verdict.reasons[:2]]
    return clip(listed(list(dict.fromkeys((*reasons, *weight.why)))[:4]), 240)
