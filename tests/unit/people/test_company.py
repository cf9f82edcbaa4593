"""A company is named where an address tells it, and left out where it may not be one."""

import pytest

from service.briefing.attendees import guests
from service.domain.items import Attendee
from service.domain.people import Address
from service.people import company_of, short_names
from tests.builders import a_contact, a_person, an_event


@pytest.mark.parametrize(
    "email",
    [
        "aiko.tanabe@mailbox.example",
        "nils@fastmail.example",
        "felix@keller-family.example",
        "ana@web-mail.example",
        "x@email.example",
        "x@gmail.com",
        "x@my-inbox.example",
        "x@post.example",
    ],
)
def test_a_domain_that_keeps_mailboxes_is_nobodys_employer(email):
    assert company_of(email) == ""


@pytest.mark.parametrize(
    ("email", "company"),
    [
        ("dana@northbay-supply.example", "Northbay Supply"),
        ("x@mailchimp-partners.example", "Mailchimp Partners"),
        ("x@lundfalk.example", "Lundfalk"),
    ],
)
def test_an_organisations_domain_names_it(email, company):
    assert company_of(email) == company


def company(address, contacts=None):
    event = an_event(attendees=(Attendee(address),), organizer=None)
    return guests(a_person(), event, contacts or {})[0].company


def test_a_domain_called_after_its_owner_is_no_company():
    assert company(Address("tom@reed.example", "Tom Reed")) == ""


def test_who_shares_a_domain_with_somebody_known_works_where_they_do():
    known = {"henrik@lundfalk.example": a_contact(name="Henrik Lund", emails=("henrik@lundfalk.example",), company="Lund & Falk")}
    assert company(Address("ida@lundfalk.example", "Ida Berg"), known) == "Lund & Falk"


def test_a_first_name_is_short_only_while_it_is_ones_own():
    assert short_names(["Jonas Weber", "Jonas Kern", "Priya Nair"]) == {"Priya Nair": "Priya"}
