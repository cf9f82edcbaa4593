"""Real servers for tests and benches: PostgreSQL, Redis, RabbitMQ, S3, Dovecot, Radicale, and vendors played by emulate.

They are private, on loopback, and gone when we are. `python -m tests.services` starts them by hand and prints their URLs.
"""

from tests.services.dovecot import Dovecot
from tests.services.emulate import Emulate
from tests.services.postgres import Postgres
from tests.services.process import Absent, Server
from tests.services.rabbit import Rabbit
from tests.services.radicale import Radicale
from tests.services.redis import Redis
from tests.services.s3 import S3

__all__ = ["S3", "Absent", "Dovecot", "Emulate", "Postgres", "Rabbit", "Radicale", "Redis", "Server"]
