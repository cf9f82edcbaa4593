"""The path that a config names: is it there, may it be read, is it what the source takes."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from service.errors import AccessLost, ExternalError, Unavailable
from service.ports import Check


def translate(error: OSError, path: Path) -> ExternalError:
    """A file system's error in words: what, where, and what to do about it."""
    if isinstance(error, PermissionError):
        return AccessLost(f"{path} may not be read: give this user the right to read it, or correct `path`")
    if isinstance(error, FileNotFoundError):
        return Unavailable(f"{path} is not there: mount or create it, or correct `path`")
    if error.errno in {errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR}:
        return Unavailable(f"{path} does not lead anywhere ({error.strerror}): correct `path`")
    return Unavailable(f"{path} can't be read ({error.strerror or error}): check the disk or the network share")


def kind_of(path: Path) -> str:
    """Whether it is a "folder" or a "file"; anything else is refused. Raises Unavailable or AccessLost."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise translate(error, path) from error
    except ValueError as error:  # a NUL in the name
        raise Unavailable(f"{str(path)!r} is no path: correct `path`") from error
    if stat.S_ISDIR(mode):
        if not os.access(path, os.R_OK | os.X_OK):
            raise AccessLost(f"{path} may not be listed: give this user the right to read it, or correct `path`")
        return "folder"
    if stat.S_ISREG(mode):
        if not os.access(path, os.R_OK):
            raise AccessLost(f"{path} may not be read: give this user the right to read it, or correct `path`")
        return "file"
    raise Unavailable(f"{path} is neither a file nor a folder: correct `path`")


def need_folder(path: Path, what: str) -> Path:
    """`what` names the folder that is meant: "a maildir"."""
    if kind_of(path) != "folder":
        raise Unavailable(f"{path} is a file where {what} should be: give the folder's path")
    return path


def need_file(path: Path, what: str) -> Path:
    if kind_of(path) != "file":
        raise Unavailable(f"{path} is a folder where {what} should be: give the file's path")
    return path


def many(number: int, thing: str) -> str:
    """As "1 file" and "2,300 files"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def sound(says: str) -> Check:
    return Check(ok=True, says=says)


def unsound(error: ExternalError) -> Check:
    says, _, fix = str(error).partition(": ")
    return Check(ok=False, says=says, fix=fix)


def uri(path: Path) -> str:
    """A link that opens the file."""
    return path.absolute().as_uri()
