"""The section of rules: when these conditions hold, then this follows."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from service.domain.rules import Condition, Consequence, Rule
from service.settings.answers import AnswerOrTemplate
from service.settings.me import Priority
from service.settings.rule_words import CrmSection, Domain, TimesOrSpan
from service.settings.section import Section, wrong
from service.settings.words import Many, Name, Pattern

Category = Literal["urgent", "needs_reply", "fyi", "promotion", "personal"]
RelationWord = Literal["known", "stranger", "answered", "written", "colleague", "external", "meeting"]
ThreadWord = Literal["new", "joined", "answer", "answered", "open"]


class When(Section):
    """All that are set must hold. A pattern is a glob, or a regular expression between slashes."""

    from_: Annotated[
        Pattern | None, Field(alias="from", description="The sender's address or name", examples=["*@board.example"])
    ] = None
    domain: Annotated[
        Domain | None, Field(description="The sender's domain, those below it included", examples=["board.example"])
    ] = None
    to: Annotated[Pattern | None, Field(description="Any recipient's address or name")] = None
    subject: Annotated[Pattern | None, Field(description="The subject", examples=["*payslip*"])] = None
    text: Annotated[Pattern | None, Field(description="The visible text", examples=[r"/\bATLAS-\d+/"])] = None
    list: Annotated[Pattern | None, Field(description="The mailing list's id")] = None
    source: Annotated[Pattern | None, Field(description="The source's name or kind", examples=["slack_export"])] = None
    channel: Annotated[Pattern | None, Field(description="The chat channel", examples=["proj-*"])] = None
    attendee: Annotated[Pattern | None, Field(description="Anybody in the meeting")] = None
    category: Annotated[Category | None, Field(description="What triage says it is")] = None
    relation: Annotated[
        Many[RelationWord],
        Field(
            description="What the sender is to you, one of these words: in your contacts or CRM (known), somebody you have answered,"
            " somebody you have written to, none of these (stranger), of your organisation or not, or somebody you meet within a day",
            examples=["answered"],
        ),
    ] = ()
    thread: Annotated[
        Many[ThreadWord],
        Field(
            description="What the mail is in its thread, one of these words: its first (new), in one you wrote in before (joined), right"
            " after your own last word (answer), answered by you since or still open",
            examples=["answer"],
        ),
    ] = ()
    time: Annotated[
        TimesOrSpan | None,
        Field(
            description="When it is dated, in your time zone", examples=["18:00-08:00", {"at": "00:00-24:00", "days": "weekends"}]
        ),
    ] = None
    crm: Annotated[
        CrmSection | None,
        Field(
            description="What your contacts and CRM say of the sender and their open deals", examples=[{"stage": "Term sheet*"}]
        ),
    ] = None
    all: Annotated[Many[When], Field(description="Every one of these holds")] = ()
    any: Annotated[Many[When], Field(description="At least one of these holds")] = ()
    not_: Annotated[Many[When], Field(alias="not", description="None of these holds")] = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self == self.model_construct():
            raise wrong(
                "no condition is set, so it would hold for everything", 'Set at least one, such as from: "*@board.example"'
            )
        return self

    def condition(self, timezone: str) -> Condition:
        return Condition(
            sender=self.from_ or "",
            domain=self.domain or "",
            to=self.to or "",
            subject=self.subject or "",
            text=self.text or "",
            list=self.list or "",
            source=self.source or "",
            channel=self.channel or "",
            attendee=self.attendee or "",
            category=self.category or "",
            relation=self.relation,
            thread=self.thread,
            time=self.time.hours(timezone) if self.time else None,
            crm=self.crm.patterns() if self.crm else (),
            all=tuple(w.condition(timezone) for w in self.all),
            any=tuple(w.condition(timezone) for w in self.any),
            none=tuple(w.condition(timezone) for w in self.not_),
        )


class Then(Section):
    priority: Annotated[Priority | None, Field(description="How much it matters")] = None
    category: Annotated[Category | None, Field(description="What it is, whatever triage says")] = None
    label: Annotated[
        str,
        Field(
            max_length=200, description="A label of yours; in sources that `allow: [label]`, a standing approval to set it there"
        ),
    ] = ""
    notify: Annotated[Many[Name], Field(description="Channels that are told at once", examples=["phone"])] = ()
    private: Annotated[bool | None, Field(strict=True, description="Kept from models and from channels that others may see")] = (
        None
    )
    mute: Annotated[bool | None, Field(strict=True, description="Only counted, never told")] = None
    task: Annotated[
        str, Field(max_length=200, description="A standing approval: file a task in this project", examples=["atlas"])
    ] = ""
    flag: Annotated[
        bool, Field(strict=True, description="A standing approval: flag the message, in sources that `allow: [label]`")
    ] = False
    post: Annotated[
        str,
        Field(
            max_length=100,
            description="A standing approval: say in this channel of the Slack source that may `post` which mail came",
            examples=["#support"],
        ),
    ] = ""
    at_most: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=1000,
            description="How often a day what this rule stands for is done; what is over waits for your yes",
        ),
    ] = 50

    answer: Annotated[
        AnswerOrTemplate | None,
        Field(
            description="Answer in your voice, from a template: a draft that waits for your yes where `when.from` is one whole address and its"
            " source may `draft`; else `reveille draft` shows it",
            examples=["receipt", {"template": "text", "text": "Our fees are on the website."}],
        ),
    ] = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.model_copy(update={"at_most": 50}) == self.model_construct():
            raise wrong("nothing follows", "Set at least one, such as priority: urgent")
        return self


class RuleSection(Section):
    name: Annotated[Name, Field(description="What it is called where it is said to have fired", examples=["board first"])]
    when: Annotated[When, Field(description="The conditions", examples=[{"from": "*@board.example"}])]
    then: Annotated[Then, Field(description="What follows", examples=[{"priority": "urgent", "notify": "phone"}])]

    @model_validator(mode="after")
    def _named_sender(self) -> Self:
        if self.then.answer is not None and self.then.answer.by_itself and not _is_address(self.when.from_):
            raise wrong(
                "a draft is made by itself only for one sender whom the rule names",
                "Set when.from to their whole address, or leave by_itself out",
            )
        return self

    def rule(self, timezone: str = "UTC") -> Rule:
        """`timezone` is the person's: times of day are theirs."""
        then = self.then
        consequence = Consequence(
            priority=then.priority or "",
            category=then.category or "",
            label=then.label,
            notify=then.notify,
            private=then.private,
            mute=then.mute,
            task=then.task,
            answer=then.answer.wish() if then.answer else None,
            flag=then.flag,
            post=then.post,
            at_most=then.at_most,
        )
        return Rule(self.name, self.when.condition(timezone), consequence)


def _is_address(pattern: str | None) -> bool:
    return pattern is not None and "@" in pattern and not any(c in pattern for c in "*?[/ ")
