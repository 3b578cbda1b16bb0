"""Engagements and the findings of Health Checks."""

import sqlalchemy as sa
from alembic import op

revision = "0002_0.1.0"
down_revision = "0001_0.1.0"

_ID = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the two tables; no event of theirs can stand in a store of the revision before."""
    _engagements()
    _findings()


def _engagements() -> None:
    op.create_table(
        "engagement",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("contract", _ID, nullable=False),
        sa.Column("tam", _ID, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("start_day", sa.String(10), nullable=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_engagement"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_engagement_account"),
        sa.ForeignKeyConstraint(["contract"], ["contract.id"], name="fk_engagement_contract"),
        sa.ForeignKeyConstraint(["tam"], ["person.id"], name="fk_engagement_tam"),
    )
    op.create_index("ix_engagement_account", "engagement", ["account"])
    op.create_index("ix_engagement_tam_start_day", "engagement", ["tam", "start_day"])


def _findings() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", _ID, nullable=False),
        sa.Column("check_id", _ID, nullable=False),
        sa.Column("product", sa.String(40), nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("engagement", _ID, nullable=False),
        sa.Column("incident", _ID, nullable=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_finding_account"),
    )
    op.create_index("ix_finding_account", "finding", ["account"])
    op.create_index("ix_finding_account_is_open_severity", "finding", ["account", "is_open", "severity"])
