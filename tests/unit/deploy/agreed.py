"""What deploy/ and the service must agree on: settings and queues, by the names that the service has for them."""

from __future__ import annotations

from service.queues import QUEUES
from service.settings.server import Server

SETTINGS = {f"REVEILLE_{name.upper()}" for name in Server.model_fields}

__all__ = ["QUEUES", "SETTINGS"]
