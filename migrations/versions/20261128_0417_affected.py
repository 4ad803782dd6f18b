"""Messages that leave or maintenance will meet an appointment."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_KINDS = (
    *("booked", "requested", "approved", "denied", "moved", "cancelled"),
    *("expired", "offered", "displaced"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _allow((*_KINDS, "affected", "reassigned"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # What was never told cannot be told by the version before: it knows no words.
    op.execute("DELETE FROM messages WHERE kind IN ('affected', 'reassigned')")
    _allow(_KINDS)


def _allow(kinds: Sequence[str]) -> None:
    op.drop_constraint(op.f("ck_messages_kind"), "messages")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(
        op.f("ck_messages_kind"), "messages", sa.text(f"kind IN ({listed})")
    )
