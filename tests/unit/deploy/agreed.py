"""What deploy/ and the service must agree on: settings and queues, by the names that the service has for them."""

from __future__ import annotations

from jobs import JOBS
from service.settings.server import Server

QUEUES = (*JOBS, "deliver", "alone")
SETTINGS = {f"REVEILLE_{name.upper()}" for name in (*Server.model_fields, "people", "listen", "stop_within")}
