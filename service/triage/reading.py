"""Everything the built-in brain looks at, gathered once a message."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from service.domain.items import Message, Provenance
from service.domain.mailing import Automatic
from service.domain.people import Person
from service.domain.verdicts import Relation
from service.people import is_external, is_free_mail, is_machine
from service.triage.addressee import names_of
from service.triage.junk import Junk, evidence, weigh
from service.triage.lexicon import words
from service.triage.linear import Linear
from service.triage.ngrams import buckets
from service.triage.phishing import THRESHOLD, signs
from service.triage.statements import Statements
from service.triage.words.junk import TABLES as JUNK
from service.triage.words.tone import TABLES as TONES

_WANTED = frozenset((*JUNK, *TONES))
_A_PAGE_OF_LINKS = 8


@dataclass(frozen=True, slots=True)
class Reading:
    message: Message
    person: Person
    relation: Relation
    said: Statements
    size: int  # words
    tones: dict[str, tuple[str, ...]]  # the distinct phrases of each meaning, as found
    marked: frozenset[str]  # evidence for and against junk, by name
    words: tuple[int, ...]  # its wording, hashed
    junk: Junk
    phishing: tuple[str, ...]  # reasons, strongest first; empty: no phishing

    def distinct(self, meaning: str) -> int:
        return len(self.tones.get(meaning, ()))

    def density(self, meaning: str) -> float:
        """Distinct phrases in a hundred words; short messages count as sixty words."""
        return 100 * self.distinct(meaning) / max(self.size, 60)

    def in_subject(self, meaning: str) -> int:
        """Distinct phrases that the subject holds."""
        subject = " ".join(words(self.message.subject))
        return sum(p in subject for p in self.tones.get(meaning, ()))

    @property
    def own(self) -> bool:
        return self.message.provenance is Provenance.OWN

    @property
    def machine(self) -> bool:
        return is_machine(self.message.sender) or self.message.bulk.is_automated

    @property
    def answers(self) -> bool:
        return bool(self.message.in_reply_to) or self.message.subject[:3].lower() == "re:"

    @property
    def discussion(self) -> bool:
        """Through a list, and yet written by a person to persons."""
        tagged = self.message.bulk.is_list and self.message.subject.startswith("[")
        return self._marked and (self.answers or tagged)

    @property
    def newsletter(self) -> bool:
        """Sent to many by a program with a way to unsubscribe."""
        return (self._marked and not self.discussion) or (not self.answers and self._reads_like_one)

    @property
    def _marked(self) -> bool:
        bulk = self.message.bulk
        return bulk.unsubscribe or bulk.is_list or bulk.feedback_id or bulk.precedence in ("bulk", "junk")

    @property
    def _reads_like_one(self) -> bool:
        """Without a header that says so: leave the list, click here, read our stories."""
        leaving, told = self.distinct("removal") + self.distinct("leaving"), self.distinct("clicks") + self.distinct("news")
        return (leaving >= 2 and leaving + told >= 5) or (
            leaving >= 1 and told >= 2 and len(self.message.links) >= _A_PAGE_OF_LINKS
        )

    @property
    def impersonal(self) -> bool:
        """Newsletters and automatic replies ask and promise nothing to a person, whatever their words; unless the person answers them."""
        return not self.own and (((self.newsletter or self.said.circular) and not self.relation.answered) or self.automatic)

    @property
    def automatic(self) -> bool:
        """A program's answer, by what its parts and headers say or by its words."""
        return self.message.automatic is not Automatic.NONE or bool(self.distinct("automatic"))

    @property
    def from_strange_list(self) -> bool:
        """A discussion list outside the person's organisation: a question to everybody there waits for nobody in particular."""
        return (self.message.bulk.is_list or self.message.bulk.is_automated) and is_external(
            self.person, self.message.sender.email
        )

    @property
    def private_sender(self) -> bool:
        return is_free_mail(self.message.sender.domain) and not self.machine


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands in a message, before anybody says what it means."""

    size: int
    tones: dict[str, tuple[str, ...]]
    counts: dict[str, int]
    marked: set[str]
    words: tuple[int, ...]


def look(message: Message, person: Person, said: Statements) -> Seen:
    tokens = tuple(chain.from_iterable([s.words for s in said.sentences]))
    tones: dict[str, dict[str, None]] = {}
    counts: dict[str, int] = {}
    for s in said.sentences:
        for meaning, start, length in s.hits:
            if meaning in _WANTED:
                counts[meaning] = counts.get(meaning, 0) + 1
                tones.setdefault(meaning, {})[" ".join(s.words[start : start + length])] = None
    return Seen(
        len(tokens),
        {meaning: tuple(found) for meaning, found in tones.items()},
        counts,
        evidence(message, person, tokens, counts),
        buckets(tokens, names_of((message.sender, *message.to[:20]))),
    )


def gather(message: Message, person: Person, relation: Relation, said: Statements, filtering: Linear | None = None) -> Reading:
    """`filtering`: another junk filter than the shipped one."""
    seen = look(message, person, said)
    colleague = _is_colleague(message, person)
    junk = weigh(seen.marked, seen.words, relation, filtering, colleague=colleague)
    deceit = _deceit(list(signs(message, person, relation, seen.counts, seen.marked)), junk, seen.marked, colleague=colleague)
    return Reading(message, person, relation, said, seen.size, seen.tones, frozenset(seen.marked), seen.words, junk, deceit)


def _is_colleague(message: Message, person: Person) -> bool:
    results = message.authentication
    return not is_external(person, message.sender.email) and "fail" not in (results.dmarc, results.spf)


def _deceit(found: list[tuple[float, str]], junk: Junk, marked: set[str], *, colleague: bool) -> tuple[str, ...]:
    """Reasons, strongest first, where together they are enough."""
    if junk.spam and "bait_domain" in marked:
        found.append((THRESHOLD, "junk from an address that poses as a service"))
    found.sort(reverse=True)
    enough = sum(weight for weight, _ in found) >= THRESHOLD + (0.5 if colleague else 0)
    return tuple(reason for _, reason in found) if enough else ()
