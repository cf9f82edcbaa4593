"""Dovecot with a configuration of its own: mailboxes are maildirs below its folder, which a test may write to as it likes."""

from __future__ import annotations

import grp
import imaplib
import itertools
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.services.process import Server, free_port, program

PACKAGE = "dovecot-imapd"
USERS = 2000
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = /dev/stderr
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
auth_failure_delay = 0
auth_verbose = no
disable_plaintext_auth = no
{ssl}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Trash {{
    auto = create
    special_use = \\Trash
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
SSL = "ssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\nssl_dh ="


@dataclass(frozen=True, slots=True)
class MailUser:
    name: str
    password: str
    maildir: Path


class Dovecot(Server):
    """Plain and STARTTLS on `port`, TLS on `tls_port` with a certificate for localhost that nobody trusts (`certificate`)."""

    name = "dovecot"

    def __init__(self) -> None:
        super().__init__()
        self.tls_port = free_port()
        self.certificate = self.folder / "cert.pem"
        self._count = itertools.count(1)
        self._passwords = [secrets.token_hex(8) for _ in range(USERS)]
        self._root = os.geteuid() == 0
        self._owner = pwd.getpwnam("nobody") if self._root else pwd.getpwuid(os.geteuid())  # it refuses to read mail as root
        self.folder.chmod(0o755)

    def find(self) -> str:
        return program("dovecot", PACKAGE)

    def command(self) -> list[str]:
        return [self.executable, "-F", "-c", str(self.folder / "dovecot.conf")]

    def start(self) -> None:
        if not self.certificate.exists():
            self._configure()
        super().start()

    def answers(self) -> bool:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=2)
        client.logout()
        return True

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    def new_user(self) -> MailUser:
        """With an empty mailbox."""
        number = next(self._count)
        if number > len(self._passwords):
            raise RuntimeError("Dovecot looks for new users once a second: make more of them at the start")
        name = f"mara{number}@keller.example"
        home = self.folder / "mail" / name
        self._own(home)
        return MailUser(name, self._passwords[number - 1], home / "Maildir")

    def drop_user(self, user: MailUser) -> None:
        shutil.rmtree(user.maildir.parent, ignore_errors=True)

    def folder_of(self, user: MailUser, name: str = "") -> Path:
        """The maildir of a folder (Maildir++), made where it is missing."""
        folder = user.maildir / f".{name.replace('/', '.')}" if name else user.maildir
        for part in ("cur", "new", "tmp"):
            self._own(folder / part)
        return folder

    def _own(self, path: Path) -> None:
        missing = [p for p in (path, *path.parents) if not p.exists()]
        path.mkdir(parents=True, exist_ok=True)
        if self._root:
            for made in missing:
                os.chown(made, self._owner.pw_uid, self._owner.pw_gid)

    def _configure(self) -> None:
        openssl = program("openssl", "openssl")
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        keys = ["-keyout", str(self.folder / "key.pem"), "-out", str(self.certificate)]
        made = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
        subprocess.run([*made, *names, *keys], check=True, capture_output=True)
        me = self._owner.pw_name
        (self.folder / "run").mkdir(exist_ok=True)
        self._write("users", "".join(f"mara{n}@keller.example:{{PLAIN}}{p}\n" for n, p in enumerate(self._passwords, 1)))
        config = CONFIG.format(
            folder=self.folder,
            port=self.port,
            tls_port=self.tls_port,
            internal="dovecot" if self._root else me,
            internal_group="dovecot" if self._root else grp.getgrgid(self._owner.pw_gid).gr_name,
            login="dovenull" if self._root else me,
            uid=self._owner.pw_uid,
            gid=self._owner.pw_gid,
            ssl=SSL.format(folder=self.folder),
        )
        self._write("dovecot.conf", config)

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
