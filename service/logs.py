"""Structured logs: one line an event, ids and counts, never a body, a subject or a secret."""

from __future__ import annotations

import logging
import sys
from contextlib import AbstractContextManager
from typing import cast

import structlog


def configure(*, level: str = "info", as_json: bool = False) -> None:
    """Logs go to standard error, so that standard output stays what a command answers."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def about(**ids: str) -> AbstractContextManager[None]:
    """Every line that is logged in here, by whomever, carries these: one id leads from a cadence to its deliveries."""
    return structlog.contextvars.bound_contextvars(**ids)


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger(component=name))
