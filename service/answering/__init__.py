"""Answers that need no model: a template says them, and only where it says the truth."""

from service.answering.answers import answer, named

__all__ = ["answer", "named"]
