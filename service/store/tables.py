"""The tables. Every row carries its person; what a person may read in it is sealed (see `codec`) in `sealed` columns.

On PostgreSQL the ledger's tables (`LEDGER`) are partitioned by the day that their ids begin with, and row-level security holds for
every table with a person: the migrations say how.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from service.store.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(length: int = 255) -> String:
    return String(length)


def _long() -> TypeEngine[str]:
    """What sources name may be of any length. SQLite never minded."""
    return String(255).with_variant(Text(), "postgresql")


def _partial(table: Table, name: str, *columns: str, where: ColumnElement[bool]) -> None:
    """An index over the few rows that a question is ever about."""
    on = [table.c[column] for column in columns or (name,)]
    Index(f"ix_{table.name}_{name}", *on, sqlite_where=where, postgresql_where=where)


# --- whose, from where -------------------------------------------------------------------------------------------------

instance = Table(  # of the whole database, not of a person: the secret of its Message-IDs, the oldest release that it serves
    "instance",
    metadata,
    Column("name", _key(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

revision = Table(
    "revision",
    metadata,
    Column("person", _key(), nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", _key(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the file's text as it was activated
    Column("activated_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("person", "number"),
)

account = Table(
    "account",
    metadata,
    Column("person", _key(), nullable=False),
    Column("name", _key(), nullable=False),
    Column("kind", _key(40), nullable=False),
    Column("health", _key(20), nullable=False),
    Column("cursor", Text),
    Column("read_at", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("error", Text, nullable=False, server_default=""),
    Column("problems", JSON, nullable=False),
    Column("items", BigInteger, nullable=False, server_default="0"),  # held at the end of the last sync
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_until", UtcDateTime),
    Column("expanded", _key(80), nullable=False, server_default=""),  # which window and zone its series are expanded for
    PrimaryKeyConstraint("person", "name"),
)

held = Table(  # every place a source keeps an item at; an item lives while one of them does
    "held",
    metadata,
    Column("person", _key(), nullable=False),
    Column("account", _key(), nullable=False),
    Column("ref", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("kind", _key(20), nullable=False),
    Column("item", _long(), nullable=False),
    PrimaryKeyConstraint("person", "account", "ref"),
    Index(None, "person", "kind", "item"),
)

# --- what they hold ----------------------------------------------------------------------------------------------------

item = Table(
    "item",
    metadata,
    Column("person", _key(), nullable=False),
    Column("kind", _key(20), nullable=False),
    Column("id", _long(), nullable=False),
    Column("account", _key(), nullable=False),
    Column("at", UtcDateTime),
    Column("end_at", UtcDateTime),  # of events and series
    Column("own", Boolean, nullable=False),
    Column("thread", _key(), nullable=False, server_default=""),  # of messages; of events: their series
    Column("sealed", LargeBinary, nullable=False),
    Column("verdict", LargeBinary),
    Column("trimmed", Boolean, nullable=False, server_default="0"),  # its body has aged out
    PrimaryKeyConstraint("person", "kind", "id"),
    Index(None, "person", "kind", "at"),
    Index(None, "person", "kind", "thread"),
)

term = Table(  # addresses and words by which items are found; hashed with the key where one is configured
    "term",
    metadata,
    Column("person", _key(), nullable=False),
    Column("kind", _key(20), nullable=False),
    Column("term", _key(), nullable=False),
    Column("item", _long(), nullable=False),
    Column("at", UtcDateTime),
    PrimaryKeyConstraint("person", "kind", "item", "term"),
    Index(None, "person", "kind", "term", "at"),
)

sighting = Table(  # Reveille's own mail seen in a mailbox: proof that a doubtful send arrived
    "sighting",
    metadata,
    Column("person", _key(), nullable=False),
    Column("message_id", _long(), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("person", "message_id"),
)

# --- the ledger --------------------------------------------------------------------------------------------------------

cadence = Table(
    "cadence",
    metadata,
    Column("person", _key(), nullable=False),
    Column("name", _key(), nullable=False),
    Column("job", _key(40), nullable=False),
    Column("kind", _key(12), nullable=False),  # wall, every or events
    Column("timing", Text, nullable=False),  # when, where its wall clock hangs, whose holidays: all that the clock reads
    Column("document", JSON, nullable=False),  # what it says to whom
    Column("next_at", UtcDateTime, nullable=False),  # when the clock looks at it again
    Column("planned_until", UtcDateTime, nullable=False),  # every slot up to here has its row
    Column("last", _key(40), nullable=False, server_default=""),  # the newest occurrence the clock planned
    Column("digest", _key(64), nullable=False),
    PrimaryKeyConstraint("person", "name"),
    Index(None, "next_at"),
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("id", _key(40), primary_key=True),  # the slot's day and the digest of its key: unique with it, and in order of time
    Column("person", _key(), nullable=False),
    Column("cadence", _key(), nullable=False),
    Column("subject", _long(), nullable=False, server_default=""),
    Column("slot", _key(60), nullable=False),
    Column("job", _key(40), nullable=False),
    Column("prepare_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("useful_until", UtcDateTime, nullable=False),
    Column("state", _key(12), nullable=False),
    Column("outcome", _key(12)),
    Column("reason", Text, nullable=False, server_default=""),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("deaths", Integer, nullable=False, server_default="0"),  # how many workers ended while they held it
    Column("lease_until", UtcDateTime),
    Column("not_before", UtcDateTime),
    Column("wake_at", UtcDateTime),  # the next moment at which anybody should look at it; none once it has ended
    Column("started_at", UtcDateTime),
    Column("prepared_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("count", Integer, nullable=False, server_default="1"),
    Column("sealed", LargeBinary),  # the draft, for `recheck`
)
_partial(occurrence, "wake_at", where=occurrence.c.wake_at.is_not(None))
_partial(occurrence, "deaths", "ended_at", where=occurrence.c.deaths > 0)
_partial(occurrence, "open", "person", "cadence", where=occurrence.c.ended_at.is_(None))
_partial(occurrence, "ended", "person", "ended_at", where=occurrence.c.ended_at.is_not(None))
_partial(occurrence, "outcome", "person", "cadence", "outcome", "due_at", where=occurrence.c.outcome.is_not(None))

notice = Table(
    "notice",
    metadata,
    Column("id", _key(40), primary_key=True),
    Column("person", _key(), nullable=False),
    Column("occurrence", _key(40), nullable=False),
    Column("audience", _key(12), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["occurrence"], ["occurrence.id"], ondelete="CASCADE"),
    Index(None, "occurrence"),
)

artefact = Table(
    "artefact",
    metadata,
    Column("notice", _key(40), nullable=False),
    Column("name", _key(), nullable=False),
    Column("person", _key(), nullable=False),
    Column("role", _key(20), nullable=False),
    Column("media_type", _key(80), nullable=False),
    Column("path", Text, nullable=False),  # in the artefact store
    Column("size", BigInteger, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("notice", "name"),
    ForeignKeyConstraint(["notice"], ["notice.id"], ondelete="CASCADE"),
    Index(None, "person", "made_at"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", _key(40), primary_key=True),
    Column("person", _key(), nullable=False),
    Column("occurrence", _key(40), nullable=False),
    Column("notice", _key(40), nullable=False),
    Column("channel", _key(), nullable=False),
    Column("key", _key(64), nullable=False),
    Column("state", _key(12), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_until", UtcDateTime),
    Column("not_before", UtcDateTime),
    Column("doubtful", Boolean, nullable=False, server_default="0"),  # an attempt may have arrived: look before sending again
    Column("interrupts", Boolean, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("receipt", Text, nullable=False, server_default=""),
    Column("sent_at", UtcDateTime),
    ForeignKeyConstraint(["occurrence"], ["occurrence.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["notice"], ["notice.id"], ondelete="CASCADE"),
    UniqueConstraint("notice", "channel"),
    Index(None, "state", "not_before"),
    Index(None, "occurrence"),
    Index(None, "person", "sent_at"),
)

told = Table(  # which version of which fact an occurrence says; it counts once the occurrence has ended as sent
    "told",
    metadata,
    Column("person", _key(), nullable=False),
    Column("occurrence", _key(40), nullable=False),
    Column("cadence", _key(), nullable=False),
    Column("key", _long(), nullable=False),
    Column("version", _key(64), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("occurrence", "key"),
    ForeignKeyConstraint(["occurrence"], ["occurrence.id"], ondelete="CASCADE"),
    Index(None, "person", "cadence", "due_at"),
)

LEDGER = (occurrence, notice, artefact, delivery, told)
"""What grows with every day, parents before their children."""

# --- actions -----------------------------------------------------------------------------------------------------------

proposal = Table(
    "proposal",
    metadata,
    Column("id", _key(40), primary_key=True),
    Column("person", _key(), nullable=False),
    Column("tool", _key(80), nullable=False),
    Column("digest", _key(64), nullable=False),
    Column("tier", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("rule", _key(), nullable=False, server_default=""),  # that asked for it
    Column("expires_at", UtcDateTime),
    Column("rejected_at", UtcDateTime),  # the person said no
    Index(None, "person", "proposed_at"),
)

approval = Table(
    "approval",
    metadata,
    Column("proposal", _key(40), nullable=False),
    Column("person", _key(), nullable=False),
    Column("digest", _key(64), nullable=False),
    Column("approved_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("by", _key(), nullable=False),
    Column("spent_at", UtcDateTime),
    PrimaryKeyConstraint("proposal"),
    ForeignKeyConstraint(["proposal"], ["proposal.id"], ondelete="CASCADE"),
)

act = Table(  # a proposal that is, or was, carried out: at most once
    "act",
    metadata,
    Column("proposal", _key(40), nullable=False),
    Column("person", _key(), nullable=False),
    Column("tool", _key(80), nullable=False),
    Column("account", _key(), nullable=False),
    Column("by", _key(), nullable=False),
    Column("rule", _key(), nullable=False, server_default=""),
    Column("state", _key(12), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_until", UtcDateTime),
    Column("not_before", UtcDateTime),
    Column("doubtful", Boolean, nullable=False, server_default="0"),  # an attempt may have happened: look before acting again
    Column("error", Text, nullable=False, server_default=""),
    Column("sealed", LargeBinary),  # the receipt
    Column("begun_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    PrimaryKeyConstraint("proposal"),
    ForeignKeyConstraint(["proposal"], ["proposal.id"], ondelete="CASCADE"),
    Index(None, "person", "begun_at"),
)
_partial(act, "open", "person", where=act.c.ended_at.is_(None))

# --- connections --------------------------------------------------------------------------------------------------------

credential = Table(  # what a person signed in with: always encrypted, never exported
    "credential",
    metadata,
    Column("person", _key(), nullable=False),
    Column("name", _key(), nullable=False),
    Column("vendor", _key(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("renewing_until", UtcDateTime),  # somebody asks the vendor for the next one until then
    Column("made_at", UtcDateTime, nullable=False),
    Column("renewed_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("person", "name"),
)

doorbell = Table(  # who listens at an account; a row of the house's own for each process that listens at any
    "doorbell",
    metadata,
    Column("person", _key(), nullable=False),
    Column("account", _key(), nullable=False),
    Column("holder", _key(), nullable=False),  # the process
    Column("held_until", UtcDateTime, nullable=False),
    Column("state", _key(20), nullable=False),
    Column("said", Text, nullable=False, server_default=""),
    Column("since", UtcDateTime, nullable=False),  # in this state
    PrimaryKeyConstraint("person", "account"),
)

# --- keeping ------------------------------------------------------------------------------------------------------------

restoration = (
    Table(  # this database was put back from a backup: what the service it was made of may have sent since is not sent again
        "restoration",
        metadata,
        Column("backup", _key(64), nullable=False),  # the archive's digest
        Column("made_at", UtcDateTime, nullable=False),
        Column("restored_at", UtcDateTime, nullable=False),
        Column("taken_up_at", UtcDateTime),  # when a service first started on it
        PrimaryKeyConstraint("restored_at"),
    )
)

erasure = (
    Table(  # whose rows are taken away, and never written again: the digest of the person's id, so that no name stays behind
        "erasure",
        metadata,
        Column("digest", _key(64), nullable=False),
        Column("began_at", UtcDateTime, nullable=False),
        Column("ended_at", UtcDateTime),
        Column("counts", JSON, nullable=False),  # rows and files taken away so far
        PrimaryKeyConstraint("digest"),
    )
)
