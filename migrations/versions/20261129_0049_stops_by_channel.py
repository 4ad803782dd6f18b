"""Patients stop messages of one channel, or of all."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0049"
down_revision: str | None = "0048"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "contacts",
        sa.Column(
            "stopped",
            postgresql.ARRAY(sa.String(30)),
            server_default="{}",
            nullable=False,
        ),
    )
    # Who wanted none so far wants none by any.
    op.execute(
        "UPDATE contacts SET stopped = '{email,sms,whatsapp}'"
        " WHERE stopped_at IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_contacts_stopped"),
        "contacts",
        "stopped <@ '{email,sms,whatsapp}'::varchar[]",
    )
    op.create_check_constraint(
        op.f("ck_contacts_stopped_at"),
        "contacts",
        "(stopped_at IS NULL) = (stopped = '{}')",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_constraint(op.f("ck_contacts_stopped_at"), "contacts")
    op.drop_constraint(op.f("ck_contacts_stopped"), "contacts")
    op.drop_column("contacts", "stopped")
