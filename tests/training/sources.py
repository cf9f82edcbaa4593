"""What the classifiers are trained on, by name, address and SHA-256: other bytes are refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.corpus import CORPUS
from tests.training.written import FOLDER


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    address: str
    licence: str
    files: tuple[Path, ...]
    sha256: str  # of the files one after another

    def check(self) -> None:
        """Raises ValueError where a file is missing or not the one the weights were made from."""
        missing = [f for f in self.files if not f.exists()]
        if missing:
            raise ValueError(f"{missing[0]} is missing: set REVEILLE_CORPUS to the folder that holds the public data")
        found = digest(self.files)
        if found != self.sha256:
            raise ValueError(f"{self.name} is not the data named in {__name__}: its SHA-256 is {found}")

    @property
    def named(self) -> dict[str, str]:
        return {"name": self.name, "address": self.address, "licence": self.licence, "sha256": self.sha256}


def digest(files: Iterable[Path]) -> str:
    return sha256(b"".join(f.read_bytes() for f in files)).hexdigest()


TRIAGE_MAIL = Source(
    "triage_mail",
    "https://github.com/amd/gaia",
    "MIT",
    (CORPUS / "triage_mail" / "mails.jsonl",),
    "ec1f93aac0100c0112a8005d443c8e203f4e6fb7d3008364f3548fb3e45b7dac",
)
SPAMASSASSIN = Source(
    "spamassassin",
    "https://spamassassin.apache.org/old/publiccorpus/",
    "public corpus",
    (CORPUS / "spamassassin" / "labels.jsonl", CORPUS / "spamassassin" / "mails.tar.xz"),
    "44d235f1ba8cb29c5f56eeb3917560b8f0400cbdba95c51e17e1e0428e41f647",
)
WRITTEN = Source(
    "written",
    "tests/training/mails",
    "Apache-2.0",
    tuple(sorted(FOLDER.rglob("*.txt"))),
    "029bcee87b94a1ac2defbd55073bc79b4dd755dd8582c65db9e662441ecbaeed",
)
