from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.people import company_of, first_name, is_external, is_machine, organisation
from tests.builders import a_person


@pytest.mark.parametrize(
    ("email", "company"),
    [
        ("dana@northbay-supply.example", "Northbay Supply"),
        ("dana@mail.atlas.co.uk", "Atlas"),
        ("dana@abc.example", "ABC"),
        ("dana@gmail.com", ""),
        ("dana@localhost", ""),
        ("", ""),
    ],
)
def test_company_comes_from_the_registered_domain(email: str, company: str) -> None:
    assert company_of(email) == company


def test_subdomains_belong_to_their_organisation() -> None:
    assert organisation("eu.mail.atlas.co.uk") == "atlas.co.uk"
    assert not is_external(a_person(), "finn@berlin.keller.example")


def test_strangers_and_lookalikes_are_external() -> None:
    assert is_external(a_person(), "dana@atlas.example")
    assert is_external(a_person(), "mara@notkeller.example")


def test_with_free_mail_everybody_else_is_external() -> None:
    me = a_person(emails=("mara@gmail.com",))
    assert is_external(me, "dana@gmail.com")
    assert not is_external(me, "mara@gmail.com")


@pytest.mark.parametrize(
    "local",
    ["no-reply", "noreply", "donotreply", "mailer-daemon", "notifications", "bounces+12", "jira-notifications", "rocm-ci"],
)
def test_programs_are_told_by_their_address(local: str) -> None:
    assert is_machine(f"{local}@x.example")


@pytest.mark.parametrize("local", ["dana", "dana.whitfield", "news.anna", "botond", "felicia", "automne.roy"])
def test_people_are_not_programs(local: str) -> None:
    assert is_machine(f"{local}@x.example") == (local == "news.anna")


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Dana Whitfield", "Dana"),
        ("Whitfield, Dana", "Dana"),
        ("Dr. Dana Whitfield", "Dana"),
        ("dana.whitfield@atlas.example", "Dana"),
        ("Dana", "Dana"),
        ("", ""),
    ],
)
def test_first_names(label: str, name: str) -> None:
    assert first_name(label) == name


@given(st.text(max_size=200))
def test_nothing_in_an_address_upsets_anybody(text: str) -> None:
    company_of(text)
    first_name(text)
    is_machine(text)
    is_external(a_person(), text)
