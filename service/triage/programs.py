"""What a program answered to the person's own mail: a failure worth knowing, or a word that nothing need be done about."""

from __future__ import annotations

from service.domain.items import Message
from service.domain.mailing import Automatic

_SAID = {
    Automatic.BOUNCE: (0.4, "your mail could not be delivered"),
    Automatic.DELAY: (0.25, "your mail has not been delivered yet"),
    Automatic.DELIVERED: (0.05, "says that your mail was delivered"),
    Automatic.READ: (0.05, "says that your mail was shown"),
    Automatic.REPLY: (0.1, "an automatic reply"),
}


def answer(message: Message) -> tuple[float, str] | None:
    """How urgent it is and why; None where a person wrote, or nothing tells."""
    if message.automatic is Automatic.NONE:
        return None
    urgency, words = _SAID[message.automatic]
    failed = [d.email for d in message.report.deliveries if d.email] if message.report else []
    if failed and message.automatic in (Automatic.BOUNCE, Automatic.DELAY):
        words = words.replace("your mail", f"your mail to {failed[0]}" + (f" and {len(failed) - 1} more" if failed[1:] else ""))
    return urgency, words
