"""Posting: notices to their person, and posts that were approved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.domain.delivery import Audience, IdempotencyKey
from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.slack import Channel
from service.integrations.slack.actions import Posted, find, post, take_back
from service.integrations.slack.channel import SlackChannel
from service.integrations.slack.client import Client
from service.settings.section import Secret
from tests.builders import NOON
from tests.integration.source_contract import Kept
from tests.integration.surroundings import KEY, a_notice
from tests.live.slack_world import BOT, World, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path, "turns") as world:
        yield world


def a_client(world: World) -> Client:
    return Client(lambda: BOT, lambda: NOON, f"{world.proxy.url}/api/")


def a_channel(world: World, to: str, **given: Any) -> SlackChannel:
    token = Secret(kept="slack")
    return Channel(kind="slack", token=token, to=to, base_url=f"{world.proxy.url}/api/", **given).connect(world.at)


def said_in(world: World, room: str) -> list[str]:
    return [message["text"] for message in world.slack.rooms[room].messages.values()]


# --- posts ---------------------------------------------------------------------------------------------------------------------


def test_a_post_has_a_receipt_is_found_again_and_can_be_taken_back(world: World) -> None:
    client = a_client(world)
    posted = post(client, "C01", "The Atlas call moves to 3 pm.", "key-1")
    assert posted.receipt == f"C01 {posted.ts} https://acme.slack.com/archives/C01/p{posted.ts.replace('.', '')}"
    assert find(client, "C01", "key-1", NOON) == posted
    assert find(client, "C01", "key-2", NOON) is None
    assert take_back(client, posted)
    assert not take_back(client, posted), "it is gone already"
    assert said_in(world, "C01") == []


def test_a_post_is_a_post_of_the_workspace_like_any_other(world: World) -> None:
    post(a_client(world), "C01", "Done.", "key-1")
    assert len(Kept().sync(world.connect()).items) == 1


def test_what_looks_like_markup_is_posted_as_it_stands(world: World) -> None:
    post(a_client(world), "C01", "<!channel> a & b <@U2>", "key-1")
    assert said_in(world, "C01") == ["&lt;!channel&gt; a &amp; b &lt;@U2&gt;"]


def test_an_answer_goes_into_its_thread(world: World) -> None:
    world.fill(1)
    (root,) = world.slack.rooms["C07"].order
    post(a_client(world), "C07", "Yes.", "key-1", thread=root)
    assert [answer["text"] for answer in world.slack.rooms["C07"].replies[root]] == ["Is it?", "Yes."]


def test_somebody_elses_post_stays(world: World) -> None:
    world.fill(1)
    (root,) = world.slack.rooms["C07"].order
    with pytest.raises(Rejected, match="cant_delete_message"):
        take_back(a_client(world), Posted("C07", root))


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        ({"hang": 0.05}, None),
        ({"cut": 5}, None),
        ({"status": 502, "body": b"<html>"}, None),
        ({"status": 200, "body": b'{"ok": false, "error": "fatal_error"}'}, None),
        ({"status": 429, "headers": {"Retry-After": "30"}}, False),
    ],
)
def test_what_is_known_of_a_post_that_failed_is_said(world: World, fault: dict[str, Any], arrived: bool | None) -> None:
    world.proxy.fail(**fault)
    with pytest.raises(Unavailable) as raised:
        post(a_client(world), "C01", "Hello", "key-1")
    assert raised.value.arrived is arrived


def test_nobody_there_is_known_not_to_have_heard() -> None:
    with pytest.raises(Unavailable) as raised:
        post(Client(lambda: BOT, lambda: NOON, "http://127.0.0.1:9/api/"), "C01", "Hello", "key-1")
    assert raised.value.arrived is False


# --- notices --------------------------------------------------------------------------------------------------------------------


def test_a_notice_to_the_person_is_for_their_eyes(world: World) -> None:
    channel = a_channel(world, "U1")
    assert channel.audience is Audience.PERSON
    receipt = channel.send(a_notice(subject="Your morning", text="Two things."), KEY)
    (room,) = (room for room in world.slack.rooms.values() if room.kind == "im")
    assert room.members == {"U1", "UBOT"}
    assert receipt.text.startswith(room.id)
    assert said_in(world, room.id)[0].startswith("Your morning\n\nTwo things.")


@pytest.mark.parametrize(
    ("to", "given"), [("C01", {}), ("#room-01", {}), ("U2", {}), ("U1", {"shows": "no_private"}), ("U404", {})]
)
def test_any_other_place_is_others(world: World, to: str, given: dict[str, Any]) -> None:
    assert a_channel(world, to, **given).audience is Audience.OTHERS


@pytest.mark.parametrize("to", ["C01", "#room-01", "U1"])
def test_whether_a_doubtful_notice_arrived_is_looked_up(world: World, to: str) -> None:
    channel = a_channel(world, to)
    world.proxy.fail(cut=5, where="chat.postMessage")
    with pytest.raises(Unavailable) as raised:
        channel.send(a_notice(), KEY)
    assert raised.value.arrived is None
    assert a_channel(world, to).arrived(KEY) is True
    assert a_channel(world, to).arrived(IdempotencyKey("another")) is False


def test_who_can_not_ask_can_not_tell(world: World) -> None:
    world.slack.tokens[BOT].scopes -= {"channels:history"}
    assert a_channel(world, "C01").arrived(KEY) is None


def test_own_notices_are_never_read_back(world: World) -> None:
    a_channel(world, "C01").send(a_notice(), KEY)
    assert Kept().sync(world.connect()).items == {}


def test_a_channel_says_whether_it_could_post(world: World) -> None:
    check = a_channel(world, "#room-01").check()
    assert check.ok, check
    assert said_in(world, "C01") == []
    world.refuse_the_login()
    check = a_channel(world, "U1").check()
    assert (check.ok, "install the app" in check.fix) == (False, True)


def test_a_missing_right_to_post_is_named(world: World) -> None:
    world.slack.tokens[BOT].scopes -= {"chat:write"}
    with pytest.raises(AccessLost, match="chat:write"):
        a_channel(world, "C01").send(a_notice(), KEY)


@pytest.mark.parametrize(("to", "says"), [("C99", "channel_not_found"), ("#nowhere", "correct `to`")])
def test_a_channel_that_is_not_there_is_named(world: World, to: str, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        a_channel(world, to).send(a_notice(), KEY)
