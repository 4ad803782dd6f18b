"""The text of a code by phone is a facility's own, and is registered, as any other."""

from collections.abc import Sequence

from alembic import op

revision: str = "0050"
down_revision: str | None = "0049"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_KINDS = (
    "'booked', 'requested', 'approved', 'denied', 'moved', 'cancelled', 'expired',"
    " 'offered', 'displaced', 'affected', 'reassigned', 'delayed', 'reminder',"
    " 'proposed', 'near', 'feedback'"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _check(f"{_KINDS}, 'code'")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # The version before has no words for it.
    op.execute("DELETE FROM message_texts WHERE kind = 'code'")
    _check(_KINDS)


def _check(allowed: str) -> None:
    for table in ("messages", "message_texts"):
        name = op.f(f"ck_{table}_kind")
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, f"kind IN ({allowed})")
