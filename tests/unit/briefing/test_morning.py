from service.briefing import render
from service.briefing.morning import without_private
from service.domain.facts import Section, Sensitivity
from tests.builders import a_contact, a_deal, a_message, a_thread, an_event, judged
from tests.unit.briefing.scene import (
    DAY,
    HOUR,
    SEVEN,
    TODAY,
    a_promise,
    a_question,
    a_world,
    an_ask,
    an_fyi,
    answer,
    brief,
    texts,
)
from tests.world import World


def a_full_morning():
    """47 new messages, 4 meetings, 3 channels."""
    mails = [an_ask(f"Could you check paragraph {n} of the long agreement and tell me what you think of it?") for n in range(9)]
    mails += [an_fyi(subject=f"Note {n}") for n in range(38)]
    mails += [a_question(f"Could you send me the figures of quarter {n}, please?", subject=f"Q{n}") for n in range(8)]
    mails += [a_promise(f"I will send you the report number {n} of the series by then.", on=TODAY) for n in range(8)]
    events = [an_event(title=f"Meeting {n}", start_at=SEVEN + n * HOUR, end_at=SEVEN + (n + 1) * HOUR) for n in range(2, 6)]
    posts = [a_thread(f"@Mara what about {n}?", channel=f"c{n}", mentions_me=True) for n in range(3)]
    return a_world(*mails, *events, *posts, a_contact(), a_deal())


def test_sections_come_in_their_order_and_all_of_them():
    assert [name for name, _ in brief(a_world()).sections] == [s.value for s in Section]


def test_yesterdays_fact_returns_only_when_changed():
    ask = an_ask(thread_id="t")
    world = a_world(ask)
    world.tell("morning", SEVEN, brief(world).facts())
    tomorrow = SEVEN + DAY
    assert not brief(world, tomorrow).section("needs_you")
    world.with_(an_ask("Any news on this?", thread_id="t", sent_at=SEVEN + HOUR))
    assert texts(brief(world, tomorrow), "needs_you") == ["Dana Whitfield: “Any news on this?”"]


def test_a_fact_returns_when_it_falls_due():
    world = a_world(an_ask(on=TODAY + DAY))
    world.tell("morning", SEVEN, brief(world).facts())
    assert texts(brief(world, SEVEN + DAY), "needs_you")[0].endswith(" Due today.")


def test_what_another_cadence_told_is_told_here_all_the_same():
    world = a_world(an_ask())
    world.tell("evening", SEVEN - HOUR, brief(world).facts())
    assert brief(world).section("needs_you")


def test_todays_meetings_are_told_even_if_told_before():
    world = a_world(an_event())
    world.tell("morning", SEVEN - HOUR, brief(world).facts())
    assert brief(world).section("meetings")


def test_the_rendered_text_has_at_most_450_words():
    briefing = brief(a_full_morning(), measure=render.words)
    assert render.words(briefing) <= 450
    assert briefing.section("needs_you")
    assert len(briefing.section("meetings")) == 4


def test_what_had_no_room_is_counted():
    world = a_full_morning()
    whole, short = brief(world, measure=lambda _: 0), brief(world, measure=lambda b: 40 * len(b.facts()))
    assert len(short.facts()) < len(whole.facts())
    assert any(f.key == "rest:more" for f in short.section("rest"))


def test_the_least_important_goes_first():
    world = a_world(an_ask("Could you sign today?", on=TODAY), an_ask("Could you have a look?"))
    short = brief(world, measure=lambda b: 226 * len(b.section("needs_you")))
    assert [f.sources[0].quote for f in short.section("needs_you")] == ["Could you sign today?"]


def test_the_estimate_keeps_a_long_day_short_without_a_renderer():
    assert render.words(brief(a_full_morning())) <= 450 * 1.2


def test_every_stated_quote_stands_in_its_source():
    world = a_full_morning()
    said = {j.message.id: j.message.text for j in world.messages} | {t.id: t.posts[-1].text for t in world.threads}
    for name in ("needs_you", "waiting", "commitments", "slack"):
        for fact in brief(world).section(name):
            assert all(s.quote in said[s.id] for s in fact.sources)


def test_the_store_is_asked_few_questions():
    world = a_full_morning()
    brief(world)
    assert len(world.calls) <= 20


def test_ten_thousand_messages_and_nothing_read_twice():
    mails = [judged(a_message(sent_at=SEVEN - HOUR * (n % 400), text="Numbers attached.")) for n in range(10_000)]
    world = World(a_world().person).with_(*mails)
    briefing = brief(world, measure=render.words)
    assert len(briefing.section("needs_you")) <= 5
    assert len(world.calls) <= 20


def test_private_facts_leave_every_sentence_for_others():
    secret = an_ask("Could you sign the severance?", on=TODAY, subject="Severance", verdict={"private": True})
    world = a_world(secret, an_ask("Could you call?"), an_event(title="Doctor", private=True))
    briefing = brief(world)
    public = without_private(briefing, world.person)
    assert "severance" in briefing.bottom_line
    assert public.subject == "Tue 12 May · 1 needs you"
    assert "severance" not in repr(public).casefold()
    assert "Doctor" not in repr(public)
    assert all(f.sensitivity is not Sensitivity.PRIVATE for f in public.facts())


def test_a_day_that_holds_only_private_things_is_not_said_to_be_quiet_to_others():
    world = a_world(an_ask(verdict={"private": True}))
    assert "quiet" not in without_private(brief(world), world.person).bottom_line


def test_keys_are_unique_and_versions_say_when_something_changed():
    world = a_full_morning()
    facts = brief(world).facts()
    assert len({f.key for f in facts}) == len(facts)
    assert {f.key: f.version for f in brief(world).facts()} == {f.key: f.version for f in facts}


def test_every_fact_names_a_source():
    world = a_full_morning()
    world.tell("morning", SEVEN - DAY, brief(world).section("needs_you")[:2])
    briefing = brief(world, measure=render.words)
    assert {f.key for f in briefing.section("rest")} >= {"rest:mail", "rest:told", "rest:more"}
    assert all(f.sources for f in briefing.facts())


def test_a_count_leads_to_nothing_private():
    secrets = [an_ask(f"Could you sign number {n}?", subject=f"Severance {n}", verdict={"private": True}) for n in range(9)]
    world = a_world(*secrets, an_fyi(subject="Severance", verdict={"private": True}))
    assert "everance" not in repr(without_private(brief(world), world.person))


def test_every_fact_has_words_for_eye_and_ear():
    for fact in brief(a_full_morning()).facts():
        assert fact.text
        assert len(fact.speech or fact.text) < 400
        assert 0 <= fact.importance <= 1


def test_an_answer_after_the_moment_changes_nothing_before_it():
    ask = an_ask(sent_at=SEVEN - HOUR)
    world = a_world(ask, answer(ask, sent_at=SEVEN + HOUR))
    assert brief(world).section("needs_you")
    assert not brief(world, SEVEN + 2 * HOUR).section("needs_you")


def test_days_that_change_the_clock_have_their_own_midnights():
    spring = SEVEN.replace(month=3, day=29)
    assert brief(a_world(an_event(start_at=spring + HOUR, end_at=spring + 2 * HOUR)), spring).section("meetings")
