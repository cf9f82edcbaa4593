"""An object store as the place of artefacts: `s3://bucket/prefix`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from service.settings.section import wrong

SCHEME = "s3://"
_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*(\.\.|\.-|-\.))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
_PREFIX = re.compile(r"(?!\.{1,2}(/|$))[\w!.*'()-]+(/(?!\.{1,2}(/|$))[\w!.*'()-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Objects:
    """What every object's name begins with is `prefix` and a slash, where there is one."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    """The URL of an S3-compatible server; "" is Amazon's."""
    patience: timedelta = timedelta(seconds=30)
    """How long one file may take, there or back."""

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}" + (f"/{self.prefix}" if self.prefix else "")


def parse(url: str) -> Objects:
    """Raises what a validator raises. What is wrong is not repeated: it may hold a password."""
    bucket, _, prefix = url.removeprefix(SCHEME).rstrip("/").partition("/")
    if "@" in bucket or ":" in bucket:
        raise wrong(
            "the URL holds more than a bucket and a prefix",
            "Write s3://bucket/prefix; credentials go into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
            " a server's address into REVEILLE_S3_ENDPOINT",
        )
    if not _BUCKET.fullmatch(bucket):
        raise wrong(
            "this is no bucket's name",
            "Write s3://bucket/prefix; a bucket has 3 to 63 small letters, digits, dots and hyphens",
        )
    if prefix and not _PREFIX.fullmatch(prefix):
        raise wrong("this is no prefix", "Write s3://bucket/prefix with letters, digits, slashes and any of !-_.*'()")
    return Objects(bucket, prefix)
