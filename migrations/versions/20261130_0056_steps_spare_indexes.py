"""The steps of a visit write no index: none names what they change."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0056"
down_revision: str | None = "0055"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_HELD = "status = 'held'"
_LIVE = (
    "linked_kind = 'procedure' AND status IN ('held', 'requested', 'scheduled',"
    " 'checked_in', 'in_progress', 'completed')"
)
_CLOSED = "state NOT IN ('done', 'no_show', 'off')"
# Each index with its columns, if it is unique, and its condition before and from now on.
_INDEXES = (
    (
        "uq_appointments_one_procedure",
        "appointments",
        ("linked_id",),
        True,
        _LIVE,
        "linked_kind = 'procedure' AND phase <> 'off'",
    ),
    (
        "uq_appointments_hold_key",
        "appointments",
        ("hold_key",),
        True,
        _HELD,
        "phase = 'held'",
    ),
    (
        "ix_appointments_hold_expires_at",
        "appointments",
        ("hold_expires_at",),
        False,
        _HELD,
        "phase = 'held'",
    ),
    (
        "ix_appointments_requested",
        "appointments",
        ("facility_id", "booked_at"),
        False,
        "status = 'requested'",
        "phase = 'asked'",
    ),
    (
        "uq_queue_entries_open",
        "queue_entries",
        ("participant_id",),
        True,
        _CLOSED,
        "open",
    ),
)
_ROOM = {"appointments": 85, "participants": 85, "queue_entries": 80}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _drop()
    op.add_column(
        "appointments",
        sa.Column(
            "phase",
            sa.String(10),
            sa.Computed(
                "CASE WHEN status = 'held' THEN 'held'"
                " WHEN status = 'requested' THEN 'asked'"
                " WHEN status IN ('scheduled', 'checked_in', 'in_progress',"
                " 'completed') THEN 'stands' ELSE 'off' END",
                persisted=True,
            ),
            nullable=False,
        ),
    )
    op.add_column(
        "queue_entries",
        sa.Column(
            "open", sa.Boolean(), sa.Computed(_CLOSED, persisted=True), nullable=False
        ),
    )
    for name, table, columns, unique, _, where in _INDEXES:
        op.create_index(
            name, table, columns, unique=unique, postgresql_where=sa.text(where)
        )
    op.create_index("ix_queue_entries_queue_id", "queue_entries", ["queue_id", "open"])
    for table, room in _ROOM.items():
        op.execute(f"ALTER TABLE {table} SET (fillfactor = {room})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table in _ROOM:
        op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
    _drop()
    op.drop_column("appointments", "phase")
    op.drop_column("queue_entries", "open")
    for name, table, columns, unique, where, _ in _INDEXES:
        op.create_index(
            name, table, columns, unique=unique, postgresql_where=sa.text(where)
        )
    op.create_index("ix_queue_entries_queue_id", "queue_entries", ["queue_id", "state"])


def _drop() -> None:
    for name, table, *_ in _INDEXES:
        op.drop_index(name, table_name=table)
    op.drop_index("ix_queue_entries_queue_id", table_name="queue_entries")
