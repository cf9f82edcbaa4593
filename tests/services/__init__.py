"""Real servers for tests and benches: PostgreSQL, Redis, RabbitMQ, S3, IMAP and vendors played by emulate: private, on loopback, gone when we are.

`python -m tests.services` starts them by hand and prints their URLs.
"""

from tests.services.dovecot import Dovecot
from tests.services.emulate import Emulate
from tests.services.postgres import Postgres
from tests.services.process import Absent, Server
from tests.services.rabbit import Rabbit
from tests.services.redis import Redis
from tests.services.s3 import S3

__all__ = ["S3", "Absent", "Dovecot", "Emulate", "Postgres", "Rabbit", "Redis", "Server"]
