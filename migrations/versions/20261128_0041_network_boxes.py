"""What buyers of the network asked, and what they are owed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0041"
down_revision: str | None = "0039"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_ACTIONS = (
    "'search', 'select', 'init', 'confirm', 'status', 'track', 'cancel', 'update',"
    " 'rating', 'support', 'get_cancellation_reasons', 'get_rating_categories'"
)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _inbox()
    _outbox()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("beckn_outbox")
    op.drop_table("beckn_inbox")


def _inbox() -> None:
    op.create_table(
        "beckn_inbox",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("bap_id", sa.String(200), nullable=False),
        sa.Column("transaction_id", sa.String(200), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("action", sa.String(30), nullable=False),
        sa.Column("gateway_id", sa.String(200), nullable=False),
        sa.Column("registered", sa.String(500), nullable=False),
        sa.Column("digest", sa.String(88), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(500), server_default="", nullable=False),
        sa.Column("redacted_at", _MOMENT, nullable=True),
        *_inbox_promises(),
    )
    op.create_index(
        "ix_beckn_inbox_due_at",
        "beckn_inbox",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_beckn_inbox_received_at", "beckn_inbox", ["received_at"])


def _inbox_promises() -> Sequence[sa.Constraint]:
    return (
        sa.CheckConstraint(
            f"action IN ({_ACTIONS})", name=op.f("ck_beckn_inbox_action")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'dead')", name=op.f("ck_beckn_inbox_state")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (due_at IS NOT NULL)"
            " AND (state = 'waiting') = (done_at IS NULL)",
            name=op.f("ck_beckn_inbox_due"),
        ),
        sa.CheckConstraint(
            "state <> 'dead' OR error <> ''", name=op.f("ck_beckn_inbox_dead")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_beckn_inbox_tries")),
        sa.CheckConstraint("length(digest) = 88", name=op.f("ck_beckn_inbox_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beckn_inbox")),
        sa.UniqueConstraint("public_id", name=op.f("uq_beckn_inbox_public_id")),
        sa.UniqueConstraint(
            "bap_id",
            "transaction_id",
            "message_id",
            "action",
            name=op.f("uq_beckn_inbox_message"),
        ),
    )


def _outbox() -> None:
    op.create_table(
        "beckn_outbox",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("asked_id", sa.BigInteger(), nullable=True),
        sa.Column("bap_id", sa.String(200), nullable=False),
        sa.Column("registered", sa.String(500), nullable=False),
        sa.Column("url", sa.String(600), nullable=False),
        sa.Column("transaction_id", sa.String(200), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("late_at", _MOMENT, nullable=True),
        sa.Column("error", sa.String(500), server_default="", nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("acked_at", _MOMENT, nullable=True),
        sa.Column("redacted_at", _MOMENT, nullable=True),
        *_outbox_promises(),
    )
    op.create_index(
        "ix_beckn_outbox_next_at",
        "beckn_outbox",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("ix_beckn_outbox_asked_id", "beckn_outbox", ["asked_id"])
    op.create_index("ix_beckn_outbox_created_at", "beckn_outbox", ["created_at"])


def _outbox_promises() -> Sequence[sa.Constraint]:
    return (
        sa.CheckConstraint(
            "state IN ('waiting', 'again', 'acked', 'refused', 'dead')",
            name=op.f("ck_beckn_outbox_state"),
        ),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_beckn_outbox_sequence")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_beckn_outbox_tries")),
        sa.CheckConstraint(
            "(state IN ('waiting', 'again')) = (next_at IS NOT NULL)",
            name=op.f("ck_beckn_outbox_next"),
        ),
        sa.CheckConstraint(
            "state <> 'acked' OR acked_at IS NOT NULL",
            name=op.f("ck_beckn_outbox_acked"),
        ),
        sa.CheckConstraint(
            "state <> 'again' OR body IS NOT NULL", name=op.f("ck_beckn_outbox_again")
        ),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'dead') OR error <> ''",
            name=op.f("ck_beckn_outbox_error"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["beckn_inbox.id"], name=op.f("fk_beckn_outbox_asked_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beckn_outbox")),
        sa.UniqueConstraint("public_id", name=op.f("uq_beckn_outbox_public_id")),
        sa.UniqueConstraint(
            "bap_id",
            "transaction_id",
            "sequence",
            name=op.f("uq_beckn_outbox_sequence"),
        ),
    )
