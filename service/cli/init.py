from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from service.cli import answers as known
from service.cli.answers import Answers, Smtp

T = TypeVar("T")


def init(
    config: Annotated[Path, typer.Option("--config", "-c", help="The file to write.", dir_okay=False)] = Path("reveille.yaml"),
    name: Annotated[str | None, typer.Option(help="How you are called.")] = None,
    email: Annotated[list[str] | None, typer.Option(help="Your address; may be given several times.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Your time zone, such as Europe/Zurich; the system's if left out.")] = None,
    maildir: Annotated[list[Path] | None, typer.Option(help="A maildir, or a folder of them.", exists=True)] = None,
    mbox: Annotated[list[Path] | None, typer.Option(help="An mbox file, or a folder of them.", exists=True)] = None,
    eml: Annotated[list[Path] | None, typer.Option(help="A folder of .eml files.", exists=True)] = None,
    calendar: Annotated[list[str] | None, typer.Option(help="A calendar: an .ics file, a folder of them, or a URL.")] = None,
    slack_export: Annotated[list[Path] | None, typer.Option(help="An unpacked Slack export.", exists=True)] = None,
    notes: Annotated[list[Path] | None, typer.Option(help="A folder of notes and transcripts.", exists=True)] = None,
    vcards: Annotated[list[Path] | None, typer.Option(help="Contacts as vCards.", exists=True)] = None,
    contacts: Annotated[list[Path] | None, typer.Option(help="Contacts as CSV.", exists=True, dir_okay=False)] = None,
    deals: Annotated[list[Path] | None, typer.Option(help="Deals as CSV.", exists=True, dir_okay=False)] = None,
    tasks: Annotated[list[Path] | None, typer.Option(help="Tasks as CSV.", exists=True, dir_okay=False)] = None,
    smtp_host: Annotated[str | None, typer.Option(help="The server that sends your briefings.")] = None,
    smtp_port: Annotated[int | None, typer.Option(help="Its port, if it is not 587.", min=1, max=65535)] = None,
    smtp_user: Annotated[str | None, typer.Option(help="Whom to sign in as there.")] = None,
    smtp_password_env: Annotated[str, typer.Option(help="The environment variable that holds the password.")] = "SMTP_PASSWORD",  # noqa: S107  # a variable's name
    folder: Annotated[Path | None, typer.Option(help="A folder that briefings are written to.", file_okay=False)] = None,
    morning: Annotated[str | None, typer.Option(help="When the morning briefing comes.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the options, and what can be guessed.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented reveille.yaml from a few questions. Every answer can be left empty, and changed in the file later."""
    if config.exists() and not force:
        raise typer.BadParameter(f"{config} is there already: --force replaces it, --config names another", param_hint="--config")
    ask = _Ask(silent=yes)
    given = [(kind, path) for kind, paths in (("maildir", maildir), ("mbox", mbox), ("eml", eml)) for path in paths or ()]
    tables = [
        known.table(path, holds)
        for holds, paths in (("contacts", contacts), ("deals", deals), ("tasks", tasks))
        for path in paths or ()
    ]
    called = name or ask("Your name", known.usual_name())
    emails = _emails(email) if email else ask.emails()
    told = Answers(
        name=called or known.usual_name(),
        emails=emails or [known.usual_email()],
        guessed_email=not emails,
        timezone=ask.zone(timezone),
        mail=given or ask.mail(),
        calendars=[_there(place) for place in calendar] if calendar else ask.calendar(),
        slack_exports=slack_export or ask.paths("An unpacked Slack export (folder)"),
        notes=notes or ask.paths("Notes and transcripts (folder)"),
        vcards=vcards or ask.paths("Contacts as vCards (.vcf file or folder)"),
        tables=tables or ask.tables(),
        smtp=Smtp(smtp_host, smtp_port, smtp_user or "", smtp_password_env) if smtp_host else ask.smtp(emails),
        folder=folder or ask.folder(),
        morning=ask.clock(morning),
    )
    _write(told, config)


def _write(told: Answers, config: Path) -> None:
    """Loads what it is about to write first: a file that would not load never takes the place of one that does."""
    from dataclasses import replace

    from service.cli.config_text import config_text
    from service.errors import ConfigError
    from service.settings import load

    config.parent.mkdir(parents=True, exist_ok=True)
    draft = config.with_name(f".{config.name}.new")
    try:
        draft.unlink(missing_ok=True)
        number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(config_text(told, config.parent))
        load(draft, secrets=False)
        draft.replace(config)
    except ConfigError as error:
        raise ConfigError(*(replace(complaint, file=str(config)) for complaint in error.complaints)) from error
    finally:
        draft.unlink(missing_ok=True)
    typer.echo(f"Wrote {config}. Next:")
    for step in _next(told, config):
        typer.echo(f"  {step}")


def _next(told: Answers, config: Path) -> list[str]:
    from service.cli.config_text import CALENDAR_VARIABLE

    steps = [f"write your address into me.emails of {config}"] if told.guessed_email else []
    if not told.mail:
        steps.append(f"name your mail under sources in {config}, with whatever else should be read")
    private = next((url for url in told.calendars if "://" in url and known.looks_private(url)), None)
    if private:
        steps.append(f"export {CALENDAR_VARIABLE}='…'   # the calendar's address, where the service runs")
    if told.smtp and told.smtp.user and told.smtp.password_env not in os.environ:
        steps.append(f"export {told.smtp.password_env}='…'   # the password of {told.smtp.user}, where the service runs")
    return [
        *steps,
        "reveille doctor          # is everything reachable?",
        "reveille brief morning   # today's briefing, now",
        "reveille run             # from now on, on time",
    ]


class _Ask:
    """Questions with a default each. Silent, it answers with the defaults itself."""

    def __init__(self, *, silent: bool) -> None:
        self.silent = silent

    def __call__(self, question: str, default: str = "") -> str:
        if self.silent:
            return default
        hint = "" if default else " (Enter to skip)"
        answer = str(typer.prompt(f"{question}{hint}", default=default, show_default=bool(default))).strip()
        return "" if answer == "-" else answer

    def until(self, question: str, default: str, read: Callable[[str], T]) -> T:
        """Asks again while the answer raises ValueError, and says what it said."""
        while True:
            try:
                return read(self(question, default))
            except ValueError as error:
                if self.silent:
                    raise
                typer.echo(f"  {_said(error)}", err=True)

    def emails(self) -> list[str]:
        return self.until("Your e-mail addresses, separated by commas", "", _addresses)

    def zone(self, given: str | None) -> str:
        from service.settings.words import zone
        from service.settings.zones import system_zone

        return _option("--timezone", zone, given) if given else self.until("Your time zone", system_zone(), zone)

    def clock(self, given: str | None) -> str:
        from service.settings.words import clock_time

        at = (
            _option("--morning", clock_time, given)
            if given
            else self.until("When shall the morning briefing come?", "07:00", clock_time)
        )
        return f"{at:%H:%M}"

    def paths(self, question: str) -> list[Path]:
        return [Path(answer).expanduser() for answer in [self.until(question, "", _there_or_nothing)] if answer]

    def mail(self) -> list[tuple[str, Path]]:
        found = known.usual_mail(Path.home())
        if self.silent:
            return found

        def read(answer: str) -> list[tuple[str, Path]]:
            if not answer:
                return []
            place = Path(_there_or_nothing(answer)).expanduser()
            kind = known.mail_kind(place)
            if not kind:
                raise ValueError("nothing there looks like a maildir, an mbox or .eml files")
            return [(kind, place)]

        return self.until("Your mail (maildir, mbox, or a folder of .eml files)", str(found[0][1]) if found else "", read)

    def calendar(self) -> list[str]:
        answer = self.until("Your calendar (.ics file, folder or URL)", "", _there_or_nothing)
        return [answer] if answer else []

    def tables(self) -> list[known.Table]:
        found: list[known.Table] = []
        while path := self.until("A CSV file from a CRM or task list" if not found else "Another one", "", _there_or_nothing):
            table = known.table(Path(path).expanduser())
            holds = self.until("  Does it hold contacts, deals or tasks?", table.holds, _one_of("contacts", "deals", "tasks"))
            table = table if holds == table.holds else known.table(table.path, holds)
            shown = ", ".join(f"{name}: {' + '.join(headers)}" for name, headers in table.columns.items())
            typer.echo(f"  Columns: {shown or 'none recognised; name them in the file'}")
            found.append(table)
        return found

    def smtp(self, emails: list[str]) -> Smtp | None:
        host = self("A mail server that sends your briefings (SMTP host)")
        if not host:
            return None
        user = self("  Whom to sign in as there (- for nobody)", emails[0] if emails else "")
        variable = self("  The environment variable with the password", "SMTP_PASSWORD") if user else ""
        return Smtp(host, None, user, variable or "SMTP_PASSWORD")

    def folder(self) -> Path | None:
        answer = self("A folder to write briefings to (- for none)", "briefings")
        return Path(answer).expanduser() if answer else None


def _addresses(answer: str) -> list[str]:
    from service.settings.words import email

    return [email(word) for word in re.split(r"[,\s]+", answer) if word]


def _emails(given: list[str]) -> list[str]:
    return _option("--email", lambda words: _addresses(str(words)), " ".join(given))


def _there(place: str) -> str:
    """A URL as it is; a path must be there."""
    if "://" not in place and not Path(place).expanduser().exists():
        raise typer.BadParameter(f"there is no {place}")
    return place


def _there_or_nothing(answer: str) -> str:
    if answer and "://" not in answer and not Path(answer).expanduser().exists():
        raise ValueError(f"there is no {answer}")
    return answer


def _one_of(*words: str) -> Callable[[str], str]:
    def read(answer: str) -> str:
        if answer not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return answer

    return read


def _option(hint: str, read: Callable[[object], T], given: str) -> T:
    try:
        return read(given)
    except ValueError as error:
        raise typer.BadParameter(_said(error), param_hint=hint) from error


def _said(error: ValueError) -> str:
    message = getattr(error, "message", None)
    return str(message() if callable(message) else error)
