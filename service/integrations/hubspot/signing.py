"""`reveille connect hubspot`: the service key is typed, tried and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.domain.credentials import Credential
from service.integrations.hubspot import Settings
from service.integrations.signing import Typed
from service.ports import Right

RIGHTS = (
    Right("crm.objects.contacts.read", "contacts, and the notes, calls and meetings on them"),
    Right("crm.objects.companies.read", "the company of a contact or deal"),
    Right("crm.objects.deals.read", "deals, and what their stages are called"),
    Right("crm.objects.owners.read", "who looks after them"),
)


class SignIn(Typed):
    vendor = "hubspot"
    secrets: Mapping[str, str] = {"token": "Service key (HubSpot: Development › Keys › Service keys), or a private app's token"}
    more: Mapping[str, str] = {"base_url": "another address than HubSpot's, for tests"}

    def rights(self, kinds: frozenset[str], acts: frozenset[str]) -> Sequence[Right]:
        del kinds, acts  # it only reads, and what is left out by `objects` is known only once it is in the config
        return RIGHTS

    def revoke(self, credential: Credential, clock: object) -> str:
        del credential, clock
        return "Delete or rotate the key in HubSpot (Development › Keys › Service keys): nobody else can."

    def model(self) -> type[Settings]:
        return Settings

    def words(self, name: str, credential: Credential) -> Mapping[str, Any]:
        return {"kind": "hubspot", "token": {"kept": name}, **credential.about}
