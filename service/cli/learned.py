"""`reveille learned` and `reveille correct`: what Reveille has learned from you, and teaching it."""

from __future__ import annotations

import json as jsons
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.edge import failed, wrong_usage
from service.cli.opening import opened

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.people.style import Style
    from service.triage.learning import Learned

learned = typer.Typer(
    help="What Reveille has learned from what you do with your mail: see it, take it back.", no_args_is_help=False
)
JSON = Annotated[bool, typer.Option("--json", help="As JSON.")]
A_YEAR = timedelta(days=365)
LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
AGAIN = timedelta(days=7)
"""How far back mail is judged anew once something was learned or taken back."""


@learned.callback(invoke_without_command=True)
def list_(context: typer.Context, json: JSON = False) -> None:
    """What Reveille has learned from what you do with your mail, and what follows from it.

    Learned are ways that at least three of your acts agree on: mails you corrected, answered, flagged, moved or left. A rule of your
    config always goes before. Nothing that others write teaches anything.
    """
    if context.invoked_subcommand is not None:
        return
    with opened() as house:
        house.reflect()
        found = house.teacher.learned(house.clock())
        noted = len(house.teacher.store.all_feedback())
    zone = house.config.person.zone
    if json:
        print(jsons.dumps([_document(one, house) for one in found], ensure_ascii=False))
        return
    from service.triage.learned_words import follows, said

    if not found:
        print(f"Nothing is learned yet: {noted} act{'' if noted == 1 else 's'} noted, and it takes three that agree.")
    for one in found:
        print(f"{one.id}  {said(one, zone)},\n          {follows(one)}")
    if found:
        print("\nTake one back: reveille learned undo ID")


@learned.command()
def undo(id: Annotated[str, typer.Argument(metavar="ID", help="As `reveille learned` shows it.")]) -> None:
    """Take back one thing that was learned. What you did until now teaches it no more; what you do from now on may."""
    with opened() as house:
        pattern = house.teacher.undo(id, house.clock())
        if pattern is None:
            failed(f"nothing that was learned has the id {id!r}: `reveille learned` lists them")
        house.sync.judge_again(house.clock() - AGAIN)
    print(f"Forgotten: {pattern.key.label}.")


@learned.command("forget-all")
def forget_all(yes: Annotated[bool, typer.Option("--yes", help="Without asking.")] = False) -> None:
    """Forget everything that was learned, and every act it was learned from."""
    with opened() as house:
        if not yes and not typer.confirm("Forget everything that Reveille has learned from you?"):
            failed("nothing was forgotten")
        count = house.teacher.forget_all(house.clock())
        house.sync.judge_again(house.clock() - AGAIN)
    print(f"Forgotten: all that was noted of {count} sender{'' if count == 1 else 's'}, lists, domains and topics.")


@learned.command()
def report(json: JSON = False) -> None:
    """How right learning has been on your own mail: each mail is judged by what was known when it came, before it is learned from."""
    from service.cli.learned_report import document, printed
    from service.triage.prequential import report as made

    with opened() as house:
        house.reflect()
        store = house.teacher.store
        found = made(store.all_feedback(), store.all_patterns(), house.config.person.zone)
    print(jsons.dumps(document(found)) if json else printed(found))


@learned.command()
def style(
    person: Annotated[str, typer.Argument(metavar="[EMAIL]", help="To whom; without it, to everybody.", show_default=False)] = "",
    json: JSON = False,
) -> None:
    """How you write, as your own sent mail of the last year shows: what drafts in your voice go by. Worked out anew, kept nowhere."""
    from dataclasses import asdict

    from service.people.style import examples, styles

    with opened() as house:
        now = house.clock()
        sent = [j.message for j in house.items.sent(now - A_YEAR, now)]
        found = styles(house.config.person, sent, person)
    replies = examples(sent, person) if person else ()
    if json:
        print(jsons.dumps({"styles": [asdict(one) for one in found], "examples": list(replies)}, ensure_ascii=False))
        return
    if not found:
        print(f"No mail of yours{f' to {person}' if person else ''} is there to learn from.")
    for one in found:
        print(f"{LANGUAGES.get(one.language, 'other languages')}: {one.mails} mail{'' if one.mails == 1 else 's'}")
        for name, value in _hand(one):
            print(f"  {name:12}{value}")
    if replies:
        print(f"{len(replies)} of your last replies to them would go along with a draft.")


def _hand(one: Style) -> list[tuple[str, str]]:
    rows = [
        ("greeting", one.greeting or "none of one kind"),
        ("sign-off", " / ".join(filter(None, (one.sign_off, one.signs_as))) or "none of one kind"),
        ("addresses", one.formality),
        ("length", f"{one.words} words, {one.sentence_words:g} a sentence"),
        ("emoji", f"in {one.emoji:.0%} of them" if one.emoji else "none"),
    ]
    return [(name, value) for name, value in rows if value]


def correct(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An id, a Message-ID, or words of the mail's subject.")],
    not_urgent: Annotated[bool, typer.Option("--not-urgent", help="It could have waited.")] = False,
    urgent: Annotated[bool, typer.Option("--urgent", help="It could not have waited.")] = False,
    category: Annotated[str, typer.Option(help="What it is: urgent, needs_reply, fyi, promotion or personal.")] = "",
) -> None:
    """Say what a mail really is. That holds for it from now on, and is learned from: three alike change how the next are judged."""
    from service.domain.learning import NOT_URGENT, Act
    from service.domain.verdicts import Category, Judged
    from service.triage.acts import feedback

    if not_urgent + urgent + bool(category) != 1:
        wrong_usage("Say one thing of it: --not-urgent, --urgent or --category CATEGORY.")
    if category and category not in list(Category):
        wrong_usage(f"--category {category!r} is none. Write one of {', '.join(Category)}.")
    value = NOT_URGENT if not_urgent else Category.URGENT.value if urgent else category
    with opened() as house:
        from service.cli.finding import the_message

        message = the_message(house, item)
        before = house.sync.judge([message])[message.id]
        house.teacher.note([feedback(Judged(message, before), Act.CORRECTED, house.clock(), value)])
        after = house.sync.judge([message])[message.id]
        house.store.accounts.judge_again(house.config.person.id, {message.id: after})
        house.sync.judge_again(house.clock() - AGAIN)
        found = house.teacher.learned(house.clock())
    print(f"{message.sender.label}: {message.subject}")
    print(f"  {before.category}, urgency {before.urgency:.2f} → {after.category}, urgency {after.urgency:.2f}")
    if after.brain == "rules":
        print(f"  your rule {', '.join(after.rules)} decides here; change it in {house.config.file.name}")
    _tell(found, message.sender.email, house)


def _tell(found: list[Learned], sender: str, house: House) -> None:
    from service.triage.learned_words import said

    mine = [one for one in found if one.pattern.key.value == sender]
    for one in mine:
        print(f"  learned: {said(one, house.config.person.zone)} ({one.id})")
    if not mine:
        print("  noted; it takes three that agree before the next are judged otherwise")


def _document(one: Learned, house: House) -> dict[str, Any]:
    from service.triage.learned_words import follows, said

    return {
        "id": one.id,
        "about": one.pattern.key.kind.value,
        "of": one.pattern.key.value,
        "looks": one.said.value,
        "taken_for": one.meant.value,
        "cases": one.cases,
        "of_cases": one.total,
        "since": one.since.isoformat(),
        "says": said(one, house.config.person.zone),
        "follows": follows(one),
    }
