"""Token slots and token numbers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _token_slots()
    _token_series()
    _tokens()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


_TABLES = (
    "token_slots",
    "token_series",
    "tokens",
)


def _token_slots() -> None:
    op.create_table(
        "token_slots",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("allowance", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("availability_id", sa.BigInteger(), nullable=True),
        sa.Column("exception_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "capacity >= 1 AND allowance >= 0", name=op.f("ck_token_slots_capacity")
        ),
        sa.CheckConstraint(
            "num_nonnulls(availability_id, exception_id) = 1",
            name=op.f("ck_token_slots_one_source"),
        ),
        sa.CheckConstraint(
            "taken >= 0 AND taken <= capacity + allowance",
            name=op.f("ck_token_slots_taken"),
        ),
        sa.ForeignKeyConstraint(
            ["availability_id"],
            ["availabilities.id"],
            name=op.f("fk_token_slots_availability_id"),
        ),
        sa.ForeignKeyConstraint(
            ["exception_id"],
            ["availability_exceptions.id"],
            name=op.f("fk_token_slots_exception_id"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_token_slots_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_token_slots_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_slots")),
        sa.UniqueConstraint(
            "resource_id",
            "facility_id",
            "during",
            name=op.f("uq_token_slots_resource_id_facility_id_during"),
        ),
    )


def _token_series() -> None:
    op.create_table(
        "token_series",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("prefix", sa.String(length=3), nullable=False),
        sa.Column("last", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("ck_token_series_last")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_token_series_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_token_series_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_series")),
        sa.UniqueConstraint(
            "facility_id",
            "resource_id",
            "day",
            name=op.f("uq_token_series_facility_id_resource_id_day"),
        ),
    )


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_tokens_number")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["token_series.id"], name=op.f("fk_tokens_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint(
            "series_id", "number", name=op.f("uq_tokens_series_id_number")
        ),
    )
