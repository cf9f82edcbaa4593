"""What a message means to its person: rules first, then the built-in brain. No model, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.domain.items import Message
from service.domain.learning import Hints
from service.domain.people import Person
from service.domain.rules import Consequence, Rule
from service.domain.verdicts import Category, Relation, Verdict
from service.triage.addressee import names_of
from service.triage.adjusting import BUILTIN, adjusted
from service.triage.brain import Opinion, opinion
from service.triage.circumstances import NONE, Circumstances
from service.triage.reading import gather
from service.triage.rules import matching, merged
from service.triage.statements import read

__all__ = ["Triage"]

NO_HINTS = Hints()
_URGENCY = {"urgent": 0.9, "high": 0.7, "low": 0.1}
"""What a rule's priority means for urgency; "normal" takes back what the brain found pressing."""


@dataclass(frozen=True, slots=True)
class Triage:
    """Judges one person's messages. `kinds` maps an account's name to the kind of its source, for rules that name a kind."""

    person: Person
    rules: Sequence[Rule] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    _names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        from service.domain.people import Address

        object.__setattr__(self, "_names", names_of([Address(e, self.person.name) for e in self.person.emails]))

    def judge(
        self,
        message: Message,
        relation: Relation = Relation(),  # noqa: B008 - a frozen value
        around: Circumstances = NONE,
        hints: Hints = NO_HINTS,
        now: datetime | None = None,
    ) -> Verdict:
        """`around` and `hints` are what rules and learning need besides the message; `now` is what learning has decayed to, else its own
        time.
        """
        said = read(message, self.person, self._names)
        reading = gather(message, self.person, relation, said)
        builtin = opinion(reading)
        found, brain = builtin, BUILTIN
        if hints != NO_HINTS and not reading.own:
            found, brain = adjusted(
                builtin,
                hints,
                relation,
                self.person.zone,
                now or message.at,
                asked=any(r.of_me for r in said.requests),
                deceives=reading.junk.spam or bool(reading.phishing) or _may_be_forged(message),
            )
        fired = matching(self.rules, message, self.kinds.get(message.account, ""), str(found.category), around)
        then = merged(fired)
        if then.category or then.priority:  # what was learned is not heard where a rule has spoken
            found, brain = builtin, "rules"
        category, urgency = _ruled(found, then)
        personal = category is not Category.PROMOTION and not reading.impersonal
        return Verdict(
            category=category,
            urgency=urgency,
            reasons=(*(f'your rule "{r.name}"' for r in fired), *found.reasons),
            requests=said.requests if personal else (),
            commitments=said.commitments if personal else (),
            dates=said.dates,
            spam=reading.junk.spam and not reading.own,
            phishing=bool(reading.phishing) and not reading.own,
            private=bool(then.private),
            muted=bool(then.mute),
            priority=then.priority,
            notify=then.notify,
            labels=tuple(then.label.split(",")) if then.label else (),
            rules=tuple(r.name for r in fired),
            hints=said.hints if personal and not reading.junk.spam else (),
            amounts=said.amounts,
            decisions=said.decisions if personal else (),
            meetings=said.meetings if personal else (),
            language=said.language,
            brain=brain,
            builtin=builtin.category,
        )


def _may_be_forged(message: Message) -> bool:
    return "fail" in (message.authentication.spf, message.authentication.dmarc)


def _ruled(found: Opinion, then: Consequence) -> tuple[Category, float]:
    """A rule that names a category or a priority cannot be overruled."""
    category, urgency = found.category, found.urgency
    if then.category:
        category = Category(then.category)
    elif then.priority == "urgent":
        category = Category.URGENT
    elif then.priority in ("low", "normal") and category is Category.URGENT:
        category = Category.NEEDS_REPLY
    if then.priority == "normal":
        urgency = min(urgency, 0.5)
    return category, _URGENCY.get(then.priority, urgency)
