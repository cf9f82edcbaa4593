"""Stories of threads: each line a message, "me:" or "them:", a day apart, judged as they come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.items import Attachment, Bulk, Provenance
from service.domain.verdicts import Judged
from service.triage import Triage
from service.triage.threads import Standing, State, standing
from tests.builders import DANA, MARA, NOON, a_message, a_person

DAY = timedelta(days=1)


def told(story: str) -> list[Judged]:
    triage = Triage(a_person())
    judged = []
    for number, line in enumerate(filter(None, map(str.strip, story.splitlines()))):
        who, _, text = line.partition(": ")
        mine = who == "me"
        message = a_message(
            id=f"m{number}",
            sender=MARA if mine else DANA,
            to=(DANA,) if mine else (MARA,),
            provenance=Provenance.OWN if mine else Provenance.OUTSIDE,
            subject="The lease" if number == 0 else "Re: The lease",
            text=text.replace(" / ", "\n\n"),
            sent_at=NOON + number * DAY,
            bulk=Bulk(auto_submitted="auto-replied") if who == "auto" else Bulk(),
        )
        judged.append(Judged(message, triage.judge(message)))
    return judged


def after(story: str) -> Standing:
    return standing(told(story))


STORIES = [
    ("them: Could you send me the contract?", State.ON_ME, 0),
    ("them: Could you send me the contract?\nthem: Any news on this? Can you send it today?", State.ON_ME, 0),
    ("them: Could you send me the contract?\nme: Here it is, as promised.", State.DONE, 1),
    ("them: Could you send me the contract?\nme: I'll send it on Friday.", State.ON_ME, 1),
    ("them: Could you send me the contract?\nme: I'll send it tomorrow.\nme: The contract is attached.", State.DONE, 2),
    ("them: Could you send me the contract?\nme: I'll send it tomorrow.\nthem: Thanks, I have received it.", State.DONE, 2),
    ("them: Could you send me the contract?\nthem: No need to any more, I found it.", State.DONE, 1),
    ("me: Could you send me the contract?", State.ON_THEM, 0),
    ("me: Could you send me the contract?\nauto: I am out of office until Monday.", State.ON_THEM, 0),
    ("me: Could you send me the contract?\nthem: I'll send it tomorrow.", State.ON_THEM, 1),
    ("me: Could you send me the contract?\nthem: The contract is attached.", State.DONE, 1),
    ("me: Could you send me the contract?\nthem: Which version do you need?", State.ON_ME, 1),
    (
        "me: Could you send me the contract?\nthem: Which version do you need?\nme: The second one, can you send it by Friday?",
        State.ON_THEM,
        2,
    ),
    ("me: Could you send me the contract?\nme: Never mind, I found it.", State.DONE, 1),
    ("them: The office is closed on Monday.", State.FOR_INFORMATION, 0),
    ("them: The office is closed on Monday. / Let me know if you have any questions.", State.FOR_INFORMATION, 0),
    ("me: The office is closed on Monday.\nthem: Good to know.", State.FOR_INFORMATION, 1),
    ("them: Kannst du mir den Vertrag schicken?", State.ON_ME, 0),
    ("them: Kannst du mir den Vertrag schicken?\nme: Ich schicke ihn dir morgen.", State.ON_ME, 1),
    ("them: Kannst du mir den Vertrag schicken?\nme: Der Vertrag ist im Anhang.", State.DONE, 1),
    ("me: Pourriez-vous m'envoyer le contrat ?", State.ON_THEM, 0),
    ("me: Pourriez-vous m'envoyer le contrat ?\nthem: Je vous l'envoie demain.", State.ON_THEM, 1),
    ("them: ¿Puedes enviarme el contrato?\nme: Te lo mando mañana.", State.ON_ME, 1),
    ("me: ¿Puedes enviarme el contrato?\nthem: Adjunto el contrato.", State.DONE, 1),
]


@pytest.mark.parametrize(("story", "state", "day"), STORIES, ids=range(len(STORIES)))
def test_whose_turn_it_is_and_since_when(story: str, state: State, day: int) -> None:
    found = after(story)
    assert (found.state, found.since) == (state, NOON + day * DAY)


def test_what_waits_is_quoted_exactly() -> None:
    found = after("them: Hello Mara, / could you send me the contract by Friday?\nthem: When does the lease end?")
    assert [o.what.span.text for o in found.on_me] == ["could you send me the contract by Friday?", "When does the lease end?"]
    assert all(o.message.text[o.what.span.offset :].startswith(o.what.span.text) for o in found.on_me)
    assert len(found.questions) == 2


def test_a_decision_stays_with_its_message() -> None:
    found = after("me: Which offer do we take?\nthem: We decided to go with the second offer.")
    assert [(m.id, d.span.text) for m, d in found.decisions] == [("m1", "We decided to go with the second offer.")]


def test_a_document_keeps_a_promise() -> None:
    first, second = told("me: I'll send the contract tomorrow.\nme: Best, Mara")
    with_file = a_message(
        id="m1", sender=MARA, to=(DANA,), provenance=Provenance.OWN, text="Best, Mara", sent_at=NOON + DAY,
        attachments=(Attachment("contract.pdf", "application/pdf", 90_000),),
    )  # fmt: skip
    assert standing([first, second]).state is State.ON_ME
    assert standing([first, Judged(with_file, second.verdict)]).state is State.DONE


def test_nothing_written_waits_for_nobody() -> None:
    assert standing(()) == Standing(State.FOR_INFORMATION)


LINES = st.sampled_from(
    [
        "me: I'll do it.",
        "them: Can you do it?",
        "them: Done.",
        "me: Can you do it?",
        "auto: I am away.",
        "them: Thanks, got it.",
        "me: Never mind.",
    ]
)


@given(st.lists(LINES, max_size=9))
def test_any_story_ends_in_one_state_with_its_reasons(lines: list[str]) -> None:
    found = after("\n".join(lines))
    assert bool(found.on_me) == (found.state is State.ON_ME)
    assert found.state is not State.ON_THEM or found.on_them
    assert found.state is not State.DONE or not (found.on_me or found.on_them)
    assert (found.since is None) == all(line.startswith("auto") for line in lines)
