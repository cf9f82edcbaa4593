"""Reading messages as a person does."""

from service.mail.message import read_message

__all__ = ["read_message"]
