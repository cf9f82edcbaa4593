"""Who somebody is, as far as an address and a name tell."""

from __future__ import annotations

from service.people.domains import FREE_MAIL, company_of, is_free_mail, organisation
from service.people.names import first_name, is_external, is_machine, short_names

__all__ = ["FREE_MAIL", "company_of", "first_name", "is_external", "is_free_mail", "is_machine", "organisation", "short_names"]
