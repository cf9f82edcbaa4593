"""How documents lie in `sealed` columns: JSON, deflated where it pays, encrypted where a key is configured."""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Hashable, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from service.errors import Complaint, ConfigError

T = TypeVar("T")
PLAIN, DEFLATED, ENCRYPTED = b"j", b"z", b"f"
WORTH_DEFLATING = 600  # bytes; below it zlib costs more than it saves


@cache
def _adapter(shape: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("type", shape))


class Codec:
    """`keys` are Fernet keys, the newest first; with none, nothing is encrypted. The first byte says what was done."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._fernet = None
        self._index_key = b""
        if keys:
            from cryptography.fernet import Fernet, MultiFernet

            try:
                self._fernet = MultiFernet([Fernet(key) for key in keys])
                self._newest = Fernet(keys[0])
            except ValueError as error:
                raise ConfigError(
                    Complaint("server settings", None, "key", "is not a Fernet key", "Make one with `reveille keys new`.")
                ) from error
            self._index_key = hashlib.sha256(b"reveille index " + keys[-1].encode()).digest()

    @property
    def encrypts(self) -> bool:
        return self._fernet is not None

    def pack(self, value: object) -> bytes:
        return self.seal(_adapter(cast("Hashable", type(value))).dump_json(value))

    def unpack(self, data: bytes, shape: type[T]) -> T:
        return cast("T", _adapter(cast("Hashable", shape)).validate_json(self.open(data)))

    def seal(self, data: bytes) -> bytes:
        tagged = DEFLATED + zlib.compress(data, 1) if len(data) > WORTH_DEFLATING else PLAIN + data
        return ENCRYPTED + self._fernet.encrypt(tagged) if self._fernet else tagged

    def open(self, data: bytes) -> bytes:
        if data[:1] == ENCRYPTED:
            data = self._decrypt(data[1:])
        return zlib.decompress(data[1:]) if data[:1] == DEFLATED else data[1:]

    def resealed(self, data: bytes) -> bytes | None:
        """The same under the newest key; None where it is already, or lies in the clear. Raises ConfigError where no key opens it."""
        from cryptography.fernet import InvalidToken

        if data[:1] != ENCRYPTED or self._fernet is None:
            return None
        try:
            self._newest.decrypt(data[1:])
        except InvalidToken:
            return ENCRYPTED + self._newest.encrypt(self._decrypt(data[1:]))
        return None

    def term(self, word: str) -> str:
        """What a word is called in the index: itself, or a keyed hash of it, so that the index tells nothing without the key."""
        if not self._index_key:
            return word[:200]
        return hmac.digest(self._index_key, word.encode(), "sha256")[:12].hex()

    def _decrypt(self, token: bytes) -> bytes:
        from cryptography.fernet import InvalidToken

        if self._fernet is None:
            raise ConfigError(_KEY_MISSING)
        try:
            return self._fernet.decrypt(token)
        except InvalidToken as error:
            raise ConfigError(_KEY_WRONG) from error


_KEY_MISSING = Complaint(
    "server settings",
    None,
    "key",
    "the store is encrypted and no key is configured",
    "Set REVEILLE_KEY or REVEILLE_KEY_FILE to its key.",
)
_KEY_WRONG = Complaint(
    "server settings", None, "key", "does not open this store", "Configure the key it was made with, or an empty data folder."
)
