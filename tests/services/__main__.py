"""Servers to try things on, until Ctrl-C: `python -m tests.services [--rabbit] [--s3] [--imap] [--durable]`."""

from __future__ import annotations

import argparse
import contextlib
import signal

from tests.services import S3, Absent, Dovecot, Postgres, Rabbit, Redis


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.services", description=__doc__)
    options.add_argument("--rabbit", action="store_true", help="RabbitMQ too")
    options.add_argument("--s3", action="store_true", help="an S3 server too")
    options.add_argument("--imap", action="store_true", help="an IMAP server with an empty mailbox too")
    options.add_argument("--durable", action="store_true", help="PostgreSQL as it runs in earnest, for figures")
    chosen = options.parse_args()
    with contextlib.ExitStack() as started:
        try:
            postgres = started.enter_context(Postgres(durable=chosen.durable))
            print(f"REVEILLE_DATABASE={postgres.new_database()}", flush=True)
            print(f"REVEILLE_QUEUE={started.enter_context(Redis()).url}", flush=True)
            if chosen.rabbit:
                print(f"REVEILLE_QUEUE={started.enter_context(Rabbit()).url}   # instead of Redis", flush=True)
            if chosen.s3:
                s3 = started.enter_context(S3())
                named = {
                    "REVEILLE_S3_ENDPOINT": s3.url,
                    **s3.credentials(),
                    "REVEILLE_ARTEFACTS": f"s3://{s3.new_bucket()}/artefacts",
                }
                print("\n".join(f"{name}={value}" for name, value in named.items()), flush=True)
            if chosen.imap:
                dovecot = started.enter_context(Dovecot())
                user = dovecot.new_user()
                print(
                    f"# imap: host 127.0.0.1, port {dovecot.port}, tls none, user {user.name}, mail in {user.maildir}", flush=True
                )
                print(f"MAIL_PASSWORD={user.password}", flush=True)
        except Absent as absent:
            raise SystemExit(str(absent)) from None
        print("# Ctrl-C ends them, and what they hold.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            signal.pause()


if __name__ == "__main__":
    main()
