"""Whether a source's connection was given the rights that its `allow` needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from service.ports import Check

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.credentials import Connection
    from service.ports import Right


def given(house: House, account: str) -> Check | None:
    """None where the rights have no names there: a password opens everything, of a typed token nobody knows."""
    from service.cli.connect import kept, named, way

    settings = house.config.names[account]
    uses = named(settings.model_dump(mode="json"))
    for one in kept(house):
        if one.name in uses and one.scopes:
            ask, kinds = way(one.vendor).rights, frozenset({settings.kind})
            needed, had = ask(kinds, settings.allowed), _plain(one.scopes)
            if not needed:
                return None
            if any(_scopes(ask(kinds, more)) <= had for more in _and_more(settings.allowed)):
                return Check(True, "has the rights it needs")
            return _missing(one, _scopes(needed) - had)
    return None


def _missing(connection: Connection, scopes: set[str]) -> Check:
    named = "" if connection.name == connection.vendor else f" --name {connection.name}"
    says = f"the config allows more than {connection.name} was given: {', '.join(sorted(scopes))}"
    return Check(False, says, f"run `reveille connect {connection.vendor}{named}` again, with the options you gave it first")


def _and_more(words: frozenset[str]) -> Iterator[frozenset[str]]:
    """A right for more may stand in for one for less."""
    from service.cli.connect import ACTS

    found = [words]
    for act in ACTS:
        found += [one | {act} for one in found]
    yield from found


def _scopes(rights: Sequence[Right]) -> set[str]:
    return _plain(scope for right in rights for scope in right.scope.split())


def _plain(scopes: Iterable[str]) -> set[str]:
    """Without OpenID's own, which not every vendor lists; Microsoft writes its own with or without the address before them."""
    plain = {scope.removeprefix("https://graph.microsoft.com/") for scope in scopes}
    return plain - {"offline_access", "openid", "profile", "email"}
