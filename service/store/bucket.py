"""Artefacts in a bucket of Amazon S3 or of a server that speaks its protocol. Credentials and region come from the AWS_* variables."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service.errors import Complaint, ConfigError, Unavailable
from service.settings.objects import Objects
from service.store.artefacts import laid
from service.store.codec import Codec

if TYPE_CHECKING:
    from minio import Minio
    from minio.credentials.providers import Provider
    from urllib3 import PoolManager

AMAZON, REGION = "https://s3.amazonaws.com", "us-east-1"
CONNECT = 5.0  # seconds at most
TRIES = 2
"""All that is asked of it may be asked twice."""
CHUNK = 1 << 16
PART = 5 << 20
"""What fits into one is put in one request (S3 allows 5 GB), and so is seen whole or not at all."""
_MISSING = "NoSuchKey"
_FIXES = {
    "NoSuchBucket": "there is no such bucket. Make it, or correct REVEILLE_ARTEFACTS",
    "InvalidAccessKeyId": "it does not know the access key. Check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "the secret key does not fit the access key. Check AWS_SECRET_ACCESS_KEY",
    "AccessDenied": "these credentials may not do that. Allow them s3:ListBucket on the bucket, and s3:PutObject, s3:GetObject and s3:DeleteObject in it",
    "ExpiredToken": "the credentials have expired. Renew AWS_SESSION_TOKEN and what goes with it",
    "InvalidToken": "the session token is wrong. Check AWS_SESSION_TOKEN",
    "AuthorizationHeaderMalformed": "the bucket is in another region. Set AWS_REGION to it",
    "PermanentRedirect": "the bucket is in another region. Set AWS_REGION to it",
    "RequestTimeTooSkewed": "this machine's clock is wrong. Set it",
}


class Bucket:
    """An `ArtefactStore`. Safe to share between threads."""

    def __init__(self, at: Objects, codec: Codec) -> None:
        if find_spec("minio") is None:
            raise _unfit("artefacts", f"{at} needs a package that is not installed", "Run: pip install 'reveille[s3]'")
        self._at, self._codec = at, codec
        self._credentials_there()

    def __str__(self) -> str:
        return str(self._at)

    def put(self, notice: str, name: str, data: bytes) -> str:
        path = laid(notice, name)
        self.put_sealed(path, self._codec.seal(data))
        return path

    def put_sealed(self, path: str, data: bytes) -> None:
        with self._translated("store", path):
            size = max(len(data), PART)
            self._client.put_object(self._at.bucket, self._name(path), io.BytesIO(data), len(data), part_size=size)

    def sealed(self, path: str) -> bytes | None:
        from minio.error import S3Error

        with self._translated("read", path):
            try:
                return self._read(path)
            except S3Error as error:
                if error.code == _MISSING:
                    return None
                raise

    def get(self, path: str) -> bytes:
        data = self.sealed(path)
        if data is None:
            raise Unavailable(f"Cannot read the stored file {self._at}/{path}: No such file.")
        return self._codec.open(data)

    def remove(self, path: str) -> None:
        with self._translated("remove", path):
            self._client.remove_object(self._at.bucket, self._name(path))

    def _read(self, path: str) -> bytes:
        """A server that sends a byte now and then is given up, too."""
        until = monotonic() + self._at.patience.total_seconds()
        response = self._client.get_object(self._at.bucket, self._name(path))
        try:
            parts = []
            while part := response.read1(CHUNK):
                parts.append(part)
                if monotonic() > until:
                    raise TimeoutError
            data = b"".join(parts)
            if len(data) != int(response.headers.get("Content-Length", len(data))):
                raise ConnectionResetError
            return data
        finally:
            response.close()
            response.release_conn()

    def _name(self, path: str) -> str:
        return f"{self._at.prefix}/{path}" if self._at.prefix else path

    # --- how it is reached --------------------------------------------------------------------------------------------------

    @cached_property
    def _client(self) -> Minio:
        from minio import Minio

        place = urlsplit(self._at.endpoint or AMAZON)
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION
        http = self._pool()
        return Minio(
            place.netloc,
            secure=place.scheme == "https",
            region=region,
            credentials=_credentials(http),
            http_client=http,
        )

    def _pool(self) -> PoolManager:
        from urllib3 import PoolManager, Retry, Timeout

        each = self._at.patience.total_seconds() / TRIES
        connect = min(CONNECT, each / 2)
        return PoolManager(
            timeout=Timeout(connect=connect, read=each - connect),
            maxsize=10,
            retries=Retry(
                total=TRIES - 1,
                redirect=False,
                backoff_factor=0,
                status_forcelist=(500, 502, 503, 504),
                raise_on_status=False,
                respect_retry_after_header=False,
            ),
            ca_certs=os.environ.get("AWS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or _certificates(),
        )

    @staticmethod
    def _credentials_there() -> None:
        keys = [name for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") if not os.environ.get(name)]
        if keys and not _lent():
            raise _unfit(" and ".join(keys), "no credentials for the bucket", "Set both to a key that may read and write there")

    @contextmanager
    def _translated(self, what: str, path: str) -> Iterator[None]:
        from minio.error import MinioException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (MinioException, HTTPError, OSError, ValueError) as error:
            raise Unavailable(f"Cannot {what} {self._at}/{path}: {self._why(error)}. It is tried again.") from error

    def _why(self, error: Exception) -> str:
        from minio.error import InvalidResponseError, MinioException, S3Error

        if isinstance(error, S3Error):
            return _FIXES.get(error.code or "") or f"it answers {error.code}: {error.message}"
        if isinstance(error, InvalidResponseError):
            return f"what answers there does not speak S3 (status {error._code}). Check REVEILLE_S3_ENDPOINT"
        if isinstance(error, MinioException | ValueError):
            return str(error)
        return f"{_words(error)}. Check that {self._at.endpoint or AMAZON} is up and reached from here"


def _lent() -> bool:
    """Whether this machine, a pod say, is lent credentials that change."""
    return any(
        os.environ.get(name)
        for name in (
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        )
    )


def _credentials(http: PoolManager) -> Provider:
    from minio.credentials.providers import EnvAWSProvider, IamAwsProvider

    return EnvAWSProvider() if os.environ.get("AWS_ACCESS_KEY_ID") else IamAwsProvider(http_client=http)


def _certificates() -> str:
    import certifi

    return certifi.where()


def _words(error: BaseException) -> str:
    from urllib3.exceptions import (
        ConnectTimeoutError,
        MaxRetryError,
        NameResolutionError,
        NewConnectionError,
        ReadTimeoutError,
        SSLError,
    )

    reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(reason, NameResolutionError):
        return "its name leads nowhere"
    if isinstance(reason, NewConnectionError):  # which urllib3 counts among the time-outs
        return "nobody answers"
    if isinstance(reason, ConnectTimeoutError | ReadTimeoutError | TimeoutError):
        return "no answer in time"
    if isinstance(reason, SSLError):
        return f"its certificate is not accepted ({reason}); AWS_CA_BUNDLE names a file with other authorities"
    return f"the connection broke ({type(reason).__name__})"


def _unfit(field: str, problem: str, fix: str) -> ConfigError:
    return ConfigError(Complaint("server settings", None, field, problem, fix))
