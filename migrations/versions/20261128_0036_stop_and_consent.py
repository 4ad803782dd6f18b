"""Secrets by which patients stop messages, guardians of minors, and who agreed to what."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_COLUMNS = ("guardian_phone", "guardian_is", "guardian", "secret")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column("contacts", sa.Column("secret", sa.String(16), nullable=True))
    op.create_unique_constraint(op.f("uq_contacts_secret"), "contacts", ["secret"])
    for column, length in (("guardian", 120), ("guardian_is", 40)):
        op.add_column(
            "contacts",
            sa.Column(column, sa.String(length), server_default="", nullable=False),
        )
    op.add_column("contacts", sa.Column("guardian_phone", sa.String(16), nullable=True))
    op.create_check_constraint(
        op.f("ck_contacts_guardian"),
        "contacts",
        "(guardian = '') = (guardian_is = '')"
        " AND (guardian = '') = (guardian_phone IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_contacts_guardian_phone_e164"),
        "contacts",
        "guardian_phone ~ '^\\+[1-9][0-9]{6,14}$'",
    )
    op.create_index(
        "ix_contacts_guardian_phone",
        "contacts",
        ["guardian_phone"],
        postgresql_where=sa.text("guardian_phone IS NOT NULL"),
    )
    _consents()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("consents")
    op.drop_index("ix_contacts_guardian_phone", "contacts")
    op.drop_constraint(op.f("ck_contacts_guardian_phone_e164"), "contacts")
    op.drop_constraint(op.f("ck_contacts_guardian"), "contacts")
    op.drop_constraint(op.f("uq_contacts_secret"), "contacts")
    for column in _COLUMNS:
        op.drop_column("contacts", column)


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.String(120), nullable=False),
        sa.Column("given_as", sa.String(40), server_default="", nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("how", sa.String(30), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("given_by <> ''", name=op.f("ck_consents_given_by")),
        sa.CheckConstraint("how IN ('online', 'desk')", name=op.f("ck_consents_how")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_consents_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint(
            "patient_id",
            "given_by",
            "given_as",
            "version",
            name=op.f("uq_consents_patient_id_given_by_given_as_version"),
        ),
    )
