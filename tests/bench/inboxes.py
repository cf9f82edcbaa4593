"""Made-up people and how they treat their mail: each has ways of their own, keeps to them most of the time, and changes some of them.

The built-in verdicts are right as often as triage is on public mail, and wrong in ways that hang on the sender, as real mistakes do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from service.domain.learning import Act, Feedback, Key, KeyKind
from service.domain.verdicts import Category

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
DAYS, A_DAY = 120, 25
SENDERS, DOMAINS = 60, 25
ODD = 0.3
"""Of the senders, how many the person sees otherwise than the built-in brain does."""
STRAY = 0.1
"""How often the person does otherwise than they usually do with a sender."""
SEEN = 0.35
"""Of the mails, how many the person shows what they were to them, by a correction or by what they do."""
CHANGES = 0.1
"""Of the odd senders, about whom the person changes their mind halfway."""
_MEANT = {
    Category.URGENT: (Category.NEEDS_REPLY, Category.FYI),
    Category.NEEDS_REPLY: (Category.FYI, Category.URGENT),
    Category.FYI: (Category.PROMOTION, Category.NEEDS_REPLY),
    Category.PROMOTION: (Category.FYI,),
    Category.PERSONAL: (Category.FYI, Category.NEEDS_REPLY),
}
_TOPICS = ("invoice", "audit", "launch", "hiring", "release", "travel", "board", "support", "deploy", "survey")


@dataclass(frozen=True, slots=True)
class Sender:
    email: str
    domain: str
    said: tuple[Category, ...]  # what the built-in brain makes of their mails
    odd: Category | None  # of their mails of the first kind, what they are to the person
    turns: bool


def senders(random: Random) -> list[Sender]:
    found = []
    for n in range(SENDERS):
        domain = f"firm{random.randrange(DOMAINS)}.example"
        said = tuple(random.sample(list(Category), 2))
        odd = random.choice(_MEANT[said[0]]) if random.random() < ODD else None
        found.append(Sender(f"p{n}@{domain}", domain, said, odd, random.random() < CHANGES))
    return found


def feedback(seed: int) -> Iterator[Feedback]:
    """In the order in which the mails came. Some senders write much, most little."""
    random = Random(seed)
    people = senders(random)
    weights = [1 / (n + 1) for n in range(len(people))]
    for n in range(DAYS * A_DAY):
        at = START + timedelta(days=n / A_DAY)
        sender = random.choices(people, weights)[0]
        said = sender.said[0] if random.random() < 0.7 else sender.said[1]
        meant = _meant(sender, said, random, late=n > DAYS * A_DAY / 2)
        if random.random() > SEEN:
            continue
        keys = (
            Key(KeyKind.SENDER, sender.email, sender.email),
            Key(KeyKind.DOMAIN, sender.domain, sender.domain),
            *(Key(KeyKind.WORD, word, word) for word in random.sample(_TOPICS, 2)),
        )
        done = at + timedelta(hours=random.choice([0.5, 3, 20, 60]))
        yield Feedback(f"{seed}-{n}", Act.CORRECTED, done, said, keys, meant.value, asked=True, received_at=at)


def _meant(sender: Sender, said: Category, random: Random, *, late: bool) -> Category:
    if random.random() < STRAY:
        return random.choice(_MEANT[said])
    if said is sender.said[0] and sender.odd is not None and not (sender.turns and late):
        return sender.odd
    return said
