"""What a message says: requests, promises and dates, each with the exact words it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice

from service.domain.items import Message, Provenance
from service.domain.people import Person
from service.domain.verdicts import Amount, Commitment, DateMention, Decision, MeetingProposal, Request
from service.people import is_machine
from service.triage.addressee import Audience
from service.triage.amounts import amounts
from service.triage.circular import is_circular
from service.triage.commitments import commitments
from service.triage.dates import mentions
from service.triage.decisions import decision
from service.triage.language import UNKNOWN, foreign, language
from service.triage.manipulation import speaks_to_a_machine
from service.triage.meetings import proposal
from service.triage.requests import Asked, requests
from service.triage.sentences import LIMIT, Sentence, own_sentences, sentence

_MOST_SENTENCES = 120
_MOST = 12  # of amounts, of decisions, of proposals


@dataclass(frozen=True, slots=True)
class Statements:
    sentences: tuple[Sentence, ...]  # the subject first
    requests: tuple[Request, ...] = ()
    hints: tuple[Request, ...] = ()  # requests that are not plain
    commitments: tuple[Commitment, ...] = ()
    dates: tuple[DateMention, ...] = ()
    asked: tuple[Asked, ...] = ()  # the plain requests, with whom each speaks to
    amounts: tuple[Amount, ...] = ()
    decisions: tuple[Decision, ...] = ()
    meetings: tuple[MeetingProposal, ...] = ()
    language: str = UNKNOWN
    circular: bool = False  # asks something, but of everybody it was sent to
    manipulates: bool = False  # holds words meant for a program; nothing after them asks or promises


def read(message: Message, me: Person, my_names: frozenset[str]) -> Statements:
    """Looks at the subject and the reply text; what is quoted was said before."""
    subject = sentence(message.subject[:500], -1)
    body = own_sentences(message.text, message.reply_text, _MOST_SENTENCES)
    sentences = (subject, *body) if subject.words else body
    zone = me.zone
    dated = [(s, mentions(s, message.sent_at, zone)) for s in sentences]
    own = message.provenance is Provenance.OWN
    strange = None if own else speaks_to_a_machine(message.text[:LIMIT])
    meant = dated if strange is None else [(s, found) for s, found in dated if s.offset + len(s.text) <= strange]
    tongue = language(chain.from_iterable([s.words for s in sentences]))
    if foreign(tongue):
        meant = []
    found = requests(meant, Audience(message, me, my_names), own=own, language=tongue, machine=is_machine(message.sender))
    asked = tuple(a for a in found if a.request.plain)
    return Statements(
        sentences,
        requests=tuple(a.request for a in asked),
        hints=tuple(a.request for a in found if not a.request.plain),
        commitments=commitments(meant, message.sender.email, mine=own, language=tongue),
        dates=tuple(m.statement for _, in_it in dated for m in in_it),
        asked=asked,
        amounts=tuple(islice((a for s in sentences if "currency" in s.meanings for a in amounts(s)), _MOST)),
        decisions=tuple(islice(filter(None, (decision(s) for s, _ in meant)), _MOST)),
        meetings=tuple(islice(filter(None, (proposal(s, in_it, message.sent_at) for s, in_it in meant if in_it)), _MOST)),
        language=tongue,
        circular=any(a.request.of_me for a in found) and is_circular(message),
        manipulates=strange is not None,
    )
