"""`reveille connect`, `reveille connections`, `reveille disconnect`: what Reveille may read and do elsewhere, and how to take it back."""

from __future__ import annotations

import json as jsons
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.edge import FAILED, wrong_usage
from service.cli.opening import opened

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.credentials import Connection
    from service.domain.sync import Account
    from service.ports import Asker, SignIn
    from service.store.vault import Vault

ACTS = ("draft", "label", "send", "event", "post")
Given = Annotated[
    list[str] | None, typer.Argument(help="What it has to know, as KEY=VALUE; never a secret: those are asked for.")
]


def connect(
    vendor: Annotated[str, typer.Argument(help="google, microsoft, slack, hubspot, imap, caldav, carddav …")],
    given: Given = None,
    name: Annotated[str, typer.Option("--name", help="What to call it, where you have several.")] = "",
    allow: Annotated[
        str,
        typer.Option(
            "--allow", help=f"What it may do beside reading: {', '.join(ACTS)}, with commas; what the config allows is added."
        ),
    ] = "",
) -> None:
    """Sign in somewhere, with the least rights that your config needs, and keep what opens it encrypted."""
    from service.cli.asking import Terminal

    vendors, words = way(vendor), _words(given or [])
    if unknown := sorted(set(words) - set(vendors.options)):
        wrong_usage(f"{vendor} takes no {', '.join(unknown)}. It takes: {_listed(vendors.options)}")
    acts = frozenset(word.strip() for word in allow.split(",") if word.strip())
    if strange := sorted(acts - set(ACTS)):
        wrong_usage(f"there is no {', '.join(strange)} to allow; there are {', '.join(ACTS)}")
    with opened() as house:
        _connect(house, vendors, Terminal(), vendor, name or vendor, words, acts | _asked(house, name or vendor))


def connections(json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """What you are connected to: as whom, with which rights, and how the sources that use it are."""
    with opened() as house:
        rows = [_row(house, one) for one in kept(house)]
    if json:
        print(jsons.dumps(rows, ensure_ascii=False, indent=1))
    elif not rows:
        print("Nothing is connected. `reveille connect VENDOR` does it; `reveille connect --help` says which there are.")
    else:
        _print(rows)


def disconnect(
    name: Annotated[str, typer.Argument(help="As `reveille connections` calls it.")],
    erase: Annotated[
        bool | None, typer.Option("--erase/--keep", help="Whether to take away what was read through it. Asked for if not said.")
    ] = None,
) -> None:
    """Take the rights back where the vendor allows it, and erase what opened it here."""
    with opened() as house:
        one = next((one for one in kept(house) if one.name == name), None)
        vault = house.vault()
        if one is None or vault is None:
            wrong_usage(f"Nothing is called {name!r}. `reveille connections` says what there is.")
        print(_revoked(house, vault, one))
        vault.remove(house.config.person.id, name)
        print(f"What opened {name} is erased here.")
        _erased(house, name, erase)


# --- connecting ------------------------------------------------------------------------------------------------------------


def _connect(
    house: House, way: SignIn, asker: Asker, vendor: str, name: str, given: Mapping[str, str], acts: frozenset[str]
) -> None:
    from service.ports import OneCredential

    rights = way.rights(frozenset().union(*(source.wants for source in house.config.sources)), acts)
    if rights:
        asker.say(f"{vendor} will be asked for:\n" + "\n".join(f"  {right.scope}\n      {right.why}" for right in rights))
    vault = house.vault(make=True)
    assert vault is not None, "it was to be made"
    tried = OneCredential(name, way.sign_in(asker, given, rights, house.clock))
    check = way.check(replace(house.surroundings(name), credentials=tried))
    if not check.ok:
        asker.say(f"{check.says}\n  → {check.fix}\nNothing was kept.")
        raise typer.Exit(FAILED)
    vault.put(house.config.person.id, name, tried.credential)
    asker.say(f"Connected: {check.says}. It is kept as {name!r}, encrypted.")
    if not _uses(house, name):
        asker.say(f"\nTo use it, have these lines in {house.config.file.name}:\n\n{way.snippet(name, tried.credential)}")


def _asked(house: House, name: str) -> frozenset[str]:
    """What the config allows the sources that use this connection to do."""
    uses = _uses(house, name)
    return frozenset[str]().union(*(house.config.names[source].allowed for source in uses))


def way(vendor: str) -> SignIn:
    from service.settings.kinds import meant, sign_ins

    known = sign_ins()
    if vendor not in known:
        wrong_usage(f"there is no way to connect {vendor!r}. {meant(vendor, known, what='There are')}")
    made: SignIn = known[vendor]()()
    return made


def _words(given: Sequence[str]) -> dict[str, str]:
    words = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals:
            wrong_usage(f"{one!r} is not KEY=VALUE")
        words[key.strip().lower()] = value.strip()
    return words


def _listed(options: Mapping[str, str]) -> str:
    return "; ".join(f"{key}= {what}" for key, what in options.items()) or "nothing"


# --- showing ---------------------------------------------------------------------------------------------------------------


def kept(house: House) -> Sequence[Connection]:
    vault = house.vault()
    return vault.all(house.config.person.id) if vault else ()


def _uses(house: House, name: str) -> list[str]:
    """Sources that name this connection, whatever they call the key."""
    return [s.name for s in house.config.sources if name in named(s.model_dump(mode="json"))]


def named(value: Any) -> set[str]:
    if isinstance(value, dict):
        mine = {str(value[key]).partition(".")[0] for key in ("kept", "login") if isinstance(value.get(key), str)}
        return mine.union(*map(named, value.values()))
    return set[str]().union(*map(named, value)) if isinstance(value, list) else set()


def _row(house: House, one: Connection) -> dict[str, Any]:
    uses = set(_uses(house, one.name))
    accounts = [a for a in house.store.accounts.all(house.config.person.id) if a.name in uses]
    return {
        "name": one.name,
        "vendor": one.vendor,
        "login": one.login,
        "scopes": list(one.scopes),
        "state": _state(one, [a.error for a in accounts if a.error]),
        "made_at": one.made_at.isoformat(),
        "renewed_at": one.renewed_at.isoformat(),
        "sources": [
            {
                "name": a.name,
                "health": a.health.value,
                "items": a.items,
                "last_read": a.read_at.isoformat() if a.read_at else None,
                "doorbell": doorbell(a, house.clock()),
                "next_read": _next(house),
            }
            for a in accounts
        ],
    }


def _state(one: Connection, errors: Sequence[str]) -> str:
    if not one.readable:
        return "made under another key: run `reveille connect` again"
    return "; ".join(errors) or "ok"


def doorbell(account: Account, now: datetime) -> str:
    """Whether what is new is heard of at once, or why not; "" where there is nothing to listen to."""
    bell = account.bell
    if bell is None or bell.hearing == "absent":
        return ""
    if bell.rings(now):
        return "listening"
    return f"silent: {bell.said}" if bell.said and now < bell.held_until else "silent"


def _next(house: House) -> str | None:
    """Sources are read before each run that needs them: the next one is the soonest."""
    coming: list[datetime] = [at for _, at in house.planner.upcoming(house.config.person, house.cadences.values(), house.clock())]
    return min(coming).isoformat() if coming else None


def _print(rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.console import Console

    from service.cli.tables import table

    console = Console()
    shown = [{**row, "scopes": ", ".join(row["scopes"])} for row in rows]
    console.print(table("Connections", shown, ("name", "vendor", "login", "state", "scopes", "renewed_at")))
    sources = [{**source, "connection": row["name"]} for row in rows for source in row["sources"]]
    if sources:
        console.print(table("Sources", sources, ("connection", "name", "health", "items", "last_read", "doorbell", "next_read")))


# --- taking back -----------------------------------------------------------------------------------------------------------


def _revoked(house: House, vault: Vault, one: Connection) -> str:
    """Whatever the vendor says, what is here goes."""
    from service.errors import ExternalError

    try:
        held = vault.get(house.config.person.id, one.name)
        return way(one.vendor).revoke(held.credential, house.clock) if held else ""
    except ExternalError as error:
        return f"{one.vendor} could not be told: {error}. Take the rights back in your account there."


def _erased(house: House, name: str, erase: bool | None) -> None:
    uses = _uses(house, name)
    if not uses:
        return
    if erase is None:
        erase = typer.confirm(f"Take away what was read through it ({', '.join(uses)}), too?", default=False)
    if erase:
        for source in uses:
            house.store.accounts.forget(house.config.person.id, source)
        print(f"What was read by {', '.join(uses)} is taken away.")
    print(f"Take {', '.join(uses)} out of {house.config.file.name}, or it is told as unreachable.")
