"""Wall boards, what each shows, and messages that a doctor pauses or is late."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_KINDS = (
    *("booked", "requested", "approved", "denied", "moved", "cancelled"),
    *("expired", "offered", "displaced", "affected", "reassigned"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _boards()
    _shows()
    _allow((*_KINDS, "delayed"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # What was never told cannot be told by the version before: it knows no words.
    op.execute("DELETE FROM messages WHERE kind = 'delayed'")
    _allow(_KINDS)
    op.drop_table("board_shows")
    op.drop_table("boards")


def _boards() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("privacy", sa.String(30), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.String(8)), nullable=False),
        sa.Column("sound", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("code ~ '^[a-z2-9]{12}$'", name=op.f("ck_boards_code")),
        sa.CheckConstraint(
            "cardinality(languages) BETWEEN 1 AND 4", name=op.f("ck_boards_languages")
        ),
        sa.CheckConstraint(
            "privacy IN ('token', 'initials', 'none')", name=op.f("ck_boards_privacy")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_boards_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("public_id", name=op.f("uq_boards_public_id")),
        sa.UniqueConstraint("code", name=op.f("uq_boards_code")),
    )
    op.create_index(
        "uq_boards_name",
        "boards",
        ["facility_id", "name"],
        unique=True,
        postgresql_where=sa.text("active"),
    )


def _shows() -> None:
    op.create_table(
        "board_shows",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("board_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("counter_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(resource_id, counter_id) = 1",
            name=op.f("ck_board_shows_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_board_shows_board_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_board_shows_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["counters.id"], name=op.f("fk_board_shows_counter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_shows")),
        sa.UniqueConstraint(
            "board_id",
            "resource_id",
            name=op.f("uq_board_shows_board_id_resource_id"),
        ),
        sa.UniqueConstraint(
            "board_id", "counter_id", name=op.f("uq_board_shows_board_id_counter_id")
        ),
    )


def _allow(kinds: Sequence[str]) -> None:
    op.drop_constraint(op.f("ck_messages_kind"), "messages")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(
        op.f("ck_messages_kind"), "messages", sa.text(f"kind IN ({listed})")
    )
