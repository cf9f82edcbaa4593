"""`reveille draft`: the answer that a template gives to a mail, in your voice."""

from __future__ import annotations

import json as jsons
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.edge import failed
from service.cli.opening import opened

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.answers import Answer, Declined
    from service.domain.verdicts import Judged


class As(StrEnum):
    RECEIPT = "receipt"
    SCHEDULE = "schedule"


def draft(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An id, a Message-ID, or words of the mail's subject.")],
    as_: Annotated[
        As | None, typer.Option("--as", help="That it has arrived, or times that are free; else as your rules say.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False,
) -> None:
    """Show the answer that a template gives to a mail in your voice, or why none answers it honestly. Sends and stores nothing."""
    from service.cli.finding import the_message
    from service.domain.answers import Declined
    from service.domain.verdicts import Judged

    with opened() as house:
        message = the_message(house, item)
        found = _answer(house, Judged(message, house.sync.judge([message])[message.id]), as_)
    if found is None:
        failed("no rule of yours that fires for it asks for an answer; --as receipt or --as schedule shows one all the same")
    if isinstance(found, Declined):
        failed(f"no template answers it: {found.because}")
    if json:
        print(jsons.dumps(asdict(found), ensure_ascii=False))
        return
    print(f"To: {found.to}\nSubject: {found.subject}\n\n{found.text}")
    if found.by_itself:
        print(
            f"Rule {found.rule} puts such drafts into the mailbox by itself, {found.a_day} a day at most, where its source may draft."
        )


def _answer(house: House, one: Judged, as_: As | None) -> Answer | Declined | None:
    from service.answering import answer
    from service.answering.answers import by
    from service.domain.answers import Answering, Template

    now = house.clock()
    if as_ is not None:
        return by(house.desk, one, "by hand", Answering(Template(as_.value)), now)
    return answer(house.desk, one, house.config.rules, now)
