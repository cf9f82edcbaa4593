"""A thing that several sources hold is said once, by the most important of them."""

from service.domain.people import Address
from tests.builders import a_contact, a_deal, a_message, a_note, a_task, a_verdict, an_event, judged
from tests.unit.briefing.scene import DAY, HOUR, SEVEN, TODAY, a_promise, a_world, an_ask, brief, texts

SIGN = a_task(id="sign", title="Sign the Atlas term sheet", due_on=TODAY)


def ask(**fields):
    return an_ask("Could you send us the signed term sheet?", subject="Atlas round", **fields)


def test_a_task_that_a_mail_asks_for_lends_it_its_source():
    briefing = brief(a_world(ask(on=TODAY), SIGN))
    (fact,) = briefing.section("needs_you")
    assert [s.kind for s in fact.sources] == ["message", "task"]
    assert not briefing.section("commitments")


def test_a_follow_up_of_the_same_matter_does_too():
    deal = a_deal(name="Atlas Robotics Series B", company="Atlas Robotics", stage="Term sheet", follow_up_on=TODAY)
    briefing = brief(a_world(ask(on=TODAY), a_contact(company="Atlas Robotics"), deal))
    assert [s.kind for s in briefing.section("needs_you")[0].sources] == ["message", "deal"]
    assert not briefing.section("commitments")


def test_another_task_of_the_same_project_stays_on_its_own():
    other = a_task(title="Book the Atlas notary", due_on=TODAY)
    assert texts(brief(a_world(ask(on=TODAY), other)), "commitments") == ["Task “Book the Atlas notary”: due today."]


def test_private_mail_says_nothing_for_what_is_not():
    private = ask(on=TODAY, verdict={"private": True})
    assert len(brief(a_world(private, SIGN)).section("commitments")) == 1


def test_a_task_is_not_kept_back_by_a_mail_that_was_told_before():
    world = a_world(ask(sent_at=SEVEN - 5 * DAY))
    world.tell("morning", SEVEN - DAY, brief(world, SEVEN - DAY).facts())
    assert len(brief(world.with_(SIGN)).section("commitments")) == 1
    same_day = a_world(ask(on=TODAY))
    same_day.tell("morning", SEVEN - HOUR, brief(same_day, SEVEN).facts())
    assert not brief(same_day.with_(SIGN)).section("commitments")


def test_what_needs_the_person_is_not_repeated_under_the_meeting():
    note = a_note(title="Atlas round call", text="Dana wants the shorter notice period.", at=SEVEN - 3 * DAY)
    briefing = brief(a_world(ask(), note, an_event(start_at=SEVEN + 2 * HOUR, end_at=SEVEN + 3 * HOUR)))
    (meeting,) = briefing.section("meetings")
    assert [d.topic for d in meeting.details] == ["notes"]


def test_two_meetings_with_the_same_person_share_one_preparation():
    twice = [an_event(start_at=SEVEN + n * HOUR, end_at=SEVEN + (n + 1) * HOUR) for n in (2, 5)]
    message = judged(
        a_message(sent_at=SEVEN - 2 * DAY, text="Atlas wants 30 days of notice.", subject="Atlas round"), a_verdict()
    )
    lines = [d.sources[0].id for f in brief(a_world(message, *twice)).section("meetings") for d in f.details]
    assert len(lines) == len(set(lines))


def test_colleagues_go_by_first_name_and_others_with_their_company():
    jonas = Address("jonas@keller.example", "Jonas Weber")
    world = a_world(an_ask("Could you call?", sender=jonas), a_promise(on=TODAY), a_contact())
    briefing = brief(world)
    assert texts(briefing, "needs_you") == ["Jonas: “Could you call?”"]
    assert texts(briefing, "commitments") == ["Dana Whitfield, Atlas AG: “I will send the deck by then.” Due today."]


def test_two_colleagues_of_one_first_name_keep_both_names():
    both = [Address("jonas@keller.example", "Jonas Weber"), Address("jonas.k@keller.example", "Jonas Kern")]
    briefing = brief(a_world(*(an_ask(f"Could you call {n}?", sender=who) for n, who in enumerate(both))))
    assert {t.partition(":")[0] for t in texts(briefing, "needs_you")} == {"Jonas Weber", "Jonas Kern"}
