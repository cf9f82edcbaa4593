"""450 words, shared between the sections: floors hold, a conflict stays, the fullest day fits."""

from datetime import timedelta

import pytest

from service.briefing import render
from service.domain.items import Attendee, Post
from service.domain.people import Address
from service.domain.sync import Health
from tests.builders import MARA, a_message, a_thread, a_verdict, an_event, judged
from tests.unit.briefing.scene import HOUR, SEVEN, TODAY, a_promise, a_question, a_world, an_account, an_ask, brief
from tests.world import World

LONG = "Could you please confirm the numbers for project {} and tell me whether the second annex may be sent out to the customer?"


def somebody(n):
    return Address(f"p{n}@firm{n}.example", f"Pat Number{n}")


def meetings(number, apart):
    return [
        an_event(
            title=f"Review of project {n}",
            start_at=SEVEN + timedelta(minutes=apart * n),
            end_at=SEVEN + timedelta(minutes=apart * n + 60),
            attendees=(Attendee(somebody(n)), Attendee(Address(f"q{n}@firm{n}.example", f"Quin Other{n}")), Attendee(MARA)),
        )
        for n in range(number)
    ]


def a_chat(n):
    post = Post(id=f"p{n}", at=SEVEN - 2 * HOUR, author=somebody(n + 70), text=f"Can you look at number {n} today?")
    return a_thread(channel=f"dm{n}", direct=True, posts=(post,))


def asks(number):
    return [
        an_ask(
            LONG.format(n), sender=somebody(n), at=SEVEN + timedelta(hours=2 + n % 9), sent_at=SEVEN - timedelta(hours=1 + n % 20)
        )
        for n in range(number)
    ]


@pytest.fixture(scope="module", params=[45, 60])
def monster(request):
    """Sixty asks, fourteen meetings (one after the other, or each into the next), and all else there is."""
    more = [a_question(f"Could you share budget {n}?", to=(somebody(n + 80),)) for n in range(9)]
    more += [a_promise(on=TODAY, sender=somebody(n + 90)) for n in range(9)]
    world = a_world(*asks(60), *meetings(14, request.param), *more, a_chat(0))
    return brief(world, measure=render.words)


def test_the_fullest_day_keeps_five_and_all_meetings_within_450_words(monster):
    assert render.words(monster) <= 450
    assert len(monster.section("needs_you")) == 5
    assert sum(f.topic == "meeting" for f in monster.section("meetings")) == 14
    assert monster.subject == "Tue 12 May · 5 need you · 14 meetings"
    assert len(monster.bottom_line.split()) <= 25
    assert any("55 need you" in f.text for f in monster.section("rest"))


def test_a_conflict_is_never_trimmed():
    briefing = brief(a_world(*asks(60), *meetings(14, 45)), measure=render.words)
    clashes = [d for f in briefing.section("meetings") for d in f.details if d.topic == "conflict"]
    assert len(clashes) == 13
    assert "13 conflicts" in briefing.bottom_line


def test_every_section_keeps_its_floor_while_another_has_more():
    many = [*asks(9), *meetings(3, 90), *(a_promise(on=TODAY, sender=somebody(n + 90)) for n in range(5))]
    many += [a_question(f"Could you share budget {n}?", to=(somebody(n + 80),)) for n in range(4)]
    many += [a_chat(n) for n in range(4)]
    briefing = brief(a_world(*many), measure=render.words)
    held = {name: len(facts) for name, facts in briefing.sections}
    assert render.words(briefing) <= 450
    assert held["needs_you"] == 5
    assert held["waiting"] >= 1
    assert held["commitments"] >= 2
    assert held["slack"] >= 1


def test_what_fits_is_not_touched():
    whole = brief(a_world(an_ask(), *meetings(2, 90)))
    assert (
        brief(a_world(an_ask(), *meetings(2, 90)), measure=render.words).section("needs_you")[0].text
        == whole.section("needs_you")[0].text
    )


def test_an_empty_day_and_a_blind_one_are_told_apart():
    quiet = render.to_text(brief(a_world(), measure=render.words))
    blind = brief(World(a_world().person).with_(an_account(health=Health.UNREACHABLE, failing_since=SEVEN - HOUR)))
    assert "A quiet day" in quiet
    assert len(quiet.split()) < 40
    assert "quiet" not in render.to_text(blind).lower()
    assert "mail has been unreachable since 06:00" in blind.bottom_line


def test_a_source_nobody_named_goes_without_its_kind():
    blind = World(a_world().person).with_(an_account(name="maildir mail", health=Health.UNREACHABLE, failing_since=SEVEN - HOUR))
    assert "but mail has been unreachable" in brief(blind).bottom_line


def test_the_bottom_line_says_until_when_even_of_long_words():
    briefing = brief(a_world(judged(a_message(text="Numbers.", sent_at=SEVEN - HOUR), a_verdict()), *asks(1), *meetings(2, 90)))
    assert briefing.bottom_line.startswith("Pat Number0: “Could you please confirm")
    assert "…” Due today 09:00." in briefing.bottom_line
    assert len(briefing.bottom_line.split()) <= 25
