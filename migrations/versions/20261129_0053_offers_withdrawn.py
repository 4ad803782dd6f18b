"""A place offered to who waits is withdrawn when its doctor is away, and they are told."""

from collections.abc import Sequence

from alembic import op

revision: str = "0053"
down_revision: str | None = "0052"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_KINDS = (
    "'booked', 'requested', 'approved', 'denied', 'moved', 'cancelled', 'expired',"
    " 'offered', 'displaced', 'affected', 'reassigned', 'delayed', 'reminder',"
    " 'proposed', 'near', 'feedback', 'code'"
)
_FATES = "'waiting', 'stays', 'moved', 'returned', 'listed'"
_OFFERS = "'open', 'accepted', 'declined', 'lapsed'"
_NEW = ", 'withdrawn'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table in ("messages", "message_texts"):
        _check(table, "kind", _KINDS + _NEW)
    _check("cascade_items", "fate", _FATES + _NEW)
    _check("offers", "status", _OFFERS + _NEW)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("UPDATE offers SET status = 'lapsed' WHERE status = 'withdrawn'")
    # The version before lists bookings alone, and has no words for the message.
    op.execute("DELETE FROM cascade_items WHERE fate = 'withdrawn'")
    gone = "FROM messages WHERE kind = 'withdrawn'"
    op.execute(f"DELETE FROM message_tries WHERE message_id IN (SELECT id {gone})")  # noqa: S608
    op.execute(f"DELETE {gone}")
    op.execute("DELETE FROM message_texts WHERE kind = 'withdrawn'")
    for table in ("messages", "message_texts"):
        _check(table, "kind", _KINDS)
    _check("cascade_items", "fate", _FATES)
    _check("offers", "status", _OFFERS)


def _check(table: str, column: str, allowed: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"{column} IN ({allowed})")
