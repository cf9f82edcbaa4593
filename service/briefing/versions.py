"""A fact's version: a short digest of what it says, so that it returns only when it says something else."""

from __future__ import annotations

import hashlib


def version(*says: object) -> str:
    return hashlib.blake2b("\x1f".join(map(str, says)).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
