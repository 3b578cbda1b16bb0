"""The first schema: the chain of events, and the tables that are made from it."""

import sqlalchemy as sa
from alembic import op

revision = "0001_0.1.0"
down_revision = None

_ID = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
_INSTANT = sa.String(27).with_variant(sa.String(27, collation="C"), "postgresql")
_HASH = sa.String(64)
_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_REFUSAL = "events are only appended, never changed or deleted"


def upgrade() -> None:
    """Create the tables, the empty chain, and what keeps events from being changed."""
    _chain()
    _contracts()
    _people()
    _definitions_and_patches()
    _incidents()
    _bookings()
    _reports()
    _indexes()
    _append_only()
    head = sa.table("head", sa.column("id"), sa.column("seq"), sa.column("hash"))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])


def _append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, when in (
            ("update", "BEFORE UPDATE ON event"),
            ("delete", "BEFORE DELETE ON event"),
            # INSERT OR REPLACE deletes without asking the trigger above
            ("replace", "BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE seq = NEW.seq)"),
        ):
            op.execute(f"CREATE TRIGGER event_no_{name} {when} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END")
        return
    op.execute(
        "CREATE FUNCTION event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_refuse()"
    )


def _chain() -> None:
    op.create_table(
        "head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
    )
    op.create_table(
        "event",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(40), nullable=False),
        sa.Column("subject", _ID, nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("actor", _ID, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("prev", _HASH, nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
    )
    op.create_table(
        "snapshot",
        sa.Column("hash", _HASH, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_snapshot"),
    )
    op.create_table(
        "personal",
        sa.Column("stream", sa.String(40), nullable=False),
        sa.Column("subject", _ID, nullable=False),
        sa.Column("salt", _HASH, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream", "subject", name="pk_personal"),
    )


def _contracts() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", _ID, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar"),
    )
    op.create_table(
        "account",
        sa.Column("id", _ID, nullable=False),
        sa.Column("calendar", _ID, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.id"], name="fk_account_calendar"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
    )
    op.create_table(
        "person",
        sa.Column("id", _ID, nullable=False),
        sa.Column("calendar", _ID, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.id"], name="fk_person_calendar"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "contract",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("calendar", _ID, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_contract_account"),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.id"], name="fk_contract_calendar"),
        sa.PrimaryKeyConstraint("id", name="pk_contract"),
    )


def _people() -> None:
    op.create_table(
        "absence",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person", _ID, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_absence_person"),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", _ID, nullable=True),
        sa.Column("person", _ID, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_assignment_account"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_assignment_person"),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
    )
    op.create_table(
        "contact",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_contact_account"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )


def _definitions_and_patches() -> None:
    op.create_table(
        "definition",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_definition_account"),
        sa.PrimaryKeyConstraint("id", name="pk_definition"),
    )
    op.create_table(
        "patch",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_patch_account"),
        sa.PrimaryKeyConstraint("id", name="pk_patch"),
    )


def _incidents() -> None:
    op.create_table(
        "incident",
        sa.Column("id", _ID, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("contract", _ID, nullable=True),
        sa.Column("policy", _HASH, nullable=False),
        sa.Column("calendar", _HASH, nullable=True),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("waiting", sa.Boolean, nullable=False),
        sa.Column("unpaid", sa.Boolean, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("submitted_at", _INSTANT, nullable=False),
        sa.Column("deadline", _INSTANT, nullable=True),
        sa.Column("responded_at", _INSTANT, nullable=True),
        sa.Column("next_threshold_at", _INSTANT, nullable=True),
        sa.Column("critical_since", _INSTANT, nullable=True),
        sa.Column("critical_until", _INSTANT, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_incident_account"),
        sa.ForeignKeyConstraint(["calendar"], ["snapshot.hash"], name="fk_incident_calendar"),
        sa.ForeignKeyConstraint(["contract"], ["contract.id"], name="fk_incident_contract"),
        sa.ForeignKeyConstraint(["policy"], ["snapshot.hash"], name="fk_incident_policy"),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint("number", name="uq_incident_number"),
    )


def _bookings() -> None:
    op.create_table(
        "quota",
        sa.Column("seq", _SEQ, autoincrement=False, nullable=False),
        sa.Column("contract", _ID, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("incident", _ID, nullable=False),
        sa.Column("delta", sa.Integer, nullable=False),
        sa.Column("override", sa.Boolean, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["contract"], ["contract.id"], name="fk_quota_contract"),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name="fk_quota_incident"),
        sa.PrimaryKeyConstraint("seq", name="pk_quota"),
    )


def _reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("period", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("sent_at", _INSTANT, nullable=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_report_account"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("account", "kind", "period", "version", name="uq_report_account_kind_period_version"),
    )
    op.create_table(
        "content",
        sa.Column("hash", _HASH, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_content"),
    )
    op.create_table(
        "notification",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("not_before", _INSTANT, nullable=False),
        sa.Column("told_at", _INSTANT, nullable=True),
        sa.Column("mailed_at", _INSTANT, nullable=True),
        sa.Column("superseded", sa.Boolean, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
    )


def _indexes() -> None:
    op.create_index("ix_event_account_at_seq", "event", ["account", "at", "seq"])
    op.create_index("ix_event_stream_subject_seq", "event", ["stream", "subject", "seq"])
    op.create_index("ix_notification_account", "notification", ["account"])
    op.create_index(
        "ix_notification_superseded_mailed_at_not_before", "notification", ["superseded", "mailed_at", "not_before"]
    )
    op.create_index(
        "ix_notification_superseded_told_at_not_before", "notification", ["superseded", "told_at", "not_before"]
    )
    op.create_index("ix_absence_person", "absence", ["person"])
    op.create_index("ix_assignment_account", "assignment", ["account"])
    op.create_index("ix_contact_account", "contact", ["account"])
    op.create_index("ix_contract_account", "contract", ["account"])
    op.create_index("ix_definition_account", "definition", ["account"])
    op.create_index("ix_patch_account", "patch", ["account"])
    op.create_index("ix_report_account", "report", ["account"])
    op.create_index("ix_incident_account", "incident", ["account"])
    op.create_index("ix_incident_account_critical_since", "incident", ["account", "critical_since"])
    op.create_index("ix_incident_account_ended_at", "incident", ["account", "ended_at"])
    op.create_index("ix_incident_account_submitted_at", "incident", ["account", "submitted_at"])
    op.create_index("ix_incident_next_threshold_at", "incident", ["next_threshold_at"])
    op.create_index(
        "ix_incident_waiting_level_unpaid_rank_deadline_submitted_at",
        "incident",
        ["waiting", "level", "unpaid", "rank", "deadline", "submitted_at"],
    )
    op.create_index("ix_quota_contract_period", "quota", ["contract", "period"])
