"""Codes by phone, numbers that others gave patients, browsers that are remembered."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "otp_challenges",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("proved_at", moment, nullable=True),
        sa.Column("shown", sa.String(length=6), nullable=True),
        sa.CheckConstraint(
            "attempts BETWEEN 0 AND 5", name=op.f("ck_otp_challenges_attempts")
        ),
        sa.CheckConstraint(
            "expires_at > created_at", name=op.f("ck_otp_challenges_expires_at")
        ),
        sa.CheckConstraint(
            "phone ~ '^\\+[1-9][0-9]{6,14}$'",
            name=op.f("ck_otp_challenges_phone_e164"),
        ),
        sa.CheckConstraint(
            "purpose IN ('identity')", name=op.f("ck_otp_challenges_purpose")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_otp_challenges")),
        sa.UniqueConstraint("public_id", name=op.f("uq_otp_challenges_public_id")),
    )
    for column in ("phone", "address"):
        op.create_index(
            f"ix_otp_challenges_{column}", "otp_challenges", [column, "created_at"]
        )
    op.create_index("ix_otp_challenges_created_at", "otp_challenges", ["created_at"])
    _identifiers()
    _devices()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("patient_devices")
    op.drop_table("patient_identifiers")
    op.drop_table("otp_challenges")


def _identifiers() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "patient_identifiers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("verified_at", moment, nullable=True),
        sa.CheckConstraint(
            "kind IN ('abha')", name=op.f("ck_patient_identifiers_kind")
        ),
        sa.CheckConstraint(
            "kind <> 'abha' OR value ~ '^[0-9]{14}$'",
            name=op.f("ck_patient_identifiers_abha"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"],
            ["patients.id"],
            name=op.f("fk_patient_identifiers_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_identifiers")),
        sa.UniqueConstraint(
            "kind", "value", name=op.f("uq_patient_identifiers_kind_value")
        ),
        sa.UniqueConstraint(
            "patient_id", "kind", name=op.f("uq_patient_identifiers_patient_id_kind")
        ),
    )


def _devices() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "patient_devices",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("revoked_at", moment, nullable=True),
        sa.CheckConstraint(
            "phone ~ '^\\+[1-9][0-9]{6,14}$'",
            name=op.f("ck_patient_devices_phone_e164"),
        ),
        sa.CheckConstraint(
            "expires_at > created_at", name=op.f("ck_patient_devices_expires_at")
        ),
        sa.CheckConstraint(
            "revoked_at >= created_at", name=op.f("ck_patient_devices_revoked_at")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_devices")),
        sa.UniqueConstraint("public_id", name=op.f("uq_patient_devices_public_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_patient_devices_digest")),
    )
    op.create_index("ix_patient_devices_phone", "patient_devices", ["phone"])
