"""Mail to staff: their addresses, what they wish, and letters on their way."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_RUNG = (
    "'booked', 'requested', 'approved', 'denied', 'moved', 'cancelled', 'expired',"
    " 'displaced', 'reassigned', 'hours', 'conflicts', 'late'"
)
_SUBJECTS = "'bookings', 'cancellations', 'changes', 'conflicts', 'late', 'fills'"
_STATES = "'queued', 'sending', 'failed', 'sent', 'unknown', 'unsent', 'dead'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _rung(f"{_RUNG}, 'filled'")
    op.add_column(
        "users",
        sa.Column("email", sa.String(254), server_default="", nullable=False),
    )
    _wishes()
    _mailings()
    moment = sa.DateTime(timezone=True)
    op.add_column("notices", sa.Column("mail_at", moment, nullable=True))
    op.add_column("notices", sa.Column("mailing_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_notices_mailing_id"),
        "notices",
        "mailings",
        ["mailing_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_check_constraint(
        op.f("ck_notices_mail"), "notices", "num_nonnulls(mail_at, mailing_id) <= 1"
    )
    for column in ("mail_at", "mailing_id"):
        op.create_index(
            f"ix_notices_{column}",
            "notices",
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for column in ("mailing_id", "mail_at"):
        op.drop_index(f"ix_notices_{column}", "notices")
    op.drop_constraint(op.f("ck_notices_mail"), "notices")
    op.drop_column("notices", "mailing_id")
    op.drop_column("notices", "mail_at")
    op.drop_table("mailings")
    op.drop_table("mail_wishes")
    op.drop_column("users", "email")
    op.execute("UPDATE notices SET kind = 'booked' WHERE kind = 'filled'")
    _rung(_RUNG)


def _rung(allowed: str) -> None:
    name = op.f("ck_notices_kind")
    op.drop_constraint(name, "notices")
    op.create_check_constraint(name, "notices", f"kind IN ({allowed})")


def _wishes() -> None:
    op.create_table(
        "mail_wishes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("subjects", postgresql.ARRAY(sa.String(20)), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_till", sa.Time(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"subjects <@ ARRAY[{_SUBJECTS}]::varchar[]",
            name=op.f("ck_mail_wishes_subjects"),
        ),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_till IS NULL) AND quiet_from <> quiet_till",
            name=op.f("ck_mail_wishes_quiet"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mail_wishes_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_wishes")),
        sa.UniqueConstraint("user_id", name=op.f("uq_mail_wishes_user_id")),
    )


def _mailings() -> None:
    op.create_table(
        "mailings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("words", sa.String(200), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(f"status IN ({_STATES})", name=op.f("ck_mailings_status")),
        sa.CheckConstraint(
            "(due_at IS NOT NULL) = (status IN ('queued', 'sending', 'failed'))",
            name=op.f("ck_mailings_due"),
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_mailings_tries")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_mailings_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mailings_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mailings_public_id")),
    )
    op.create_index(
        "ix_mailings_due_at",
        "mailings",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_mailings_created_at", "mailings", ["created_at"])
