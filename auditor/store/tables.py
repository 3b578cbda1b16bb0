"""The tables. `event` is the truth; every other table but `personal` is made from it and can be made again.

Instants are fixed-width UTC text (`auditor.model.events.text_of`): the same bytes on every database, and they sort.
Documents are canonical JSON text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = String(200).with_variant(String(200, collation="C"), "postgresql")  # sorted by bytes, as SQLite does
_INSTANT = String(27).with_variant(String(27, collation="C"), "postgresql")
_HASH = String(64)
_SEQ = BigInteger().with_variant(Integer, "sqlite")  # there an Integer is the place of the row itself

# --- the chain ---------------------------------------------------------------------------------------------------

head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _HASH, nullable=False),
)
"""One row: the last link. Every writer locks it first, so writers follow one another."""

event = Table(
    "event",
    metadata,
    Column("seq", _SEQ, primary_key=True, autoincrement=False),
    Column("stream", String(40), nullable=False),
    Column("subject", _ID, nullable=False),
    Column("type", String(40), nullable=False),
    Column("account", _ID, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    Column("actor", _ID, nullable=False),
    Column("payload", Text, nullable=False),
    Column("prev", _HASH, nullable=False),
    Column("hash", _HASH, nullable=False),
    Index(None, "stream", "subject", "seq"),
    Index(None, "account", "at", "seq"),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("hash", _HASH, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("document", Text, nullable=False),
)
"""Policies, calendars and programmes as they were, named after their content."""

personal = Table(
    "personal",
    metadata,
    Column("stream", String(40), primary_key=True),
    Column("subject", _ID, primary_key=True),
    Column("salt", _HASH, nullable=False),
    Column("document", Text, nullable=False),
)
"""Names, addresses, numbers of people: all that can be erased. Events hold the digest of salt and document."""

# --- settings: what `saved` events say last ---------------------------------------------------------------------


def _settings(name: str, *columns: Column[str]) -> Table:
    return Table(
        name,
        metadata,
        Column("id", _ID, primary_key=True),
        *columns,
        Column("document", Text, nullable=False),
    )


def _account(*, nullable: bool = False) -> Column[str]:
    return Column("account", _ID, ForeignKey("account.id"), nullable=nullable, index=True)


calendar = _settings("calendar")
account = _settings("account", Column("calendar", _ID, ForeignKey("calendar.id"), nullable=False))
person = _settings("person", Column("calendar", _ID, ForeignKey("calendar.id"), nullable=False))
contract = _settings("contract", _account(), Column("calendar", _ID, ForeignKey("calendar.id"), nullable=False))
contact = _settings("contact", _account())
assignment = _settings(
    "assignment", _account(nullable=True), Column("person", _ID, ForeignKey("person.id"), nullable=False)
)
absence = _settings("absence", Column("person", _ID, ForeignKey("person.id"), nullable=False, index=True))
definition = _settings("definition", _account())

# --- incidents ---------------------------------------------------------------------------------------------------

incident = Table(
    "incident",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    _account(),
    Column("contract", _ID, ForeignKey("contract.id"), nullable=True),
    Column("policy", _HASH, ForeignKey("snapshot.hash"), nullable=False),
    Column("calendar", _HASH, ForeignKey("snapshot.hash"), nullable=True),
    Column("type", String(20), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("level", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("waiting", Boolean, nullable=False),  # for a first qualified answer: it stands in the queue
    Column("unpaid", Boolean, nullable=False),  # False sorts first: paid before standard
    Column("rank", Integer, nullable=False),
    Column("submitted_at", _INSTANT, nullable=False),
    Column("deadline", _INSTANT, nullable=True),
    Column("responded_at", _INSTANT, nullable=True),
    Column("next_threshold_at", _INSTANT, nullable=True),
    Column("critical_since", _INSTANT, nullable=True),  # first instant at level 1
    Column("critical_until", _INSTANT, nullable=True),  # None while it is at level 1 and open
    Column("ended_at", _INSTANT, nullable=True),  # resolved, closed or cancelled; None while open
    Column("document", Text, nullable=False),
    Index(None, "waiting", "level", "unpaid", "rank", "deadline", "submitted_at"),
    Index(None, "account", "submitted_at"),
    Index(None, "account", "ended_at"),
    Index(None, "account", "critical_since"),
    Index(None, "next_threshold_at"),
)

quota = Table(
    "quota",
    metadata,
    Column("seq", _SEQ, primary_key=True, autoincrement=False),  # of the event that booked
    Column("contract", _ID, ForeignKey("contract.id"), nullable=False),
    Column("period", String(10), nullable=False),  # its first day, YYYY-MM-DD
    Column("incident", _ID, ForeignKey("incident.id"), nullable=False),
    Column("delta", Integer, nullable=False),
    Column("override", Boolean, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "contract", "period"),
)

# --- what was reported and told ----------------------------------------------------------------------------------

report = Table(
    "report",
    metadata,
    Column("id", _ID, primary_key=True),
    _account(),
    Column("kind", String(20), nullable=False),
    Column("period", String(60), nullable=False),  # a day, a quarter, a range: unique with account, kind and version
    Column("version", Integer, nullable=False),
    Column("due_at", _INSTANT, nullable=True),
    Column("made_at", _INSTANT, nullable=False),
    Column("sent_at", _INSTANT, nullable=True),
    Column("document", Text, nullable=False),
    UniqueConstraint("account", "kind", "period", "version"),
)

content = Table(
    "content",
    metadata,
    Column("hash", _HASH, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)
"""Files of reports and the like, named after their SHA-256. Not made from events, but every hash stands in one."""

patch = Table(
    "patch",
    metadata,
    Column("id", _ID, primary_key=True),
    _account(),
    Column("document", Text, nullable=False),
)

notification = Table(
    "notification",
    metadata,
    Column("id", _ID, primary_key=True),  # its key: the same thing is told once
    Column("account", _ID, nullable=False, index=True),
    Column("at", _INSTANT, nullable=False),
    Column("not_before", _INSTANT, nullable=False),  # outside the recipients' hours it waits until then
    Column("told_at", _INSTANT, nullable=True),  # printed or mailed
    Column("mailed_at", _INSTANT, nullable=True),
    Column("superseded", Boolean, nullable=False),
    Column("document", Text, nullable=False),
    Index(None, "superseded", "told_at", "not_before"),
    Index(None, "superseded", "mailed_at", "not_before"),
)

# --- engagements -------------------------------------------------------------------------------------------------

engagement = Table(
    "engagement",
    metadata,
    Column("id", _ID, primary_key=True),
    _account(),
    Column("contract", _ID, ForeignKey("contract.id"), nullable=False),
    Column("tam", _ID, ForeignKey("person.id"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("start_day", String(10), nullable=True),  # YYYY-MM-DD in the engagement's zone
    Column("document", Text, nullable=False),
    Index(None, "tam", "start_day"),
)

finding = Table(
    "finding",
    metadata,
    Column("id", _HASH, primary_key=True),  # the fingerprint
    _account(),
    Column("check_id", _ID, nullable=False),
    Column("product", String(40), nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("severity", String(10), nullable=False),
    Column("engagement", _ID, nullable=False),  # of the last delivered observation, "" before
    Column("incident", _ID, nullable=True),  # no key: tables are made anew in an order of their own
    Column("document", Text, nullable=False),
    Index(None, "account", "is_open", "severity"),
)
