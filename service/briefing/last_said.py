"""What was said last with the people of a meeting: in mail, in chat, in notes. Each line quotes its source and dates it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial

from service.briefing.attendees import Guest, label_of
from service.briefing.conversations import bare_subject
from service.briefing.due import near_day, past_day
from service.briefing.engagements import title_of
from service.briefing.entries import newest_entry
from service.briefing.lines import cite, cite_post, line, one_line
from service.briefing.preparation import Background, Encounter, is_own, partner
from service.briefing.quoting import Quote, telling, with_lead, words_of
from service.domain.facts import Fact, Sensitivity
from service.domain.items import Contact, Deal, Message, Note, Post, Provenance, Thread
from service.domain.people import Person
from service.domain.verdicts import Judged

RECENT, STALE = timedelta(days=45), timedelta(days=400)
"""How long words count: of anything, and of what is about the same thing as the meeting."""
SPEAKS = 2
CROWDED = 6
"""With more guests than this, only what is about the meeting is worth a line."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that was said, weighed before it is read: `build` finds the words worth quoting, None where there are none."""

    importance: float
    at: datetime
    who: str
    build: Callable[[], Fact | None]


def last_said(meeting: Encounter, known: Background, limit: int = 4, least: float = 0.0) -> list[Fact]:
    """Best first: about this meeting before anything else, then the newest. At most one line a conversation and two a speaker,
    and no sentence twice: what people send from templates says little a second time.
    """
    found = [*_mail(meeting, known), *_chat(meeting, known), *_notes(meeting, known), *_crm(meeting, known)]
    kept: list[Fact] = []
    spoken: Counter[str] = Counter()
    for saying in sorted(found, key=lambda s: (s.importance, s.at), reverse=True):
        if len(kept) == limit or saying.importance < least:
            break
        if spoken[saying.who] == SPEAKS:
            continue
        fact = saying.build()
        if fact and all(f.sources[0].quote != fact.sources[0].quote for f in kept):
            spoken[saying.who] += 1
            kept.append(fact)
    return kept


def quote_of(one: Judged, about: frozenset[str]) -> Quote | None:
    """The words that ask something where triage found some, else the most telling sentence."""
    asked = [r.span for r in one.verdict.requests if r.span.offset >= 0 and r.span.text.strip()]
    if asked:
        return with_lead(one.message.text, asked[0].text, asked[0].offset)
    return telling(one.message.reply_text or one.message.text, about)


def about_subject(message: Message, meeting: Encounter, quote: Quote) -> str:
    """What a quoted sentence is about, where neither it nor the meeting's title says so."""
    subject = one_line(bare_subject(message.subject), 60)
    names = {w for w in words_of(subject) if len(w) > 3} or words_of(subject)
    said = words_of(f"{quote.exact} {title_of(meeting.event)}")
    return f" about {subject}" if len(names & said) < 0.6 * len(names) else ""


def sensitivity_of(one: Judged) -> Sensitivity:
    return Sensitivity.PRIVATE if one.verdict.private else Sensitivity.NORMAL


def _mail(meeting: Encounter, known: Background) -> Iterable[Saying]:
    threads = set()
    for one in known.mail_with(meeting):
        message = one.message
        if message.thread_id in threads:
            continue
        threads.add(message.thread_id)
        about = meeting.is_about(words_of(message.subject)) or meeting.is_touched_by(message.reply_text)
        guest, speaker = partner(one, meeting), _speaker(one, meeting)
        if speaker and _counts(meeting, guest, about=about, age=known.as_of - message.at):
            importance = _importance(meeting, guest, about=about, at=message.at, as_of=known.as_of)
            yield Saying(importance, message.at, speaker, partial(_written, one, speaker, importance, meeting, known))


def _written(one: Judged, speaker: str, importance: float, meeting: Encounter, known: Background) -> Fact | None:
    message, quote, guest = one.message, quote_of(one, meeting.topic), partner(one, meeting)
    if quote is None:
        return None
    when = near_day(message.at, known.as_of, known.person.zone) + about_subject(message, meeting, quote)
    return line(
        f"said:message:{message.id}",
        f"{speaker} {when}: {quote}",
        cite(message, quote.exact),
        at=message.at,
        importance=importance,
        topic="mail",
        people=(guest.name,) if guest else (),
        sensitivity=sensitivity_of(one),
        speech=f"{speaker} {when}: {quote.shown}",
    )


def _speaker(one: Judged, meeting: Encounter) -> str:
    guest = partner(one, meeting)
    if guest is None:
        return ""
    return f"You wrote to {meeting.called(guest)}" if is_own(one) else f"{meeting.called(guest)} wrote"


def _chat(meeting: Encounter, known: Background) -> Iterable[Saying]:
    """What somebody who comes wrote; of others only what is about the meeting."""
    for thread in known.chats:
        about = meeting.is_touched_by("\n".join((thread.channel, *(p.text for p in thread.posts))))
        post = _newest_by_guest(thread, meeting) or (_newest_about(thread, meeting, known.person) if about else None)
        if post is None:
            continue
        guest = meeting.guest(post.author.email)
        if _counts(meeting, guest, about=about, age=known.as_of - post.at):
            importance = _importance(meeting, guest, about=about, at=post.at, as_of=known.as_of)
            yield Saying(
                importance, post.at, f"slack {post.author.email}", partial(_posted, thread, post, importance, meeting, known)
            )


def _posted(thread: Thread, post: Post, importance: float, meeting: Encounter, known: Background) -> Fact | None:
    quote, guest = telling(post.text, meeting.topic), meeting.guest(post.author.email)
    if quote is None:
        return None
    who = meeting.called(guest) if guest else label_of(post.author)
    place = "directly" if thread.direct else f"in #{one_line(thread.channel, 40)}"
    said = f"{who} {place} {near_day(post.at, known.as_of, known.person.zone)}"
    return line(
        f"said:thread:{thread.id}",
        f"{said}: {quote}",
        cite_post(thread, post, quote.exact),
        at=post.at,
        importance=importance,
        topic="slack",
        people=(who,),
        speech=f"{said}: {quote.shown}",
    )


def _newest_by_guest(thread: Thread, meeting: Encounter) -> Post | None:
    return next((p for p in reversed(thread.posts) if p.author.email in meeting.emails and p.text.strip()), None)


def _newest_about(thread: Thread, meeting: Encounter, person: Person) -> Post | None:
    others = (p for p in reversed(thread.posts) if not person.is_me(p.author.email))
    return next((p for p in others if meeting.topic & words_of(p.text)), None)


def _notes(meeting: Encounter, known: Background) -> Iterable[Saying]:
    for note in known.notes:
        about, names = _bearing(note, meeting)
        if (about or names) and _counts(meeting, None, about=about, age=known.as_of - note.at):
            importance = _importance(meeting, None, about=about, at=note.at, as_of=known.as_of) + 0.03
            yield Saying(importance, note.at, "notes", partial(_noted, note, names, importance, meeting, known))


def _noted(note: Note, names: frozenset[str], importance: float, meeting: Encounter, known: Background) -> Fact | None:
    quote = telling(_below(note), meeting.topic | names)
    if quote is None:
        return None
    what = "Transcript" if note.transcript else "Your notes" if note.provenance is Provenance.OWN else "Notes"
    said = f"{what}{_titled(note, meeting)}, {near_day(note.at, known.as_of, known.person.zone)}"
    return line(
        f"said:note:{note.id}",
        f"{said}: {quote}",
        cite(note, quote.exact),
        at=note.at,
        importance=importance,
        topic="notes",
        speech=f"{said}: {quote.shown}",
    )


def _titled(note: Note, meeting: Encounter) -> str:
    """The note's title, where it says more than whom and what the meeting is about."""
    title = words_of(note.title)
    known = words_of(f"{title_of(meeting.event)} {' '.join(g.name for g in meeting.guests)}")
    return "" if title and len(title & known) >= 0.5 * len(title) else f" “{one_line(note.title, 40)}”"


def _below(note: Note) -> str:
    """The text without a first line that only repeats the title."""
    first, _, rest = note.text.lstrip().partition("\n")
    return rest if first.strip(" #*").casefold() == note.title.strip().casefold() else note.text


def _bearing(note: Note, meeting: Encounter) -> tuple[bool, frozenset[str]]:
    """Whether a note is about what the meeting is about, and the words by which it names who comes."""
    about = meeting.is_about(words_of(note.title))
    low = f"{' '.join(note.people)}\n{note.text}".casefold()
    named = [g for g in meeting.guests if (g.email and g.email in low) or (" " in g.name and g.name.casefold() in low)]
    firms = [c for c in meeting.companies if len(c) > 3 and c in low]
    return about, frozenset().union(*(words_of(g.name) for g in named), *(words_of(c) for c in firms))


def _crm(meeting: Encounter, known: Background) -> Iterable[Saying]:
    """The newest entry that somebody wrote into the card, else into the deal, of each who comes."""
    for guest in meeting.guests:
        card = known.contacts.get(guest.email)
        deals = [d for d in known.deals_of(meeting) if guest.email in d.people]
        records: list[Contact | Deal] = [*([card] if card else []), *deals[:1]]
        for fact in [fact for r in records if (fact := _entry(r, guest, meeting, known))][:1]:
            yield Saying(fact.importance, fact.at or known.as_of - RECENT, f"crm {guest.email}", partial(_as_is, fact))


def _as_is(fact: Fact) -> Fact:
    return fact


def _entry(record: Contact | Deal, guest: Guest, meeting: Encounter, known: Background) -> Fact | None:
    zone = known.person.zone
    entry = newest_entry(record.notes, meeting.topic, known.as_of.astimezone(zone).date())
    if entry is None:
        return None
    at = datetime.combine(entry.on, time(), zone).astimezone(UTC) if entry.on else record.at
    when = f", {past_day(at, known.as_of, zone)}" if at and at <= known.as_of else ""
    return line(
        f"said:{type(record).__name__.lower()}:{record.id}",
        f"CRM entry on {meeting.called(guest)}{when}: {entry.quote}",
        cite(record, entry.quote.exact),
        at=at,
        importance=_importance(meeting, guest, about=False, at=at or known.as_of - RECENT, as_of=known.as_of),
        topic="crm",
        people=(guest.name, "CRM"),
        speech=f"The CRM says of {meeting.called(guest)}: {entry.quote.shown}",
    )


def _counts(meeting: Encounter, guest: Guest | None, *, about: bool, age: timedelta) -> bool:
    """Of who has declined, only what is about the meeting."""
    if about:
        return age < STALE
    return age < RECENT and len(meeting.guests) <= CROWDED and not (guest and guest.declined)


def _importance(meeting: Encounter, guest: Guest | None, *, about: bool, at: datetime, as_of: datetime) -> float:
    """Words about the meeting before words about anything; then those of guests, of the few one meets, of colleagues among guests."""
    age = max(0.0, (as_of - at) / timedelta(days=1))
    aside = bool(meeting.external) and guest is not None and not guest.external
    base = 0.68 if about else 0.28 if aside else 0.5 if meeting.external else 0.46 if len(meeting.guests) <= 2 else 0.4
    return round(base - min(0.2, age / 150), 3)
