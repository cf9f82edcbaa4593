"""Whatever outsiders write, the morning comes, on single lines and within its length."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from service.briefing import render
from service.domain.items import Bulk, Post
from service.domain.people import Address
from service.domain.verdicts import Category, Commitment, Judged, Request, Span, Verdict, When
from tests.builders import MARA, a_contact, a_message, a_task, a_thread, an_event
from tests.unit.briefing.scene import SEVEN, TODAY, a_world, brief

words = st.text(max_size=60)
people = st.builds(
    Address, st.sampled_from(["", "a@x.example", "noreply@x.example", "b@keller.example", "mara@keller.example"]), words
)
ages = st.integers(0, 22 * 24 * 60).map(lambda minutes: SEVEN - timedelta(minutes=minutes))
whens = st.one_of(
    st.none(),
    st.builds(When, words, st.one_of(st.none(), st.integers(-400, 400).map(lambda n: TODAY + timedelta(days=n)))),
    st.builds(When, words, st.none(), ages),
)


@st.composite
def mails(draw):
    text = draw(words)
    message = a_message(
        text=text,
        sender=draw(st.one_of(people, st.just(MARA))),
        to=tuple(draw(st.lists(people, max_size=3))),
        subject=draw(words),
        thread_id=draw(st.sampled_from(["", "t1", "t2", "t3"])),
        sent_at=draw(ages),
        flags=frozenset(draw(st.sets(st.sampled_from(["seen", "answered", "flagged"])))),
        bulk=Bulk(
            draw(st.sampled_from(["", "<x.example>", "<"])),
            draw(st.sampled_from(["", "list", "bulk"])),
            unsubscribe=draw(st.booleans()),
        ),
    )
    span = Span(text, draw(st.sampled_from([-1, 0, 5])))
    verdict = Verdict(
        draw(st.sampled_from(Category)),
        draw(st.floats(0, 1)),
        tuple(draw(st.lists(words, max_size=2))),
        requests=(Request(span, text, draw(st.booleans()), draw(whens)),) if draw(st.booleans()) else (),
        commitments=(Commitment(span, text, message.sender.email, message.sender == MARA, draw(whens)),)
        if draw(st.booleans())
        else (),
        phishing=draw(st.integers(0, 9)) == 0,
        private=draw(st.booleans()),
        priority=draw(st.sampled_from(["", "urgent", "high", "low", "odd"])),
    )
    return Judged(message, verdict)


@settings(max_examples=80)
@given(st.lists(mails(), max_size=12), words, people)
def test_any_words_make_a_morning(some, text, author):
    posts = (Post("p1", SEVEN - timedelta(hours=1), author, text),)
    world = a_world(
        *some,
        an_event(title=text),
        a_task(title=text, due_on=TODAY),
        a_contact(name=text, company=text, emails=("a@x.example",)),
        a_thread(posts=posts, channel=text, direct=True),
        priorities=(text,),
    )
    briefing = brief(world, measure=render.words)
    said = [briefing.title, briefing.subject, briefing.bottom_line, *(f.text for f in briefing.facts())]
    assert not any(c in line for line in said for c in "\n\r\x00\u202e\u2028")
    assert render.words(briefing) <= 450
    assert len({f.key for f in briefing.facts()}) == len(briefing.facts())
