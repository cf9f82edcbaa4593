"""Every error that crosses a wall of the house. Adapters translate into these; the worker alone decides on retries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


class ReveilleError(Exception):
    """What happened, to what, and what to do about it, in one sentence for the person."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with a config file: where it stands, what is wrong and how to mend it."""

    file: str
    line: int | None
    field: str
    problem: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.field}: {self.problem}. {self.fix}"


class ConfigError(ReveilleError):
    """Stops the start: holds every complaint found, not only the first."""

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__("\n".join(str(c) for c in complaints))
        self.complaints = complaints


class ExternalError(ReveilleError):
    """Something outside answered badly, or not at all."""


class Unavailable(ExternalError):
    """It may work later.

    `arrived` says what is known of a delivery that failed so: False, it is known not to have arrived (safe to send
    again); None, nobody can know (the connection broke after the last byte was handed over). `unsent`: nothing of what was asked
    was taken, for nobody was reached, or the server put it off.
    """

    def __init__(
        self, message: str, *, retry_after: timedelta | None = None, arrived: bool | None = False, unsent: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.arrived = arrived
        self.unsent = unsent

    def in_doubt(self) -> Unavailable:
        """For what must not be done twice."""
        self.arrived = False if self.unsent else None
        return self


class AccessLost(ExternalError):
    """Credentials or rights are gone: the account pauses and its owner is told once."""


class Rejected(ExternalError):
    """It will never work as it stands: never retried."""


class StoreUnusable(ReveilleError):
    """The store can't be used as it is: damaged, or of a newer version. Trying again helps nothing."""


class BudgetExceeded(ReveilleError):
    """A limit of cost or tokens is used up: a cheaper brain serves, and says so."""


class NotAllowed(ReveilleError):
    """An action without its approval."""


class FenceLost(ReveilleError):
    """Somebody else took over this occurrence or account; what was about to be written is refused."""


class Erased(FenceLost):
    """Everything of this person was taken away, or is being: nothing is written for them any more."""


_EXTRAS = {
    "google": "google",
    "googleapiclient": "google",
    "google_auth_oauthlib": "google",
    "msal": "microsoft",
    "slack_sdk": "slack",
    "dns": "caldav",
}
"""Package → the extra that brings it."""


def not_installed(error: BaseException) -> Unavailable | None:
    """What a missing package of a connection means to the person; None where the error is another."""
    extra = _EXTRAS.get((error.name or "").partition(".")[0]) if isinstance(error, ModuleNotFoundError) else None
    if extra is None:
        return None
    return Unavailable(
        f"{extra} needs packages that are not installed: run `make extras EXTRAS={extra}` where you typed `make run`,"
        f" or pip install 'reveille[{extra}]'"
    )
