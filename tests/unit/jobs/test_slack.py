from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jobs import slack
from service.domain.delivery import Audience, Draft, Keep, Nothing, Skip
from service.domain.items import Post, Provenance, Thread
from service.domain.ledger import Cadence, Every, Occurrence
from service.domain.people import Address
from service.domain.rules import Condition, Consequence, Rule
from service.ports import Occasion, Services
from tests.builders import DANA, MARA, NOON, a_person, a_thread
from tests.world import World

FIVE = timedelta(minutes=5)
NOTHING = Nothing("no thread turned to a topic of yours")


def occasion(*topics: str, to: tuple[str, ...] = ("phone",)) -> Occasion:
    row = Occurrence("o", "mara", "slack", "slack", "x", NOON, NOON, NOON + FIVE)
    return Occasion(Cadence("mara", "slack", "slack", Every(FIVE), to, (("topics", list(topics)),)), row)


def thread(*texts: str, author: Address = DANA, start=NOON - timedelta(minutes=30), **fields) -> Thread:
    posts = tuple(Post(f"p{i}", start + i * timedelta(minutes=1), author, text) for i, text in enumerate(texts))
    return a_thread(**{"id": "t", "posts": posts} | fields)


def services(*threads: Thread, rules: tuple[Rule, ...] = (), shown: Audience = Audience.PERSON) -> Services:
    return Services(World(a_person()).with_(*threads), rules=rules, audiences={"phone": shown, "inbox": Audience.PERSON})


def prepare(at: Services, *topics: str) -> Draft | Nothing:
    return slack.prepare(at, a_person(), occasion(*topics), NOON)


def test_a_thread_that_turns_to_a_topic_is_pushed_with_quote_channel_and_author() -> None:
    draft = prepare(services(thread("Morning all.", "Lunch? We have an OUTAGE in production. Looking.")), "outage")
    assert draft.to == ("phone",)
    assert draft.notices[0].short == "Dana Whitfield in #proj-atlas\n“We have an OUTAGE in production.”"
    assert draft.facts[0].sources[0].kind == "thread"
    assert draft.facts[0].why == "it is about OUTAGE"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("the Atlas launch slips", "Atlas launch"),
        ("atlas-launch", "Atlas launch"),
        ("über den Zeitplan", "Über"),
        ("see C++ code", "c++"),
    ],
)
def test_topics_match_in_any_case_and_across_hyphens(text: str, topic: str) -> None:
    assert isinstance(prepare(services(thread(text)), topic), Draft)


@pytest.mark.parametrize(
    ("text", "topic"), [("outages were rare", "outage"), ("atlas did launch", "Atlas launch"), ("hi", ""), ("hi", "[")]
)
def test_parts_of_words_and_empty_topics_do_not_match(text: str, topic: str) -> None:
    assert prepare(services(thread(text)), topic) == NOTHING


def test_a_mention_calls_whatever_the_topic() -> None:
    post = Post("p", NOON - FIVE, DANA, "@Mara could you look?", mentions=frozenset({MARA.email}))
    draft = prepare(services(a_thread(posts=(post,))))
    assert draft.facts[0].why == "you are mentioned"
    by_name = thread("hello", "@mara please look", mentions_me=True)
    assert prepare(services(by_name)).facts[0].version == "p1"


def test_one_thread_is_pushed_once_until_it_has_new_matching_posts() -> None:
    at = services(thread("An outage began."))
    at.items.tell("slack", NOON - FIVE, prepare(at, "outage").facts)
    assert prepare(at, "outage") == NOTHING
    at.items.threads[0] = thread("An outage began.", "Thanks.")
    assert prepare(at, "outage") == NOTHING
    at.items.threads[0] = thread("An outage began.", "Thanks.", "The outage is over.")
    assert prepare(at, "outage").facts[0].version == "p2"


def test_own_words_and_what_the_person_has_answered_are_no_news() -> None:
    assert prepare(services(thread("An outage!", author=MARA)), "outage") == NOTHING
    mine = Post("p9", NOON - FIVE, MARA, "On it.", provenance=Provenance.OWN)
    answered = thread("An outage!")
    assert prepare(services(replace(answered, posts=(*answered.posts, mine))), "outage") == NOTHING


def test_old_posts_in_a_living_thread_are_no_news() -> None:
    old = thread("An outage!", start=NOON - timedelta(days=3))
    new = Post("p9", NOON - FIVE, DANA, "All fine now.")
    assert prepare(services(replace(old, posts=(*old.posts, new))), "outage") == NOTHING


def test_rules_mute_redirect_and_keep_private() -> None:
    match = Condition(channel="proj-atlas")
    told = thread("An outage!")
    assert prepare(services(told, rules=(Rule("m", match, Consequence(mute=True)),)), "outage") == NOTHING
    assert prepare(services(told, rules=(Rule("n", match, Consequence(notify=("inbox",))),)), "outage").to == ("inbox",)
    private = services(told, rules=(Rule("p", match, Consequence(private=True)),), shown=Audience.OTHERS)
    assert prepare(private, "outage") == Nothing("what there is to say is private, and its channels are seen by others")


def test_several_threads_are_one_push() -> None:
    draft = prepare(services(thread("outage one"), thread("outage two", id="u")), "outage")
    assert draft.notices[0].short.splitlines()[0] == "2 threads turned to you or your topics"


def test_answered_in_the_meantime_is_not_said() -> None:
    at = services(thread("An outage!"))
    draft = prepare(at, "outage")
    assert slack.recheck(at, a_person(), draft, occasion("outage"), NOON) == Keep()
    mine = Post("p9", NOON - FIVE, MARA, "On it.")
    at.items.threads[0] = replace(at.items.threads[0], posts=(*at.items.threads[0].posts, mine))
    assert slack.recheck(at, a_person(), draft, occasion("outage"), NOON) == Skip(NOTHING.reason)
