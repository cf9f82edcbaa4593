"""What a live connection knows beyond an export: who is in which user group."""

from __future__ import annotations

from service.integrations.slack_messages.directory import Channel, Directory, User
from service.integrations.slack_messages.posts import permalink
from service.integrations.slack_messages.wording import means, render, speaks_to_all
from tests.builders import a_person

ROOM = Channel("C1", "proj-atlas", "proj-atlas")
KNOWN = Directory(
    users={"U1": User("U1", "Mara Keller", "mara", "mara@keller.example")},
    me=frozenset({"U1"}),
    groups={"S1": "leads", "S2": "sales"},
    my_groups=frozenset({"S1"}),
)


def test_a_group_that_the_person_is_in_means_them():
    assert means("<!subteam^S1> please look", a_person(), KNOWN, ROOM)
    assert means("<!subteam^S1|@leads> please look", a_person(), KNOWN, ROOM)
    assert not means("<!subteam^S2> please look", a_person(), KNOWN, ROOM)


def test_a_group_is_called_by_its_handle():
    assert render("<!subteam^S2> and <!subteam^S1|@the-leads> and <!subteam^S9>", KNOWN) == "@sales and @the-leads and @subteam"


def test_only_broadcasts_speak_to_all():
    assert speaks_to_all("<!here> lunch")
    assert not speaks_to_all("<!subteam^S1> lunch")


def test_links_begin_with_the_workspace_or_its_address():
    assert permalink("acme", "C1", "1.2", "1.2") == "https://acme.slack.com/archives/C1/p12"
    assert permalink("https://acme.enterprise.slack.com/", "C1", "1.2", "1.1").endswith("/archives/C1/p12?thread_ts=1.1&cid=C1")
