"""The in-memory world keeps the contract that the store keeps."""

import pytest

from tests.integration.items_contract import *  # noqa: F403
from tests.world import World


@pytest.fixture
def items_factory():
    def make(person, judged_messages=(), events=(), threads=(), contacts=(), deals=(), notes=(), tasks=()):
        return World(person).with_(*judged_messages, *events, *threads, *contacts, *deals, *notes, *tasks)

    return make
