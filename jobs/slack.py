"""A push when a chat thread turns to something the person cares about, or somebody there calls for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from jobs.drafts import Words, alert, compare
from jobs.window import since
from service.briefing.attendees import label_of
from service.briefing.lines import cite_post, line, one_line
from service.briefing.quoting import quoted, sentences
from service.briefing.standing import Standing, standing
from service.briefing.wording import count
from service.domain.delivery import Draft, Nothing, Recheck
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.items import Post, Provenance, Thread
from service.domain.people import Person
from service.ports import Occasion, Services

LOOK_BACK = timedelta(hours=2)
AT_MOST = 5


def prepare(services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing:
    topics = pattern(occasion.cadence.option("topics") or ())
    told = services.items.told(occasion.cadence.name, now, occasion.occurrence.id)
    start = since(occasion, now, LOOK_BACK, services.silent_until)
    facts, to = [], {}
    for thread in services.items.chats(start, now):
        said = standing(services.rules, thread)
        post = None if said.muted else _turn(thread, person, topics, start, told.get(key_of(thread), ""))
        if post:
            facts.append(_fact(thread, post, person, topics, said))
            to.update(dict.fromkeys([c for c in said.notify if c in services.audiences] or occasion.cadence.to))
    if not facts:
        return Nothing("no thread turned to a topic of yours")
    best = tuple(sorted(facts, key=lambda f: -f.importance)[:AT_MOST])
    return alert(services, person, best, tuple(to), _phrase, now, "high")


def recheck(services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck:
    """The person wrote there in the meantime: not said."""
    return compare(draft, prepare(services, person, occasion, now))


def key_of(thread: Thread) -> str:
    return f"alert:{thread.id}"


def pattern(topics: Sequence[str] | str) -> re.Pattern[str] | None:
    """Words and phrases, whole, in any case, across line breaks and hyphens; None where there are none."""
    wanted = [topics] if isinstance(topics, str) else topics
    phrases = [r"[\s\-_]+".join(re.escape(w) for w in re.split(r"[\s\-_]+", str(t).strip()) if w) for t in wanted]
    some = "|".join(filter(None, phrases))
    return re.compile(rf"(?<!\w)(?:{some})(?!\w)", re.IGNORECASE) if some else None


def _turn(thread: Thread, person: Person, topics: re.Pattern[str] | None, start: datetime, told: str) -> Post | None:
    """The newest post that matters: by somebody else, since `start`, after what was told and after the person's own last word."""
    posts = thread.posts
    own = [i for i, p in enumerate(posts) if p.provenance is Provenance.OWN or person.is_me(p.author.email)]
    heard = [i for i, p in enumerate(posts) if p.id == told]
    fresh = posts[max((*own, *heard), default=-1) + 1 :]
    return next((p for p in reversed(fresh) if p.at >= start and (_calls(p, thread, person) or _on_topic(p, topics))), None)


def _on_topic(post: Post, topics: re.Pattern[str] | None) -> bool:
    return bool(topics and topics.search(post.text))


def _calls(post: Post, thread: Thread, person: Person) -> bool:
    """By address, or, where the thread is known to mention the person, by their name after an @."""
    if any(person.is_me(m) for m in post.mentions):
        return True
    names = {person.name.casefold(), *person.name.casefold().split()[:1], *(e.partition("@")[0] for e in person.emails)}
    low = post.text.casefold()
    return thread.mentions_me and any(re.search(rf"@{re.escape(n)}(?!\w)", low) for n in names if n)


def _fact(thread: Thread, post: Post, person: Person, topics: re.Pattern[str] | None, said: Standing) -> Fact:
    called = _calls(post, thread, person)
    quote = quoted(_sentence(post.text, topics), 160)
    author, place = label_of(post.author), "a direct message" if thread.direct else f"#{one_line(thread.channel, 40)}"
    match = topics.search(post.text) if topics else None
    return line(
        key_of(thread),
        f"{author} in {place}: {quote}",
        cite_post(thread, post, quote.exact),
        version=post.id,
        at=post.at,
        people=(author,),
        importance=0.9 if called else 0.75,
        topic="slack",
        basis=Basis.STATED,
        sensitivity=Sensitivity.PRIVATE if said.private else Sensitivity.NORMAL,
        speech=f"{author} in {place.removeprefix('#')}: {quote.shown}",
        why="you are mentioned" if called else f"it is about {one_line(match.group(), 60)}" if match else "",
    )


def _sentence(text: str, topics: re.Pattern[str] | None) -> str:
    """The sentence with the topic, else the first."""
    some: Iterable[str] = list(sentences(text)) or [text.strip()]
    return next((s for s in some if topics and topics.search(s)), next(iter(some)))


def _phrase(facts: tuple[Fact, ...]) -> Words:
    first, _, quote = facts[0].text.partition(": “")
    if len(facts) == 1:
        return Words(f"{first} ({facts[0].why})" if facts[0].why else first, f"{first}\n“{quote}")
    subject = f"{count(len(facts), 'thread')} turned to you or your topics"
    return Words(subject, f"{subject}\n{facts[0].text}")
