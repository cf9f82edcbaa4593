"""What is read of Slack, and what is asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.domain.items import Provenance, Thread
from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.slack.history import NOTICE
from service.integrations.slack.watch import BUDGET
from service.settings.section import Secret
from tests.builders import NOON
from tests.integration.source_contract import Kept
from tests.live.fakes.slack import ALL_SCOPES, Token
from tests.live.slack_world import BOT, USER, World, a_world, ts


@pytest.fixture(params=["turns", "search", "doorbell"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path, request.param) as world:
        yield world


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[World]:
    """With the person's own token."""
    with a_world(tmp_path, "search") as world:
        yield world


def only(kept: Kept) -> Thread:
    (thread,) = kept.items.values()
    assert isinstance(thread, Thread)
    return thread


def texts(kept: Kept) -> list[str]:
    return sorted(post.text for thread in kept.items.values() if isinstance(thread, Thread) for post in thread.posts)


class Untouched(dict[str, str]):
    """What the store holds, which must not be asked for."""

    def _no(self, *_: object) -> Any:
        raise AssertionError("what is held was asked for")

    __getitem__ = __iter__ = __contains__ = __len__ = __bool__ = get = items = keys = values = _no  # type: ignore[assignment]


# --- what a thread is -----------------------------------------------------------------------------------------------------------


def test_a_thread_is_its_first_post_and_its_answers(mine: World) -> None:
    mine.slack.say("C01", ts(1), "U2", "Is <@U1> in? See <https://x.example|the plan> &amp; <#C02> <#C99> <#C98|old-room>")
    mine.slack.say("C01", ts(2), "U1", "I am", thread=ts(1))
    thread = only(Kept().sync(mine.connect()))
    assert [(post.author.email, post.text) for post in thread.posts] == [
        ("dana@acme.example", "Is @Mara Keller in? See the plan (https://x.example) & #room-02 #C99 #old-room"),
        ("mara@keller.example", "I am"),
    ]
    assert [post.provenance for post in thread.posts] == [Provenance.OUTSIDE, Provenance.OWN]
    assert (thread.id, thread.channel, thread.direct, thread.mentions_me) == (f"C01/{ts(1)}", "room-01", False, True)
    link = f"https://acme.slack.com/archives/C01/p{ts(1).replace('.', '')}"
    assert thread.url == link
    assert thread.posts[1].url == f"https://acme.slack.com/archives/C01/p{ts(2).replace('.', '')}?thread_ts={ts(1)}&cid=C01"


@pytest.mark.parametrize(
    ("text", "means_me"),
    [
        ("<@U1> look", True),
        ("Thanks Mara!", True),
        ("@mara look", True),
        ("<!subteam^S1> look", True),
        ("<!subteam^S2> look", False),
        ("<!here> lunch", True),
        ("<@U2> look", False),
    ],
)
def test_a_mention_is_by_id_name_group_or_of_all_in_a_small_room(mine: World, text: str, *, means_me: bool) -> None:
    mine.slack.groups["S2"] = {"id": "S2", "handle": "sales", "users": ["U2"]}
    mine.slack.say("C01", ts(1), "U2", text)
    assert only(Kept().sync(mine.connect())).mentions_me is means_me


def test_here_means_nobody_in_a_large_room(mine: World) -> None:
    mine.slack.rooms["C01"].members |= {f"U{number}" for number in range(100, 130)}
    mine.slack.say("C01", ts(1), "U2", "<!here> lunch")
    assert not only(Kept().sync(mine.connect())).mentions_me


def test_direct_messages_are_called_by_whom_they_are_with(mine: World) -> None:
    mine.slack.add_user("U3", "noa", "Noa Levi", "noa@acme.example")
    mine.slack.add_room("D1", "", "im", ("U1", "U2"))
    mine.slack.add_room("G1", "mpdm-mara--dana--noa-1", "mpim", ("U1", "U2", "U3"))
    mine.slack.say("D1", ts(1), "U2", "Lunch?")
    mine.slack.say("G1", ts(2), "U3", "Dinner?")
    found = Kept().sync(mine.connect()).items.values()
    assert sorted((t.channel, t.direct) for t in found if isinstance(t, Thread)) == [
        ("Dana Weiss", True),
        ("Dana Weiss, Noa Levi", True),
    ]


def test_people_of_other_workspaces_are_asked_for_by_their_id(mine: World) -> None:
    mine.slack.add_user("W9", "kim", "Kim Park", "")
    mine.slack.users["W9"]["team_id"] = "T2"
    mine.slack.say("C01", ts(1), "W9", "Hello from afar, and <@W10> too")
    kept = Kept().sync(mine.connect())
    assert only(kept).posts[0].author.name == "Kim Park"
    assert only(kept).posts[0].text.endswith("@W10 too")


def test_joins_are_nobodys_words_and_reveilles_own_notices_no_news(world: World) -> None:
    world.slack.say("C01", ts(1), "U2", "<@U2> has joined the channel", subtype="channel_join")
    world.slack.say("C01", ts(2), "UBOT", "Your morning", metadata={"event_type": NOTICE, "event_payload": {"key": "k"}})
    world.slack.say("C01", ts(3), "U2", "Good morning")
    kept = Kept().sync(world.connect())
    assert texts(kept) == ["Good morning"]
    with world.asked() as asked:
        kept.sync(world.connect())
    assert len(asked) <= world.most_requests


# --- what changes ---------------------------------------------------------------------------------------------------------------


def test_an_answer_makes_the_thread_anew(world: World) -> None:
    world.fill(5)
    kept = Kept().sync(world.connect())
    world.slack.say("C07", ts(100), "U1", "Thanks for number three", thread=ts(3))
    kept.sync(world.connect())
    assert kept.upserts == [f"C07/{ts(3)}"]
    assert "Thanks for number three" in texts(kept)


def test_a_deleted_answer_leaves_the_thread(world: World) -> None:
    world.fill(5)
    kept = Kept().sync(world.connect())
    world.slack.delete("C07", ts(0)[:-1] + "5")
    kept.sync(world.connect())
    assert kept.upserts == [f"C07/{ts(0)}"]
    assert "Is it?" not in texts(kept)


def test_a_deleted_first_post_keeps_its_answers(world: World) -> None:
    world.fill(5)
    kept = Kept().sync(world.connect())
    world.slack.delete("C07", ts(0))
    kept.sync(world.connect())
    thread = kept.items[f"C07/{ts(0)}"]
    assert isinstance(thread, Thread)
    assert [post.text for post in thread.posts] == ["(deleted)", "Is it?"]


@pytest.mark.parametrize("world", ["search", "doorbell"], indirect=True)
def test_an_answer_in_an_old_thread_is_seen_where_slack_tells_of_it(world: World) -> None:
    world.fill(300)
    kept = Kept().sync(world.connect())
    world.slack.say("C07", ts(1000), "U1", "Late, but still", thread=ts(4))
    kept.sync(world.connect())
    assert kept.upserts == [f"C07/{ts(4)}"]


def test_an_old_thread_whose_answer_is_shown_in_the_channel_is_seen(world: World) -> None:
    world.fill(300)
    kept = Kept().sync(world.connect())
    world.slack.say("C07", ts(1000), "U1", "Late, but still", thread=ts(4))
    shown = {"type": "message", "subtype": "thread_broadcast", "user": "U1", "text": "Late, but still", "thread_ts": ts(4)}
    world.slack.rooms["C07"].messages[ts(1000)] = {**shown, "ts": ts(1000)}
    world.slack.rooms["C07"].order.append(ts(1000))
    kept.sync(world.connect())
    assert kept.upserts == [f"C07/{ts(4)}"]


@pytest.mark.parametrize("world", ["doorbell"], indirect=True)
def test_edits_of_answers_and_of_what_is_old_are_seen_where_slack_rings(world: World) -> None:
    world.fill(300)
    kept = Kept().sync(world.connect())
    world.slack.edit("C07", ts(290)[:-1] + "5", "Is it really?")
    world.slack.edit("C07", ts(3), "This was number three.")
    world.slack.delete("C07", ts(5))
    kept.sync(world.connect())
    assert sorted(kept.upserts) == sorted([f"C07/{ts(290)}", f"C07/{ts(3)}"])
    assert kept.deletes == 1
    assert {"Is it really?", "This was number three."} <= set(texts(kept))


def test_what_is_said_in_a_quiet_channel_is_found(world: World) -> None:
    for number in range(50):
        world.slack.say(f"C{number:02}", ts(number), "U2", f"This is number {number}.")
    kept = Kept().sync(world.connect())
    world.slack.say("C00", ts(100), "U2", "Anybody here?")
    for _ in range(1 + 50 // (BUDGET - 12)):
        kept.sync(world.connect())
    assert "Anybody here?" in texts(kept)


def test_after_a_long_silence_every_channel_is_asked(world: World) -> None:
    world.fill(5)
    kept = Kept().sync(world.connect())
    for number in range(50):
        world.slack.say(f"C{number:02}", ts(100 + number), "U2", f"Meanwhile {number}")
    object.__setattr__(world.at, "clock", lambda: NOON + timedelta(days=9))
    world.slack.heard.clear()
    kept.sync(world.connect())
    assert sum(text.startswith("Meanwhile") for text in texts(kept)) == 50


def test_a_good_cursor_leaves_what_is_held_alone(world: World) -> None:
    world.fill(30)
    kept = Kept().sync(world.connect())
    world.fill(2, start=30)
    world.edit()
    pages = list(world.connect().pages(kept.cursor, Untouched()))
    assert sum(len(page.changes) for page in pages) == 3


def test_a_lost_cursor_fetches_no_thread_again_that_is_as_it_was(world: World) -> None:
    world.fill(300)
    kept = Kept().sync(world.connect())
    world.slack.delete("C07", ts(151))
    world.slack.delete("C07", ts(299))
    kept.cursor = None
    with world.asked() as asked:
        kept.sync(world.connect())
    assert (kept.upserts, kept.deletes) == ([], 2)
    assert not [request for request in asked if request.path.endswith("conversations.replies")]


def test_a_resync_that_is_broken_off_goes_on(world: World) -> None:
    world.fill(450)
    kept = Kept().sync(world.connect())
    for number in range(0, 450, 2):
        if number % 10:
            world.slack.delete("C07", ts(number))
    kept.cursor = None
    kept.sync(world.connect(), pages=1)
    early = kept.deletes
    kept.sync(world.connect())
    assert (early + kept.deletes, len(kept.items), kept.upserts) == (180, 270, [])


def test_answers_of_fifteen_objects_are_enough(world: World) -> None:
    """As Slack gives them to distributed apps outside of its Marketplace."""
    world.slack.most = 15
    world.fill(100)
    for number in range(40):
        world.slack.say("C07", ts(1000 + number), "U1", f"Answer {number}", thread=ts(0))
    kept = Kept().sync(world.connect())
    assert len(kept.items) == 100
    thread = kept.items[f"C07/{ts(0)}"]
    assert isinstance(thread, Thread)
    assert len(thread.posts) == 42


def test_history_that_is_paged_by_time_alone_is_read_too(world: World) -> None:
    world.slack.most, world.slack.cursors = 15, False
    for number in range(100):
        world.slack.say("C07", ts(number), "U2", f"This is number {number}.")
    kept = Kept().sync(world.connect())
    assert len(kept.items) == 100
    for number in range(100, 150):
        world.slack.say("C07", ts(number), "U2", f"This is number {number}.")
    kept.sync(world.connect())
    assert (len(kept.items), len(kept.upserts)) == (150, 50)


# --- what is chosen, and what can't be read ---------------------------------------------------------------------------------------


def test_channels_are_chosen_by_name_or_id(mine: World) -> None:
    mine.slack.add_room("D1", "", "im", ("U1", "U2"))
    for room in ("C01", "C02", "C03", "D1"):
        mine.slack.say(room, ts(1), "U2", f"In {room}")
    assert texts(Kept().sync(mine.connect(channels=("#room-01", "C02", "direct")))) == ["In C01", "In C02", "In D1"]
    assert texts(Kept().sync(mine.connect(skip=("room-01", "direct")))) == ["In C02", "In C03"]


def test_what_is_no_longer_chosen_is_deleted(mine: World) -> None:
    for room in ("C01", "C02"):
        mine.slack.say(room, ts(1), "U2", f"In {room}")
    kept = Kept().sync(mine.connect())
    kept.sync(mine.connect(skip=("room-02",)))
    assert texts(kept) == ["In C01"]
    mine.slack.rooms["C01"].members.remove("U1")
    assert texts(kept.sync(mine.connect())) == ["In C02"]


def test_a_channel_that_is_not_there_is_named(mine: World) -> None:
    kept = Kept().sync(mine.connect(channels=("room-01", "nowhere")))
    assert [problem.where for problem in kept.problems] == ["nowhere"]
    check = mine.connect(channels=("nowhere",)).check()
    assert (check.ok, "nowhere" in check.says, "/invite" in check.fix) == (False, True, True)


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found"])
def test_a_channel_that_can_not_be_read_is_a_problem_and_the_others_go_on(world: World, code: str) -> None:
    for room in ("C01", "C07"):
        world.slack.say(room, ts(1), "U2", f"In {room}")
    world.proxy.fail(status=200, body=f'{{"ok": false, "error": "{code}"}}'.encode(), where="conversations.history")
    kept = Kept().sync(world.connect())
    assert len(kept.problems) == 1
    assert "/invite" in kept.problems[0].what or "invite" in kept.problems[0].what
    for _ in range(3):
        kept.sync(world.connect())
    assert (texts(kept), kept.problems) == (["In C01", "In C07"], [])


def test_a_problem_is_named_at_every_sync(world: World) -> None:
    world.slack.say("C07", ts(1), "U2", "In C07")
    world.proxy.fail(status=200, body=b'{"ok": false, "error": "not_in_channel"}', where="conversations.history", times=10_000)
    kept = Kept().sync(world.connect())
    assert len(kept.problems) == 50
    assert len(kept.sync(world.connect()).problems) == 50


def test_without_scopes_for_them_direct_messages_are_left_out(mine: World) -> None:
    mine.slack.tokens[USER] = Token("U1", scopes=ALL_SCOPES - {"im:read", "im:history", "mpim:read"})
    mine.slack.add_room("D1", "", "im", ("U1", "U2"))
    mine.slack.say("C01", ts(1), "U2", "In C01")
    kept = Kept().sync(mine.connect())
    assert texts(kept) == ["In C01"]
    with mine.asked() as asked:
        kept.sync(mine.connect())
    assert len(asked) <= 3
    check = mine.connect().check()
    assert check.ok
    assert "im:read" in check.fix


def test_a_missing_scope_is_named(world: World) -> None:
    world.fill(1)
    world.slack.tokens[world.token].scopes -= {"channels:history"}
    with pytest.raises(AccessLost, match="channels:history"):
        Kept().sync(world.connect())


def test_a_user_token_that_may_not_search_takes_turns(mine: World) -> None:
    mine.slack.tokens[USER].scopes -= {"search:read"}
    mine.fill(5)
    kept = Kept().sync(mine.connect())
    mine.fill(1, start=5)
    assert len(kept.sync(mine.connect()).upserts) == 1


def test_a_bot_knows_its_person_by_their_e_mail_or_their_handle(tmp_path: Path) -> None:
    with a_world(tmp_path, "turns") as world:
        world.slack.say("C01", ts(1), "U1", "I say")
        world.slack.say("C01", ts(2), "UBOT", "The bot says")
        world.slack.tokens[BOT].scopes -= {"usergroups:read"}
        own = {
            t.posts[0].text: t.posts[0].provenance for t in Kept().sync(world.connect()).items.values() if isinstance(t, Thread)
        }
        assert own == {"I say": Provenance.OWN, "The bot says": Provenance.OUTSIDE}
        world.slack.tokens[BOT].scopes -= {"users:read.email"}
        for user, provenance in (("", Provenance.OUTSIDE), ("@mara", Provenance.OWN)):
            kept = Kept().sync(world.connect(user=user))
            (thread,) = (t for t in kept.items.values() if isinstance(t, Thread) and t.posts[0].text == "I say")
            assert thread.posts[0].provenance is provenance


def test_in_a_vast_workspace_a_bot_finds_its_person_by_their_address(tmp_path: Path) -> None:
    with a_world(tmp_path, "turns") as world:
        mara = world.slack.users.pop("U1")
        for number in range(5000):
            world.slack.add_user(f"U9{number}", f"n{number}", f"Number {number}", f"n{number}@acme.example")
        world.slack.users["U1"] = mara
        world.slack.say("C01", ts(1), "U1", "I say")
        thread = only(Kept().sync(world.connect()))
        assert (thread.posts[0].provenance, thread.posts[0].author.name) == (Provenance.OWN, "Mara Keller")


def test_what_can_be_no_token_is_never_said(mine: World) -> None:
    mine.token = f"{USER}\n# old: xoxp-other"
    check = mine.connect().check()
    assert (check.ok, "copy it anew" in check.fix) == (False, True)
    assert "xoxp" not in check.says + check.fix


def test_a_token_of_nobody_says_what_to_do(mine: World) -> None:
    from service.integrations.slack import Settings

    settings = Settings(kind="slack", base_url=f"{mine.proxy.url}/api/")
    check = settings.connect(mine.at).check()
    assert (check.ok, check.fix) == (False, "run `reveille connect slack`, or set `token`")
    unset = Settings(kind="slack", token=Secret(env="NOT_SET_ANYWHERE"), base_url=f"{mine.proxy.url}/api/")
    with pytest.raises(AccessLost, match="NOT_SET_ANYWHERE"):
        list(unset.connect(mine.at).pages(None, {}))


def test_a_token_that_was_renewed_is_used_at_once(mine: World) -> None:
    source = mine.connect()
    mine.fill(1)
    Kept().sync(source)
    mine.slack.tokens["xoxp-new"] = mine.slack.tokens.pop(USER)
    mine.token = "xoxp-new"
    mine.fill(1, start=1)
    assert len(Kept().sync(source).items) == 2


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("invalid_auth", AccessLost),
        ("account_inactive", AccessLost),
        ("token_revoked", AccessLost),
        ("token_expired", AccessLost),
        ("not_authed", AccessLost),
        ("ratelimited", Unavailable),
        ("fatal_error", Unavailable),
        ("internal_error", Unavailable),
        ("<a page>", Unavailable),
        ("something_new", Rejected),
    ],
)
def test_every_refusal_is_sorted(mine: World, said: str, error: type[Exception]) -> None:
    body = said.encode() if said.startswith("<") else f'{{"ok": false, "error": "{said}"}}'.encode()
    mine.proxy.fail(status=200, body=body)
    with pytest.raises(error) as raised:
        Kept().sync(mine.connect())
    assert isinstance(raised.value, Unavailable) or said in str(raised.value)
    mine.proxy.fail(status=200, body=body)
    check = mine.connect().check()
    assert not check.ok
    assert check.says.count("(") == check.says.count(")")


def test_a_short_wait_is_kept_here(mine: World) -> None:
    mine.fill(1)
    mine.proxy.fail(status=429, headers={"Retry-After": "1"})
    assert len(Kept().sync(mine.connect()).items) == 1
