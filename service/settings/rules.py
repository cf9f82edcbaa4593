"""The section of rules: when these conditions hold, then this follows."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from service.domain.rules import Condition, Consequence, Rule
from service.settings.me import Priority
from service.settings.section import Section, wrong
from service.settings.words import Many, Name, Pattern

Category = Literal["urgent", "needs_reply", "fyi", "promotion", "personal"]


class When(Section):
    """All that are set must hold. A pattern is a glob, or a regular expression between slashes."""

    from_: Annotated[
        Pattern | None, Field(alias="from", description="The sender's address or name", examples=["*@board.example"])
    ] = None
    to: Annotated[Pattern | None, Field(description="Any recipient's address or name")] = None
    subject: Annotated[Pattern | None, Field(description="The subject", examples=["*payslip*"])] = None
    text: Annotated[Pattern | None, Field(description="The visible text", examples=[r"/\bATLAS-\d+/"])] = None
    list: Annotated[Pattern | None, Field(description="The mailing list's id")] = None
    source: Annotated[Pattern | None, Field(description="The source's name or kind", examples=["slack_export"])] = None
    channel: Annotated[Pattern | None, Field(description="The chat channel", examples=["proj-*"])] = None
    attendee: Annotated[Pattern | None, Field(description="Anybody in the meeting")] = None
    category: Annotated[Category | None, Field(description="What triage says it is")] = None
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

    def condition(self) -> Condition:
        return Condition(
            sender=self.from_ or "",
            to=self.to or "",
            subject=self.subject or "",
            text=self.text or "",
            list=self.list or "",
            source=self.source or "",
            channel=self.channel or "",
            attendee=self.attendee or "",
            category=self.category or "",
            all=tuple(w.condition() for w in self.all),
            any=tuple(w.condition() for w in self.any),
            none=tuple(w.condition() for w in self.not_),
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

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.model_copy(update={"at_most": 50}) == self.model_construct():
            raise wrong("nothing follows", "Set at least one, such as priority: urgent")
        return self


class RuleSection(Section):
    name: Annotated[Name, Field(description="What it is called where it is said to have fired", examples=["board first"])]
    when: Annotated[When, Field(description="The conditions", examples=[{"from": "*@board.example"}])]
    then: Annotated[Then, Field(description="What follows", examples=[{"priority": "urgent", "notify": "phone"}])]

    def rule(self) -> Rule:
        then = self.then
        consequence = Consequence(
            priority=then.priority or "",
            category=then.category or "",
            label=then.label,
            notify=then.notify,
            private=then.private,
            mute=then.mute,
            task=then.task,
            flag=then.flag,
            post=then.post,
            at_most=then.at_most,
        )
        return Rule(self.name, self.when.condition(), consequence)
