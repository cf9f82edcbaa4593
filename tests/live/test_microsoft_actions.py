"""What may be done in a mailbox, on the fake Graph: each with its receipt, and taken back again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.errors import AccessLost, Rejected
from service.http import Fixed
from service.integrations.microsoft import actions
from service.integrations.microsoft.actions import NewEvent
from service.integrations.microsoft.graph import Graph
from tests.builders import NOON
from tests.live.fakes.graph import FakeGraph
from tests.live.test_outlook import arrived, mime

ALL = frozenset({"Mail.ReadWrite", "Mail.Send", "Calendars.ReadWrite"})


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeGraph]:
    with FakeGraph() as fake:
        fake.tokens["t"] = ALL
        yield fake


@pytest.fixture
def graph(fake: FakeGraph) -> Iterator[Graph]:
    graph = Graph(fake.base, "/me", lambda: NOON, Fixed({"Authorization": "Bearer t"}), needs="Mail.ReadWrite")
    yield graph
    graph.close()


def test_a_draft_lies_in_drafts_until_it_is_taken_back(fake: FakeGraph, graph: Graph) -> None:
    receipt = actions.create_draft(graph, mime(1)())
    draft = fake.mail.mails[receipt.id]
    assert (draft.mime(), draft.folder.well_known, draft.draft) == (mime(1)(), "drafts", True)
    assert receipt.url.startswith("https://")
    actions.undo(graph, receipt)
    assert draft.folder.well_known == "deleteditems"


def test_a_draft_is_sent_once(fake: FakeGraph, graph: Graph) -> None:
    draft = actions.create_draft(graph, mime(1)())
    sent = actions.send_draft(graph, draft.id)
    assert (fake.mail.sent, sent.undo) == ([draft.id], None)
    with pytest.raises(Rejected, match="Sent Items"):
        actions.send_draft(graph, draft.id)
    with pytest.raises(Rejected, match="sent meanwhile"):
        actions.undo(graph, draft)
    with pytest.raises(Rejected, match="can't be taken back"):
        actions.undo(graph, sent)
    assert fake.mail.mails[draft.id].folder.well_known == "sentitems"


def test_categories_and_the_flag_are_set_and_set_back(fake: FakeGraph, graph: Graph) -> None:
    mail = fake.mail.add(mime(1), arrived(1), categories=("Blue category",))
    receipt = actions.set_marks(graph, mail.id, add=["Reveille"], flagged=True)
    assert (mail.categories, mail.flagged) == (("Blue category", "Reveille"), True)
    actions.undo(graph, receipt)
    assert (mail.categories, mail.flagged) == (("Blue category",), False)


def test_what_is_not_named_stays(fake: FakeGraph, graph: Graph) -> None:
    mail = fake.mail.add(mime(1), arrived(1), categories=("Blue category",), flagged=True)
    receipt = actions.set_marks(graph, mail.id, remove=["Blue category"])
    assert (mail.categories, mail.flagged, receipt.before) == ((), True, {"categories": ["Blue category"]})


def test_an_event_is_made_once_however_often_it_is_asked_for(fake: FakeGraph, graph: Graph) -> None:
    event = NewEvent(
        "approval-7", "Term sheet", NOON, NOON + timedelta(hours=1), "With Dana", "Room 4", ["dana@atlas.example"], online=True
    )
    receipt = actions.create_event(graph, event, ZoneInfo("Europe/Zurich"))
    assert actions.create_event(graph, event).id == receipt.id
    (made,) = fake.calendars.entries.values()
    assert (made.start, made.end, made.said["location"]) == (NOON, NOON + timedelta(hours=1), {"displayName": "Room 4"})
    actions.undo(graph, receipt)
    actions.undo(graph, receipt)
    assert fake.calendars.entries == {}


def test_without_the_right_nothing_is_done_and_the_right_is_named(fake: FakeGraph, graph: Graph) -> None:
    fake.tokens["t"] = frozenset({"Mail.Read"})
    with pytest.raises(AccessLost, match=r"Mail\.ReadWrite"):
        actions.create_draft(graph, mime(1)())
    assert fake.mail.mails == {}
