"""Texts of messages by facility, their registration, and kinds that were not told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_KINDS = (
    "'booked', 'requested', 'approved', 'denied', 'moved', 'cancelled', 'expired',"
    " 'offered', 'displaced', 'affected', 'reassigned', 'delayed', 'reminder'"
)
_MORE = "'proposed', 'near', 'feedback'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _check(f"{_KINDS}, {_MORE}")
    op.add_column(
        "message_tries",
        sa.Column("template_id", sa.String(100), server_default="", nullable=False),
    )
    op.add_column(
        "queue_entries",
        sa.Column("near_at", sa.DateTime(timezone=True), nullable=True),
    )
    # Who stands in a queue at this moment is not told of it only now.
    op.execute("UPDATE queue_entries SET near_at = arrived_at")
    _texts()
    op.create_table(
        "message_rules",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("registered_only", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_message_rules_facility_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_rules")),
        sa.UniqueConstraint("facility_id", name=op.f("uq_message_rules_facility_id")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("message_rules")
    op.drop_table("message_texts")
    op.drop_column("queue_entries", "near_at")
    op.drop_column("message_tries", "template_id")
    # The version before has no words for these.
    gone = f"FROM messages WHERE kind IN ({_MORE})"
    op.execute(f"DELETE FROM message_tries WHERE message_id IN (SELECT id {gone})")  # noqa: S608
    op.execute(f"DELETE {gone}")
    _check(_KINDS)


def _check(allowed: str) -> None:
    name = op.f("ck_messages_kind")
    op.drop_constraint(name, "messages")
    op.create_check_constraint(name, "messages", f"kind IN ({allowed})")


def _texts() -> None:
    op.create_table(
        "message_texts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("channel", sa.String(30), nullable=False),
        sa.Column("written", sa.String(4000), nullable=False),
        sa.Column("template_id", sa.String(100), server_default="", nullable=False),
        sa.Column("sender", sa.String(6), server_default="", nullable=False),
        sa.CheckConstraint(
            f"kind IN ({_KINDS}, {_MORE})", name=op.f("ck_message_texts_kind")
        ),
        sa.CheckConstraint(
            "channel IN ('email', 'sms', 'whatsapp')",
            name=op.f("ck_message_texts_channel"),
        ),
        sa.CheckConstraint("written <> ''", name=op.f("ck_message_texts_written")),
        sa.CheckConstraint(
            "template_id = ''"
            " OR (channel = 'sms' AND template_id ~ '^[0-9]{19}$')"
            " OR (channel = 'whatsapp' AND template_id ~ '^[a-z0-9_]+$')",
            name=op.f("ck_message_texts_template_id"),
        ),
        sa.CheckConstraint(
            "(channel = 'sms' AND template_id <> '') = (sender <> '')",
            name=op.f("ck_message_texts_sender"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_message_texts_facility_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_texts")),
        sa.UniqueConstraint(
            "facility_id",
            "kind",
            "language",
            "channel",
            name=op.f("uq_message_texts_facility_id_kind_language_channel"),
        ),
    )
