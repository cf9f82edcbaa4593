from __future__ import annotations

import logging

import pytest

from service.queues import application


def test_the_embedded_queue_starts_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    app = application("embedded", "reveille-test")
    with caplog.at_level(logging.WARNING), app.connection() as connection:
        connection.connect()
    assert not caplog.records
