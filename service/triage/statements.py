"""What a message says: requests, promises and dates, each with the exact words it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.items import Message, Provenance
from service.domain.people import Person
from service.domain.verdicts import Commitment, DateMention, Request
from service.triage.addressee import Audience
from service.triage.commitments import commitments
from service.triage.dates import mentions
from service.triage.requests import Asked, requests
from service.triage.sentences import Sentence, own_sentences, sentence

_MOST_SENTENCES = 120


@dataclass(frozen=True, slots=True)
class Statements:
    sentences: tuple[Sentence, ...]  # the subject first
    requests: tuple[Request, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    dates: tuple[DateMention, ...] = ()
    asked: tuple[Asked, ...] = ()  # the requests, with whom each speaks to


def read(message: Message, me: Person, my_names: frozenset[str]) -> Statements:
    """Looks at the subject and the reply text; what is quoted was said before."""
    subject = sentence(message.subject[:500], -1)
    body = own_sentences(message.text, message.reply_text, _MOST_SENTENCES)
    sentences = (subject, *body) if subject.words else body
    zone = me.zone
    dated = [(s, mentions(s, message.sent_at, zone)) for s in sentences]
    own = message.provenance is Provenance.OWN
    asked = requests(dated, Audience(message, me, my_names), own=own)
    return Statements(
        sentences,
        tuple(a.request for a in asked),
        commitments(dated, message.sender.email, mine=own),
        tuple(m.statement for _, found in dated for m in found),
        asked,
    )
