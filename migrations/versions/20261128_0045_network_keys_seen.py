"""Which key signed a message of the network, and all of one transaction at once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0045"
down_revision: str | None = "0044"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_BOXES = ("beckn_inbox", "beckn_outbox")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for name in ("key_id", "gateway_key_id"):
        op.add_column("beckn_inbox", sa.Column(name, sa.String(200), nullable=True))
    for box in _BOXES:
        op.create_index(f"ix_{box}_transaction_id", box, ["transaction_id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for box in _BOXES:
        op.drop_index(f"ix_{box}_transaction_id", box)
    for name in ("gateway_key_id", "key_id"):
        op.drop_column("beckn_inbox", name)
