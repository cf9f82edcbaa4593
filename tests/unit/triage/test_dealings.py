from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from service.domain.items import Attendee
from service.domain.verdicts import Relation
from service.triage import Triage
from service.triage.dealings import dealings
from tests.builders import DANA, MARA, NOON, a_deal, a_message, a_person, an_event, judged
from tests.world import World

HOUR = timedelta(hours=1)


def exchanges(count: int, wait: timedelta) -> list[Any]:
    """So many questions of Dana's, each answered after `wait`."""
    found = []
    for n in range(count):
        at = NOON - timedelta(days=10 + n)
        found += [
            judged(a_message(message_id=f"q{n}@x", sent_at=at)),
            judged(a_message(sender=MARA, to=(DANA,), in_reply_to=f"q{n}@x", sent_at=at + wait)),
        ]
    return found


def test_whom_the_person_answers_fast_meets_and_sells_to() -> None:
    meeting = an_event(start_at=NOON + 2 * HOUR, end_at=NOON + 3 * HOUR, title="Term sheet", attendees=(Attendee(DANA),))
    world = World(
        a_person(), messages=exchanges(3, HOUR / 2), instances=[meeting], crm=[a_deal(name="Atlas", people=(DANA.email,))]
    )
    found = dealings(world, [a_message()], NOON)[DANA.email]
    assert (found.answers_in, found.meets_at, found.meeting, found.deal) == (HOUR / 2, meeting.start_at, "Term sheet", "Atlas")


def test_two_answers_are_no_habit_and_a_private_meeting_has_no_name() -> None:
    meeting = an_event(start_at=NOON + HOUR, end_at=NOON + 2 * HOUR, attendees=(Attendee(DANA),), private=True)
    cancelled = replace(meeting, id="off", start_at=NOON + HOUR / 2, status="cancelled")
    world = World(a_person(), messages=exchanges(2, HOUR), instances=[cancelled, meeting])
    found = dealings(world, [a_message()], NOON)[DANA.email]
    assert (found.answers_in, found.meets_at, found.meeting) == (None, meeting.start_at, "")


def test_old_mail_is_not_measured_by_the_meetings_of_today() -> None:
    meeting = an_event(start_at=NOON + HOUR, end_at=NOON + 2 * HOUR, attendees=(Attendee(DANA),))
    world = World(a_person(), instances=[meeting])
    assert not dealings(world, [a_message(sent_at=NOON - timedelta(days=9))], NOON)
    assert world.calls == ["relations"]


def test_dealings_raise_urgency_and_are_said() -> None:
    message = a_message(text="Could you share your notes on the supplier contract?", sent_at=NOON - HOUR)
    plain = Relation(received=9, sent=8, answered=7)
    close = replace(plain, answers_in=HOUR, meets_at=NOON + HOUR, meeting="Board", deal="Atlas renewal")
    triage = Triage(a_person())
    verdict = triage.judge(message, close)
    assert verdict.urgency > triage.judge(message, plain).urgency
    local = (NOON + HOUR).astimezone(a_person().zone)
    assert f"they are in your {local:%H:%M} (Board)" in verdict.reasons
    assert "open deal: Atlas renewal" in verdict.reasons
    assert "you answered them 7 times, mostly within the hour" in verdict.reasons
