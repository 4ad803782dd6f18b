"""Visits of the network may be paid before they are booked, through the buyer's app."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0055"
down_revision: str | None = "0054"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _terms("facilities", "network_terms", "'desk', 'prepaid'")
    # Orders of before were all to be paid at the desk, but for what costs nothing.
    _terms("beckn_orders", "terms", "'desk', 'prepaid', 'free'")
    _prepayments()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("prepayments")
    op.execute("DROP FUNCTION prepayments_stay()")
    op.drop_column("beckn_orders", "terms")
    op.drop_column("facilities", "network_terms")


def _terms(table: str, name: str, known: str) -> None:
    op.add_column(
        table, sa.Column(name, sa.String(30), server_default="desk", nullable=False)
    )
    op.create_check_constraint(
        op.f(f"ck_{table}_{name}"), table, f"{name} IN ({known})"
    )


def _prepayments() -> None:
    op.create_table(
        "prepayments",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("through", sa.String(200), nullable=False),
        sa.Column("transaction_id", sa.String(200), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_prepayments_amount")),
        sa.CheckConstraint(
            "currency ~ '^[A-Z]{3}$'", name=op.f("ck_prepayments_currency")
        ),
        sa.CheckConstraint(
            "through <> '' AND transaction_id <> ''", name=op.f("ck_prepayments_named")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_prepayments_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.public_id"],
            name=op.f("fk_prepayments_appointment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepayments")),
        sa.UniqueConstraint(
            "appointment_id", name=op.f("uq_prepayments_appointment_id")
        ),
        sa.UniqueConstraint(
            "through",
            "transaction_id",
            name=op.f("uq_prepayments_through_transaction_id"),
        ),
    )
    op.execute(
        """
        CREATE FUNCTION prepayments_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'what was paid before a visit stays as it was written';
        END
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER prepayments_stay BEFORE UPDATE OR DELETE ON prepayments"
        " FOR EACH ROW EXECUTE FUNCTION prepayments_stay()"
    )
