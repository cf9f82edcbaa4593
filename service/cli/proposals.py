"""`reveille proposals`, `propose`, `approve`, `reject`: what Reveille would do, and the person's yes or no to exactly that."""

from __future__ import annotations

import json as jsons
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.edge import FAILED, wrong_usage
from service.cli.opening import opened

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.proposals import Act, Given, Proposal, Value

SHORT = 8  # characters of an id: enough to tell a person's apart
Id = Annotated[str, typer.Argument(help="As `reveille proposals` shows it; its beginning is enough.")]


def proposals(json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """What waits for your yes: the exact arguments, why, which outside text it comes from, and until when."""
    with opened() as house:
        waiting = house.store.approvals.waiting(house.config.person.id, house.clock())
        rows = [row(house, one) for one in waiting]
        shown = "\n\n".join(described(house, one) for one in waiting)
    if json:
        print(jsons.dumps(rows, ensure_ascii=False, indent=1))
    else:
        print(shown or "Nothing waits for your yes.")


def propose(
    tool: Annotated[str, typer.Argument(help="mail.draft, mail.label, mail.flag, chat.post, calendar.event, calendar.invite.")],
    given: Annotated[list[str] | None, typer.Argument(help="Its arguments, as KEY=VALUE; several of one with commas.")] = None,
    account: Annotated[str, typer.Option("--account", help="Which source does it, where several can.")] = "",
) -> None:
    """Put down an action yourself; it is done once you approve it."""
    from service.actions import TOOLS
    from service.domain.proposals import Fixed
    from service.errors import NotAllowed

    with opened() as house:
        if tool not in TOOLS:
            wrong_usage(f"there is no action {tool!r}; there are {', '.join(sorted(TOOLS))}")
        arguments: dict[str, Given] = {key: Fixed(value) for key, value in _read(TOOLS[tool].schema, given or []).items()}
        through = _through(house, tool, account)
        try:
            made = house.gate.propose(
                house.config.person.id, tool, arguments, why="you asked for it", now=house.clock(), account=through
            )
        except NotAllowed as error:
            wrong_usage(str(error))
        print(described(house, made))


def approve(id: Id) -> None:
    """Say yes to exactly this, once, and have it done now."""
    from service.domain.proposals import ActState

    with opened() as house:
        proposal = _meant(house, id)
        print(described(house, proposal, ask=False), flush=True)
        house.gate.approve(proposal.id, proposal.digest, house.config.person.id, house.clock())
        act = house.acting.carry_out(proposal)
    print(became(act))
    if act.state not in (ActState.DONE, ActState.WAITING):
        raise typer.Exit(FAILED)


def reject(id: Id) -> None:
    """Say no: it is never done."""
    with opened() as house:
        proposal = _meant(house, id)
        if not house.store.approvals.reject(proposal.id, house.clock()):
            wrong_usage(f"{id} is not open any more. `reveille actions` says what became of it.")
    print(f"{proposal.tool} is not done.")


# --- words -----------------------------------------------------------------------------------------------------------------


def row(house: House, one: Proposal) -> dict[str, Any]:
    return {
        "id": one.id,
        "tool": one.tool,
        "account": one.account,
        "arguments": one.arguments,
        "tier": one.tier.name.lower(),
        "why": one.why,
        "from_outside": [{"id": id, "what": _item(house, id)} for id in one.taint],
        "digest": one.digest,
        "proposed_at": one.proposed_at.isoformat(),
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
    }


def described(house: House, one: Proposal, *, ask: bool = True) -> str:
    zone, short = house.config.person.zone, one.id[:SHORT]
    lines = [f"{short}  {one.tool}" + (f" through {one.account}" if one.account else ", which nothing connected can do yet")]
    lines += [f"    {key}: {exact(value)}" for key, value in one.arguments.items()]
    lines.append(f"  why: {exact(one.why)[1:-1]}")
    if one.taint:
        lines.append(
            f"  from outside: {'; '.join(filter(None, (_item(house, id) for id in one.taint))) or 'what is gone by now'}"
        )
    if ask:
        until = f", until {one.expires_at.astimezone(zone):%a %d %b %H:%M}" if one.expires_at else ""
        lines.append(f"  yes: reveille approve {short}   no: reveille reject {short}{until}")
    return "\n".join(lines)


def became(act: Act) -> str:
    from service.domain.proposals import ActState

    said = act.receipt.says if act.receipt else ""
    match act.state:
        case ActState.DONE:
            back = f"\n  to take it back: reveille undo {act.proposal[:SHORT]}" if act.receipt and act.receipt.undo else ""
            where = f" ({act.receipt.url})" if act.receipt and act.receipt.url else ""
            return f"Done: {said}{where}{back}"
        case ActState.WAITING:
            return f"Not done yet: {act.error}. It is tried again before the next run."
        case ActState.UNKNOWN:
            return f"Unknown: {act.error}"
    return f"{act.state.value.capitalize()}: {act.error or said}"


def exact(value: object) -> str:
    """Every character of it, so that none hides or moves the others: what does not print is written out."""
    return "".join(
        c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"
        for c in jsons.dumps(value, ensure_ascii=False)
    )


def _item(house: House, id: str) -> str:
    message = house.store.accounts.message(house.config.person.id, id)
    return exact(f"{message.sender.label}: {message.subject}")[1:-1] if message else ""


# --- reading ---------------------------------------------------------------------------------------------------------------


def _meant(house: House, id: str) -> Proposal:
    found = house.store.approvals.called(house.config.person.id, id.strip()) if id.strip() else ()
    if len(found) != 1:
        what = "several proposals begin with" if found else "there is no proposal"
        wrong_usage(f"{what} {id!r}. `reveille proposals` says what there is.")
    return found[0]


def _through(house: House, tool: str, account: str) -> str:
    able = sorted(name for name, tools in house.offers.items() if tool in tools)
    if account and account not in able:
        wrong_usage(f"{account} may not do {tool}; {_offer(able)}")
    if not account and len(able) != 1:
        wrong_usage(f"name the source that does it with --account: {', '.join(able)}" if able else _offer(able))
    return account or able[0]


def _offer(able: Sequence[str]) -> str:
    if able:
        return f"those that may: {', '.join(able)}"
    return "no source may do it: add `allow` to one in the config (docs/actions.md), and connect it with the rights it needs"


def _read(schema: Mapping[str, Any], given: Sequence[str]) -> dict[str, Value]:
    words: dict[str, Value] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals:
            wrong_usage(f"{one!r} is not KEY=VALUE")
        words[key.strip()] = _typed(schema["properties"].get(key.strip(), {}).get("type", "string"), value)
    return words


def _typed(type: str, value: str) -> Value:
    """What can't be read stays text, which the action then refuses by name."""
    match type:
        case "array":
            return tuple(part.strip() for part in value.split(",") if part.strip())
        case "boolean":
            return {"yes": True, "true": True, "no": False, "false": False}.get(value.strip().lower(), value)
        case "integer":
            return int(value) if value.strip().isdecimal() else value
    return value
