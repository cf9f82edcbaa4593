"""Settings to live objects: the only builder. Nothing above connects anything by itself, nothing below knows of settings files."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Self

from jobs import JOBS
from service.acting import Acting
from service.actions import TOOLS, Gate
from service.actions.filing import Filing, standing
from service.courier import Courier
from service.domain.items import Event
from service.domain.ledger import BeforeEvents, Cadence, Every, WallTimes
from service.errors import Complaint, ConfigError
from service.household import Household
from service.isolation import Isolated
from service.logs import logger
from service.people.holidays import is_holiday
from service.planner import Planner
from service.ports import Channel, Credentials, Hand, NoCredentials, Services, Source, Surroundings, Voice
from service.runner import Runner
from service.settings import Config, load
from service.settings.kinds import hands
from service.settings.section import SourceSettings
from service.settings.server import Server
from service.store import Store, acting_as, data_folder, fernet_key, open_store, shared_time
from service.store.acts import StoredDeeds
from service.store.reading import PersonItems
from service.store.vault import PersonVault, Vault, open_vault
from service.sync import Progress, Sync
from service.triage import Triage
from service.triage.judges import IsolatedJudges

log = logger("bootstrap")
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=20), timedelta(minutes=30)
CHILDREN = 2
"""One reads mail while the other judges it."""
PARSE_TIME, PARSE_MEMORY = timedelta(seconds=10), 1 << 30
SHORTEST_SYNC = timedelta(seconds=20)
"""A page of mail takes a second; a machine that is busy otherwise takes longer."""
JUDGED_AGAIN = timedelta(days=30)
"""How far back stored mail gets new verdicts when the rules change."""


VAULT_KEY = "vault.key"
_NO_KEY = Complaint(
    "server settings",
    None,
    "key",
    "credentials are kept encrypted, and many machines have to open them",
    "Set REVEILLE_KEY or REVEILLE_KEY_FILE to the same key on each; `reveille keys new` makes one.",
)


def utc_now() -> datetime:
    return datetime.now(UTC)


def backoff(attempts: int) -> timedelta:
    """20 s, 40 s, 80 s … half an hour, each shortened by up to a half at random, so that many don't come back at once."""
    doubled: int = 1 << min(max(attempts - 1, 0), 12)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT) * random.uniform(0.5, 1.0)


@dataclass(eq=False)
class House:
    """One person's service under one config, alive. Close it: it holds a database and a child process."""

    server: Server
    config: Config
    store: Store
    isolated: Isolated
    clock: Callable[[], datetime] = utc_now
    progress: Callable[[Progress], None] = lambda _: None

    # --- reading --------------------------------------------------------------------------------------------------------

    @cached_property
    def items(self) -> PersonItems:
        from service.calendar.reader import IsolatedCalendarReader

        return PersonItems(
            self.config.person,
            self.store.database,
            self.store.codec,
            accounts=self.store.accounts,
            deliveries=self.store.deliveries,
            ledger=self.store.ledger,
            calendar=IsolatedCalendarReader(self.isolated),
        )

    @cached_property
    def triage(self) -> Triage:
        return Triage(self.config.person, self.config.rules, {s.name: s.kind for s in self.config.sources})

    @cached_property
    def sync(self) -> Sync:
        from service.calendar.reader import IsolatedCalendarReader

        connect = {s.name: self._connector(s) for s in self.config.sources}
        calendar = IsolatedCalendarReader(self.isolated)
        return Sync(
            self.config.person,
            connect,
            self.store.accounts,
            self.items,
            IsolatedJudges(self.triage, self.isolated),
            calendar,
            Filing(self.gate, self.config.rules, self.offers, self.store.restorations.silent_until()),
            self.clock,
            self._progressed,
            max(self.server.lease_length, SHORTEST_SYNC),
        )

    def _progressed(self, progress: Progress) -> None:
        self.progress(progress)  # looked up at each call: a command sets it after the house is open

    @cached_property
    def gate(self) -> Gate:
        return Gate(TOOLS, self.store.approvals, standing(self.config.rules))

    # --- acting ---------------------------------------------------------------------------------------------------------

    @cached_property
    def offers(self) -> Mapping[str, frozenset[str]]:
        """Account → the tools that its config allows; accounts that are only read are left out."""
        allowing = {s.name: (s.allowed, hands()[s.kind]().tools) for s in self.config.sources if s.allowed and s.kind in hands()}
        offered = {
            name: frozenset(t for t in tools if t in TOOLS and TOOLS[t].allow in words)
            for name, (words, tools) in allowing.items()
        }
        return {name: tools for name, tools in offered.items() if tools}

    @cached_property
    def acting(self) -> Acting:
        connect = {s.name: self._hand(s) for s in self.config.sources if s.name in self.offers}
        store = self.store
        return Acting(
            self.config.person,
            self.gate,
            store.approvals,
            store.acts,
            store.accounts,
            connect,
            self.clock,
            backoff,
            self.server.lease_length,
        )

    def _hand(self, settings: SourceSettings) -> Callable[[], Hand]:
        """Made when it is first used."""

        def connect() -> Hand:
            made: Hand = hands()[settings.kind]()(settings, self.surroundings(settings.name))
            return made

        return connect

    def source(self, settings: SourceSettings) -> Source:
        return settings.connect(self.surroundings(settings.name))

    def _connector(self, settings: SourceSettings) -> Callable[[], Source]:
        return lambda: self.source(settings)

    # --- saying ---------------------------------------------------------------------------------------------------------

    @cached_property
    def voice(self) -> Voice:
        if self.config.voice is not None:
            return self.config.voice.connect()
        from service.integrations.espeak import Settings

        return Settings(kind="espeak").connect()

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        """Those of the config, and one for everybody who reads along."""
        channels: dict[str, Channel] = {n: settings.connect(self.surroundings(n)) for n, settings in self.config.channels.items()}
        if not channels:
            from service.integrations.folder import Settings

            channels["folder"] = Settings(kind="folder", path=Path("briefings")).connect(self.surroundings("folder"))
        return {**channels, **self._reading_along()}

    def _reading_along(self) -> Mapping[str, Channel]:
        mail = next((s for s in self.config.channels.values() if s.kind == "email"), None)
        if mail is None:
            return {}
        along = {}
        for reader in self.config.person.reads_too:
            theirs = type(mail).model_validate(mail.model_dump(by_alias=True) | {"to": [reader.email], "shows": "no_private"})
            along[_reader_channel(reader.email)] = theirs.connect(self.surroundings(_reader_channel(reader.email)))
        return along

    @cached_property
    def services(self) -> Services:
        kinds = {settings.kind for settings in self.config.channels.values()}
        return Services(
            items=self.items,
            voice=self.voice,
            rules=self.config.rules,
            audiences={name: channel.audience for name, channel in self.channels.items()},
            interrupts=frozenset(name for name, channel in self.channels.items() if channel.interrupts),
            base_url=self.server.base_url,
            deeds=StoredDeeds(self.config.person.id, self.store.acts, self.store.approvals),
            silent_until=self.store.restorations.silent_until(),
            scripts="folder" in kinds or not kinds,
        )

    # --- running --------------------------------------------------------------------------------------------------------

    @cached_property
    def cadences(self) -> Mapping[str, Cadence]:
        """A cadence that names no channel goes to those that suit it: an alert interrupts or isn't given, a briefing is read
        quietly, and of a meeting the brief is read and the push is heard.
        """
        mine = tuple(name for name in self.channels if name not in self._readers)
        loud = tuple(name for name in mine if self.channels[name].interrupts)
        quiet = tuple(name for name in mine if name not in loud)
        suited = {Every: loud, WallTimes: quiet, BeforeEvents: mine}
        return {c.name: c if c.to else replace(c, to=suited[type(c.timing)]) for c in self.config.cadences}

    @property
    def _readers(self) -> Mapping[str, frozenset[str]]:
        return {_reader_channel(r.email): frozenset(r.only) for r in self.config.person.reads_too}

    @cached_property
    def household(self) -> Household:
        readers = {name: only for name, only in self._readers.items() if name in self.channels}
        act = self.acting.all_due if self.offers else lambda: None
        return Household(self.config.person, self.cadences, self.channels, readers, self.services, self.sync, act)

    @cached_property
    def planner(self) -> Planner:
        return Planner(
            self.store.database, self.store.ledger, self.store.cadences, self._events, is_holiday, self.store.restorations.silent
        )

    @cached_property
    def runner(self) -> Runner:
        return runner(
            self.store, self.clock, self.server, lambda person: self.household if person == self.config.person.id else None
        )

    def activate(self) -> bool:
        """Makes this config the one in force, in one transaction. Whether it is a new revision."""
        person, now = self.config.person, self.clock()
        with self.store.database.write() as on:
            self.store.database.alone(on, "revision", person.id)
            new = self.store.revisions.current(on, person.id) != self.config.revision
            if new:
                number = self.store.revisions.put(on, person.id, self.config.revision, self.config.text, now)
                log.info("config activated", revision=number)
            self.planner.activate(on, person, self.cadences.values(), now)
        self.store.accounts.register(person.id, {s.name: s.kind for s in self.config.sources})
        if new:
            self.sync.judge_again(now - JUDGED_AGAIN)
        return new

    def prune(self) -> None:
        """Lets go of what has aged out by `keep`."""
        while self.store.pruner.prune(self.config.person.id, self.config.person.keep, self.clock()):
            continue

    def surroundings(self, name: str) -> Surroundings:
        from service.calendar.reader import IsolatedCalendarReader
        from service.mail.reader import IsolatedMailReader

        return Surroundings(
            person=self.config.person,
            account=name,
            folder=self.config.folder,
            read_mail=IsolatedMailReader(self.isolated, attached=self.config.reads_attachments),
            read_calendar=IsolatedCalendarReader(self.isolated),
            clock=self.clock,
            credentials=self.credentials,
        )

    @cached_property
    def credentials(self) -> Credentials:
        vault = self.vault()
        return PersonVault(vault, self.config.person.id) if vault else NoCredentials()

    def vault(self, *, make: bool = False) -> Vault | None:
        """Where credentials are kept. None: nothing is, so far, and `make` says that something will be."""
        file = self.server.data / VAULT_KEY
        if make and self.server.is_shared and not self.store.codec.encrypts:
            raise ConfigError(_NO_KEY)
        return open_vault(self.store.database, self.store.codec, file, self.clock, make=make)

    def disconnect(self) -> None:
        """Its sources let go of their connections."""
        for part in ("sync", "acting"):
            if part in self.__dict__:
                getattr(self, part).close()

    def close(self) -> None:
        self.disconnect()
        self.isolated.close()
        self.store.close()

    def __enter__(self) -> Self:
        """From here on everything is done for this person."""
        self._acting = acting_as(self.config.person.id)
        self._acting.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._acting.__exit__(None, None, None)
        self.close()

    def _events(self, person: str, start: datetime, end: datetime) -> Sequence[Event]:
        if person != self.config.person.id:
            return ()
        with acting_as(person):
            return self.items.events(start, end)


def runner(store: Store, clock: Callable[[], datetime], server: Server, households: Callable[[str], Household | None]) -> Runner:
    courier = Courier(store.database, store.deliveries, store.accounts, clock, backoff, server.lease_length)
    return Runner(
        store.database,
        store.ledger,
        store.deliveries,
        store.codec,
        courier,
        households,
        JOBS,
        clock,
        backoff,
        server.lease_length,
    )


def open_server_store(server: Server) -> Store:
    """The store that the server's settings name."""
    # One key a line, the newest first: what older ones sealed is still opened.
    keys = [fernet_key(line) for line in server.key.get_secret_value().splitlines() if line.strip()] if server.key else []
    return open_store(server.database, server.artefacts, keys=keys, secret=data_folder(server.data) / "secret")


def isolated() -> Isolated:
    return Isolated(workers=CHILDREN, time_limit=PARSE_TIME, memory_limit=PARSE_MEMORY)


def open_house(server: Server, config: Config | None = None, *, clock: Callable[[], datetime] | None = None) -> House:
    """One person's. Raises ConfigError where the file, a secret or the key is wrong."""
    config = config or load(server.config)
    store = open_server_store(server)
    return House(server, config, store, isolated(), clock or shared_time(store.database))


def _reader_channel(email: str) -> str:
    return f"reader {email}"
