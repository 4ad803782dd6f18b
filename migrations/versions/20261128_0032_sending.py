"""How far messages have come, each try to send one, and how patients are reached."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_CHANNELS = "'undecided', 'in_app', 'email', 'sms', 'whatsapp'"
_STATES = "'queued', 'sending', 'failed', 'sent', 'unknown', 'unsent', 'dead'"
_KINDS = (
    "'booked', 'requested', 'approved', 'denied', 'moved', 'cancelled', 'expired',"
    " 'offered', 'displaced', 'affected', 'reassigned', 'delayed'"
)
_OUTCOMES = "'sent', 'failed', 'refused', 'unknown', 'unsent'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _check("kind", f"{_KINDS}, 'reminder'")
    _check("channel", _CHANNELS)
    _check("status", _STATES)
    # What was written before there was sending is old news: it is not due.
    moment = sa.DateTime(timezone=True)
    op.add_column("messages", sa.Column("due_at", moment, nullable=True))
    op.add_column(
        "messages", sa.Column("tries", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_messages_due"),
        "messages",
        "due_at IS NULL OR (status IN ('queued', 'sending', 'failed') AND patient_id IS NOT NULL)",
    )
    op.create_check_constraint(op.f("ck_messages_tries"), "messages", "tries >= 0")
    op.create_index(
        "ix_messages_due_at",
        "messages",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_messages_facility_id", "messages", ["facility_id", sa.text("id DESC")]
    )
    _tries()
    _contacts()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("contacts")
    op.drop_table("message_tries")
    op.drop_index("ix_messages_facility_id", "messages")
    op.drop_index("ix_messages_due_at", "messages")
    op.drop_constraint(op.f("ck_messages_tries"), "messages")
    op.drop_constraint(op.f("ck_messages_due"), "messages")
    op.drop_column("messages", "tries")
    op.drop_column("messages", "due_at")
    # The version before knew a patient's message as queued, and no way for it.
    op.execute("UPDATE messages SET status = 'queued' WHERE status <> 'queued'")
    op.execute("UPDATE messages SET channel = 'undecided' WHERE patient_id IS NOT NULL")
    op.execute("DELETE FROM messages WHERE kind = 'reminder'")
    _check("kind", _KINDS)
    _check("status", "'queued'")
    _check("channel", "'undecided', 'in_app'")


def _check(column: str, allowed: str) -> None:
    name = op.f(f"ck_messages_{column}")
    op.drop_constraint(name, "messages")
    op.create_check_constraint(name, "messages", f"{column} IN ({allowed})")


def _tries() -> None:
    op.create_table(
        "message_tries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(30), nullable=False),
        sa.Column("outcome", sa.String(30), nullable=False),
        sa.Column("words", sa.String(200), nullable=False),
        sa.CheckConstraint(
            f"channel IN ({_CHANNELS})", name=op.f("ck_message_tries_channel")
        ),
        sa.CheckConstraint(
            f"outcome IN ({_OUTCOMES})", name=op.f("ck_message_tries_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_tries_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_tries")),
    )
    op.create_index("ix_message_tries_message_id", "message_tries", ["message_id"])


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(30), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("agreed_by", sa.String(120), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "channel IN ('undecided', 'email', 'sms', 'whatsapp')",
            name=op.f("ck_contacts_channel"),
        ),
        sa.CheckConstraint(
            "(agreed_at IS NULL) = (agreed_by = '')", name=op.f("ck_contacts_agreed")
        ),
        sa.CheckConstraint(
            "channel <> 'email' OR email <> ''", name=op.f("ck_contacts_email")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_contacts_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("patient_id", name=op.f("uq_contacts_patient_id")),
    )
