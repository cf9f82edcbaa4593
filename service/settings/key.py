"""Where the store's key is kept, if not in a variable: a file that nobody else may read, or the keyring of the operating system."""

from __future__ import annotations

import os
import stat
from pathlib import Path

LENGTH = 16  # characters; `reveille init` and the docs make longer ones
MAKE = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
_INSTALL = "Run `make extras EXTRAS=keyring` where you typed `make run`, or pip install 'reveille[keyring]'"


class Unfit(Exception):
    """No key from there: the problem and what mends it, in words."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.problem, self.fix = problem, fix


def from_file(path: Path) -> str:
    """Raises Unfit."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())  # of what is read, not of what had the name before
            text = file.read(4096).decode("utf-8").strip()
    except (OSError, ValueError) as error:
        raise Unfit(
            f"{path} can't be read: {getattr(error, 'strerror', None) or 'not a line of text'}", "Check the path and its rights"
        ) from error
    if not closed(status.st_mode, status.st_uid, os.geteuid()):
        raise Unfit(f"{path} can be read by others (mode {stat.S_IMODE(status.st_mode):o})", f"Run: chmod 600 {path}")
    return _long_enough(text, str(path))


def from_ring(entry: str) -> str:
    """`entry` is SERVICE/NAME. Raises Unfit."""
    service, _, name = entry.partition("/")
    try:
        import keyring
        import keyring.errors
    except ModuleNotFoundError as error:
        raise Unfit("the package keyring is not installed", _INSTALL) from error
    try:
        found = keyring.get_password(service, name)
    except keyring.errors.KeyringError as error:
        raise Unfit(
            f"the keyring does not answer: {error or type(error).__name__}", "Unlock it, or keep the key in a file (key_file)"
        ) from error
    if found is None:
        raise Unfit(f"the keyring has no {entry}", f"Put one there: reveille keys new --ring {entry}")
    return _long_enough(found.strip(), entry)


def into_ring(entry: str, key: str) -> None:
    """Raises Unfit; also where there is one already, which may be what the store is sealed with."""
    service, _, name = entry.partition("/")
    try:
        from_ring(entry)
    except Unfit as error:
        if "has no" not in error.problem:
            raise
    else:
        raise Unfit(
            f"the keyring has {entry} already, and the store may be sealed with it", "Choose another name, or remove that one"
        )
    import keyring
    import keyring.errors

    try:
        keyring.set_password(service, name, key)
    except keyring.errors.KeyringError as error:
        raise Unfit(f"the keyring does not take it: {error or type(error).__name__}", "Unlock it") from error


def closed(mode: int, owner: int, us: int) -> bool:
    """Whether a file with these rights is a secret. What root hands to our group is (systemd's credentials, Kubernetes' volumes);
    others may never read it, and of our own file nobody may.
    """
    return not mode & (0o037 if owner == 0 != us else 0o077)


def _long_enough(text: str, where: str) -> str:
    if len(text) < LENGTH:
        raise Unfit(f"the key in {where} is too short", MAKE)
    return text
