"""Receipts for what was paid at the desk, and patients that were one and the same."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_OF_PATIENTS = ("participants", "procedure_patients", "waitlist_entries", "encounters")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _receipts()
    _merges()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table in _OF_PATIENTS:
        op.execute(f"DROP TRIGGER {table}_not_merged ON {table}")
    op.execute("DROP FUNCTION patient_not_merged()")
    op.drop_table("patient_merges")
    op.drop_constraint(op.f("fk_patients_merged_into_id"), "patients")
    op.drop_constraint(op.f("ck_patients_merged"), "patients")
    op.drop_column("patients", "merged_into_id")
    op.drop_table("receipts")
    op.drop_table("receipt_books")
    op.execute("DROP FUNCTION receipts_stay()")


def _receipts() -> None:
    op.create_table(
        "receipt_books",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 1", name=op.f("ck_receipt_books_last")),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_receipt_books_facility_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_books")),
        sa.UniqueConstraint("facility_id", name=op.f("uq_receipt_books_facility_id")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("paid_by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=120), nullable=False),
        sa.Column("taken_by_name", sa.String(length=200), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_name", sa.String(length=200), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipts_amount")),
        sa.CheckConstraint(
            "currency ~ '^[A-Z]{3}$'", name=op.f("ck_receipts_currency")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_receipts_number")),
        sa.CheckConstraint(
            "method IN ('cash', 'card', 'upi', 'cheque', 'other')",
            name=op.f("ck_receipts_method"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(voided_at, voided_by_name, void_reason) IN (0, 3)",
            name=op.f("ck_receipts_void"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_receipts_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.public_id"],
            name=op.f("fk_receipts_appointment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_receipts_public_id")),
        sa.UniqueConstraint(
            "facility_id", "number", name=op.f("uq_receipts_facility_id_number")
        ),
    )
    op.create_index("ix_receipts_appointment_id", "receipts", ["appointment_id"])
    op.execute(
        """
        CREATE FUNCTION receipts_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE'
               AND OLD.voided_at IS NULL
               AND (to_jsonb(NEW) - '{voided_at,voided_by_name,void_reason}'::text[])
                 = (to_jsonb(OLD) - '{voided_at,voided_by_name,void_reason}'::text[])
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'a receipt stays as it was written, or is voided once';
        END
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER receipts_stay BEFORE UPDATE OR DELETE ON receipts"
        " FOR EACH ROW EXECUTE FUNCTION receipts_stay()"
    )


def _merges() -> None:
    op.add_column(
        "patients", sa.Column("merged_into_id", sa.BigInteger(), nullable=True)
    )
    op.create_foreign_key(
        op.f("fk_patients_merged_into_id"),
        "patients",
        "patients",
        ["merged_into_id"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_patients_merged"), "patients", "merged_into_id <> id"
    )
    op.create_table(
        "patient_merges",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_id", sa.BigInteger(), nullable=False),
        sa.Column("moved", postgresql.JSONB(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_patient_merges_two")),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["patients.id"], name=op.f("fk_patient_merges_kept_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["patients.id"], name=op.f("fk_patient_merges_merged_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_merges")),
        sa.UniqueConstraint("public_id", name=op.f("uq_patient_merges_public_id")),
    )
    op.create_index("ix_patient_merges_kept_id", "patient_merges", ["kept_id"])
    op.create_index(
        "uq_patient_merges_standing",
        "patient_merges",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    # Who books at this moment waits for the merge, and is then told of it.
    op.execute(
        """
        CREATE FUNCTION patient_not_merged() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM patients
            WHERE id = NEW.patient_id AND merged_into_id IS NULL FOR KEY SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'that patient went up in another'
                USING ERRCODE = 'foreign_key_violation',
                      CONSTRAINT = 'patient_not_merged';
            END IF;
            RETURN NEW;
        END
        $$
        """
    )
    for table in _OF_PATIENTS:
        op.execute(
            f"CREATE TRIGGER {table}_not_merged BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION patient_not_merged()"
        )
