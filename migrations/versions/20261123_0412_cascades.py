"""Leave and maintenance over bookings: who is affected, proposals, what was chosen."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _cascades()
    _items()
    _proposals()


def downgrade() -> None:
    op.drop_table("cascade_proposals")
    op.drop_table("cascade_items")
    op.drop_table("cascades")


def _cascades() -> None:
    op.create_table(
        "cascades",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=30), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sources", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(undone_at, undone_by) <> 1", name=op.f("ck_cascades_undone")
        ),
        sa.CheckConstraint(
            "cardinality(sources) >= 1", name=op.f("ck_cascades_sources")
        ),
        sa.CheckConstraint(
            "cause IN ('leave', 'maintenance')", name=op.f("ck_cascades_cause")
        ),
        *_links("cascades", facility="facilities", resource="resources"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cascades")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cascades_public_id")),
    )
    op.create_index(
        "ix_cascades_facility_start",
        "cascades",
        ["facility_id", sa.literal_column("lower(during)")],
        unique=False,
    )


def _items() -> None:
    op.create_table(
        "cascade_items",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cascade_id", sa.BigInteger(), nullable=False),
        sa.Column("appointment_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("was_resource_id", sa.BigInteger(), nullable=False),
        sa.Column("was", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("policy", sa.String(length=30), nullable=False),
        sa.Column("fate", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "policy IN ('around', 'move', 'notify')",
            name=op.f("ck_cascade_items_policy"),
        ),
        sa.CheckConstraint(
            "fate IN ('waiting', 'stays', 'moved', 'returned')",
            name=op.f("ck_cascade_items_fate"),
        ),
        *_links(
            "cascade_items",
            cascade="cascades",
            appointment="appointments",
            resource="resources",
            was_resource="resources",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cascade_items")),
        sa.UniqueConstraint(
            "cascade_id",
            "appointment_id",
            name=op.f("uq_cascade_items_cascade_id_appointment_id"),
        ),
    )
    op.create_index(
        "ix_cascade_items_appointment_id",
        "cascade_items",
        ["appointment_id"],
        unique=False,
    )


def _proposals() -> None:
    op.create_table(
        "cascade_proposals",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("hold_id", sa.BigInteger(), nullable=False),
        sa.Column("remedy", sa.String(length=30), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "remedy IN ('later', 'instead', 'another_day')",
            name=op.f("ck_cascade_proposals_remedy"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'taken', 'released')",
            name=op.f("ck_cascade_proposals_status"),
        ),
        *_links(
            "cascade_proposals",
            item="cascade_items",
            hold="appointments",
            resource="resources",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cascade_proposals")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cascade_proposals_public_id")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_cascade_proposals_hold_id")),
    )
    for name, columns, where in (
        ("open", ["item_id", "remedy"], "status = 'open'"),
        ("taken", ["item_id"], "status = 'taken'"),
    ):
        op.create_index(
            f"uq_cascade_proposals_{name}",
            "cascade_proposals",
            columns,
            unique=True,
            postgresql_where=sa.text(where),
        )


def _links(table: str, **named: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{name}_id"], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_id")
        )
        for name, other in named.items()
    ]
