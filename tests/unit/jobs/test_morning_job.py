from dataclasses import replace
from datetime import timedelta

import pytest

from jobs import morning
from service.domain.delivery import Audience, Draft, Keep, Replace, Skip
from service.domain.ledger import Cadence, Occurrence, WallTimes
from service.domain.proposals import Act, ActState
from service.domain.speech import Recording
from service.errors import Unavailable
from service.ports import Check, Occasion, Services
from tests.builders import an_event
from tests.unit.briefing.scene import HOUR, SEVEN, a_world, an_ask, an_fyi, answer
from tests.unit.briefing.test_deeds import Diary
from tests.world import World

EARLY = SEVEN - timedelta(minutes=10)


class AVoice:
    def __init__(self, error=None):
        self.error, self.scripts = error, []

    def speak(self, script):
        self.scripts.append(script)
        if self.error:
            raise self.error
        return Recording(b"mp3", "audio/mpeg", timedelta(seconds=90), ())

    def check(self):
        return Check(ok=True, says="speaks")


def an_occasion(*, to=("inbox",), **options):
    cadence = Cadence("mara", "morning", "morning", WallTimes(()), to=to, options=tuple(options.items()))
    row = Occurrence("o1", "mara", "morning", "morning", "2026-05-12/0", EARLY, SEVEN, SEVEN + 4 * HOUR)
    return Occasion(cadence, row)


def services(world, **fields):
    return Services(**{"items": world, "audiences": {"inbox": Audience.PERSON, "team": Audience.OTHERS}} | fields)


def prepare(world, occasion=None, now=EARLY, **fields):
    draft = morning.prepare(services(world, **fields), world.person, occasion or an_occasion(), now)
    assert isinstance(draft, Draft)
    return draft


def recheck(world, draft, now=SEVEN, occasion=None):
    return morning.recheck(services(world), world.person, draft, occasion or an_occasion(), now)


def test_a_draft_holds_the_facts_and_one_notice_an_audience():
    draft = prepare(a_world(an_ask()), an_occasion(to=("inbox", "team")))
    assert {n.audience for n in draft.notices} == {Audience.PERSON, Audience.OTHERS}
    assert draft.to == ("inbox", "team")
    assert draft.kind == "morning"
    assert any(f.key.startswith("reply:") for f in draft.facts)


def test_a_quiet_day_is_told_too():
    (notice,) = prepare(a_world()).notices
    assert notice.subject == "Tue 12 May · a quiet day"


def test_what_rules_did_is_told_to_the_person_alone():
    act = Act("p", "mara", "mail.label", "gmail", "rule lawyers", "lawyers", ActState.DONE, EARLY - HOUR)
    draft = prepare(a_world(an_ask()), an_occasion(to=("inbox", "team")), deeds=Diary([act], open=1))
    mine, theirs = sorted(draft.notices, key=lambda n: n.audience != Audience.PERSON)
    for said in ("1 by “lawyers”", "1 proposal waits for your yes"):
        assert said in mine.text
        assert said not in theirs.text


def test_others_never_see_what_is_private():
    secret = an_ask("Could you sign the severance?", verdict={"private": True})
    draft = prepare(a_world(secret, an_ask("Could you call?")), an_occasion(to=("inbox", "team")))
    mine, theirs = sorted(draft.notices, key=lambda n: n.audience != Audience.PERSON)
    assert "severance" in mine.text
    seen = repr((theirs.subject, theirs.text, theirs.html, theirs.short, [f.data for f in theirs.files]))
    assert "severance" not in seen
    assert theirs.subject == "Tue 12 May · 1 needs you"


def test_a_channel_nobody_vouches_for_counts_as_others():
    (notice,) = prepare(a_world(an_ask(verdict={"private": True})), an_occasion(to=("unknown",))).notices
    assert notice.audience is Audience.OTHERS


def test_what_only_others_were_told_is_not_counted_as_told():
    draft = prepare(a_world(an_ask(verdict={"private": True})), an_occasion(to=("team",)))
    assert not [f for f in draft.facts if f.key.startswith("reply:")]


def asks(draft):
    return [f.key for f in draft.facts if f.key.startswith("reply:")]


@pytest.mark.parametrize(
    ("told_at", "slot", "returns"),
    [(SEVEN, "manual:1", True), (SEVEN, "2026-05-12.1", False), (SEVEN - 24 * HOUR, "manual:1", False)],
)
def test_who_asks_by_hand_gets_the_whole_day_but_not_what_yesterday_said(told_at, slot, returns):
    world = a_world(an_ask())
    world.tell("morning", told_at, prepare(world).facts)
    occasion = an_occasion()
    later = replace(occasion, occurrence=replace(occasion.occurrence, slot=slot, due_at=SEVEN + HOUR))
    assert bool(asks(prepare(world, later, SEVEN + HOUR))) is returns


def test_audio_is_recorded_of_the_same_briefing():
    voice = AVoice()
    (notice,) = prepare(a_world(an_ask()), an_occasion(audio=True), voice=voice).notices
    assert [f.data for f in notice.files if f.role == "audio"] == [b"mp3"]
    assert "Dana Whitfield" in voice.scripts[0].text


def test_no_audio_where_none_is_asked_for():
    voice = AVoice()
    prepare(a_world(), voice=voice)
    assert not voice.scripts


@pytest.mark.parametrize(
    ("voice", "says"),
    [
        (AVoice(Unavailable("espeak-ng is not installed")), "There is no audio: espeak-ng is not installed"),
        (None, "no voice is set up"),
    ],
)
def test_a_voice_that_fails_never_loses_the_briefing(voice, says):
    (notice,) = prepare(a_world(an_ask()), an_occasion(audio=True), voice=voice).notices
    assert "Dana Whitfield" in notice.text
    assert says in " ".join(notice.text.split())


def test_the_audio_of_others_keeps_private_things_unsaid():
    voice = AVoice()
    secret = an_ask("Could you sign the severance?", verdict={"private": True})
    prepare(a_world(secret), an_occasion(to=("team",), audio=True), voice=voice)
    assert "severance" not in voice.scripts[0].text


def test_nothing_changed_keeps_the_draft():
    world = a_world(an_ask(), an_event())
    assert recheck(world, prepare(world)) == Keep()


def test_a_newsletter_changes_nothing():
    world = a_world(an_ask())
    draft = prepare(world)
    world.with_(an_fyi(sent_at=SEVEN - timedelta(minutes=2)))
    assert recheck(world, draft) == Keep()


def test_a_mail_answered_meanwhile_prepares_again():
    ask = an_ask()
    world = a_world(ask)
    draft = prepare(world)
    world.with_(answer(ask, sent_at=SEVEN - timedelta(minutes=3)))
    assert isinstance(recheck(world, draft), Replace)


@pytest.mark.parametrize("change", [{"start_at": SEVEN + 5 * HOUR, "end_at": SEVEN + 6 * HOUR}, {"status": "cancelled"}])
def test_a_meeting_that_moved_or_was_cancelled_prepares_again(change):
    event = an_event()
    world = a_world(event)
    draft = prepare(world)
    world.instances[0] = replace(event, **change)
    assert recheck(world, draft) == Replace("the day's meetings have changed")


def test_something_pressing_prepares_again_and_small_things_wait():
    world = a_world()
    draft = prepare(world)
    world.with_(an_ask("Could you look at this some time?", sent_at=SEVEN - timedelta(minutes=4), verdict={"urgency": 0.3}))
    assert recheck(world, draft) == Keep()
    world.with_(an_ask("Could you call now?", at=SEVEN + HOUR, sent_at=SEVEN - timedelta(minutes=3), verdict={"urgency": 0.9}))
    assert isinstance(recheck(world, draft), Replace)


def test_a_briefing_that_became_late_is_prepared_again_and_says_so():
    world = a_world()
    late = SEVEN + timedelta(minutes=40)
    assert isinstance(recheck(world, prepare(world), late), Replace)
    again = prepare(world, now=late)
    assert again.late_note == "This briefing is 40 minutes late."
    assert "40 minutes late" in again.notices[0].text
    assert recheck(world, again, late) == Keep()


def test_a_briefing_of_no_more_use_is_skipped():
    world = a_world()
    assert isinstance(recheck(world, prepare(world), SEVEN + 4 * HOUR), Skip)


def test_the_basis_is_plain_json():
    import json

    world = a_world(an_ask(), an_event())
    draft = prepare(world)
    kept = replace(draft, basis=json.loads(json.dumps(draft.basis)))
    assert recheck(world, kept) == Keep()


def test_an_empty_store_without_any_source_still_makes_a_briefing():
    world = World(a_world().person)
    assert "no source is connected" in prepare(world).notices[0].text
