"""A Tuesday at seven in Zurich, with short ways to say who wrote what."""

from datetime import UTC, date, datetime, timedelta

from service.briefing.morning import compose
from service.domain.sync import Account, Health
from service.domain.verdicts import Category, Commitment, Request, Span, When
from tests.builders import DANA, MARA, a_message, a_person, a_verdict, judged
from tests.world import World

SEVEN = datetime(2026, 5, 12, 5, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 5, 12)
ASKS = "Could you send me the signed term sheet?"


def an_account(**fields):
    return Account(**{"person": "mara", "name": "mail", "kind": "maildir", "health": Health.OK, "read_at": SEVEN} | fields)


def a_world(*things, **person):
    return World(a_person(**person)).with_(an_account(), *things)


def due(on=None, at=None):
    return When("said", on, at) if on or at else None


def an_ask(text=ASKS, *, on=None, at=None, verdict=None, **fields):
    """Somebody asks the person something, 13 hours before."""
    request = Request(Span(text, 0), text, due=due(on, at), question=text.endswith("?"))
    message = a_message(**{"text": text, "subject": "", "sent_at": SEVEN - 13 * HOUR} | fields)
    return judged(message, a_verdict(requests=(request,), **verdict or {}))


def a_question(text="Could you share the budget?", *, on=None, **fields):
    """The person asks somebody something, four days before."""
    request = Request(Span(text, 0), text, of_me=False, due=due(on))
    message = a_message(**{"text": text, "subject": "", "sender": MARA, "to": (DANA,), "sent_at": SEVEN - 4 * DAY} | fields)
    return judged(message, a_verdict(category=Category.FYI, requests=(request,)))


def a_promise(text="I will send the deck by then.", *, on=None, at=None, **fields):
    """Dana's promise, or the person's where they are the sender."""
    message = a_message(**{"text": text, "subject": "", "sent_at": SEVEN - 3 * DAY} | fields)
    said = Commitment(Span(text, 0), text, message.sender.email, message.sender == MARA, due(on, at))
    return judged(message, a_verdict(category=Category.FYI, urgency=0.2, commitments=(said,)))


def an_fyi(text="For your information.", *, verdict=None, **fields):
    message = a_message(**{"text": text, "sent_at": SEVEN - 5 * HOUR} | fields)
    return judged(message, a_verdict(**{"category": Category.FYI, "urgency": 0.1, "reasons": ()} | (verdict or {})))


def brief(world, as_of=SEVEN, due_at=None, rules=(), **options):
    return compose(world.person, world, rules, due_at or as_of, as_of, **options)


def texts(briefing, section):
    return [f.text for f in briefing.section(section)]


def answer(one, text="Here it is.", **fields):
    """The person's reply to a message, an hour after it."""
    message = one.message
    reply = {"sender": MARA, "to": (message.sender,), "thread_id": message.thread_id, "in_reply_to": message.message_id}
    return judged(
        a_message(**reply | {"text": text, "sent_at": message.sent_at + HOUR, "subject": f"Re: {message.subject}"} | fields)
    )
