"""The directory: facilities, resources, types, and who has which role where."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _facilities()
    _departments()
    _practitioners()
    _locations()
    _equipment()
    _resources()
    _posts()
    _appointment_types()
    _role_assignments()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


_TABLES = (
    "facilities",
    "departments",
    "practitioners",
    "locations",
    "equipment",
    "resources",
    "posts",
    "appointment_types",
    "role_assignments",
)


def _facilities() -> None:
    op.create_table(
        "facilities",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=300), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=20), server_default="", nullable=False),
        sa.Column(
            "active", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilities")),
        sa.UniqueConstraint("public_id", name=op.f("uq_facilities_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_facilities_slug")),
    )


def _departments() -> None:
    op.create_table(
        "departments",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_departments_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_departments_public_id")),
    )
    op.create_index(
        "uq_departments_facility_name",
        "departments",
        ["facility_id", "name"],
        unique=True,
    )


def _practitioners() -> None:
    op.create_table(
        "practitioners",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "speciality", sa.String(length=80), server_default="", nullable=False
        ),
        sa.Column(
            "registration", sa.String(length=40), server_default="", nullable=False
        ),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_practitioners_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practitioners")),
        sa.UniqueConstraint("user_id", name=op.f("uq_practitioners_user_id")),
    )


def _locations() -> None:
    op.create_table(
        "locations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "room",
                "chair",
                "theatre",
                "site",
                name="form",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("floor", sa.String(length=20), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
    )


def _equipment() -> None:
    op.create_table(
        "equipment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.String(length=80), server_default="", nullable=False),
        sa.Column("serial", sa.String(length=60), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
    )


def _resources() -> None:
    op.create_table(
        "resources",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "practitioner",
                "room",
                "chair",
                "location",
                "equipment",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("practitioner_id", sa.BigInteger(), nullable=True),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("equipment_id", sa.BigInteger(), nullable=True),
        sa.Column("capacity", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "exclusive", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column(
            "buffer_before_minutes", sa.Integer(), server_default="0", nullable=False
        ),
        sa.Column(
            "buffer_after_minutes", sa.Integer(), server_default="0", nullable=False
        ),
        sa.Column(
            "capabilities",
            postgresql.ARRAY(sa.String(length=40)),
            server_default="{}",
            nullable=False,
        ),
        sa.Column(
            "schedule_only",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
        sa.Column(
            "active", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'practitioner' THEN practitioner_id IS NOT NULL WHEN 'equipment' THEN equipment_id IS NOT NULL ELSE location_id IS NOT NULL END AND num_nonnulls(practitioner_id, location_id, equipment_id) = 1",
            name=op.f("ck_resources_one_original"),
        ),
        sa.CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0",
            name=op.f("ck_resources_buffers"),
        ),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_resources_capacity")),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_resources_equipment_id")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_resources_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f("fk_resources_practitioner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
        sa.UniqueConstraint("code", name=op.f("uq_resources_code")),
        sa.UniqueConstraint("equipment_id", name=op.f("uq_resources_equipment_id")),
        sa.UniqueConstraint("location_id", name=op.f("uq_resources_location_id")),
        sa.UniqueConstraint(
            "practitioner_id", name=op.f("uq_resources_practitioner_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_resources_public_id")),
    )


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(length=40), server_default="", nullable=False),
        sa.Column("token_prefix", sa.String(length=3), nullable=True),
        sa.CheckConstraint(
            "token_prefix ~ '^[A-Z]{1,3}$'", name=op.f("ck_posts_prefix")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_posts_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_posts_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_posts_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    op.create_index("ix_posts_department_id", "posts", ["department_id"], unique=False)
    op.create_index(
        "uq_posts_facility_prefix",
        "posts",
        ["facility_id", "token_prefix"],
        unique=True,
    )
    op.create_index(
        "uq_posts_resource_facility",
        "posts",
        ["resource_id", "facility_id"],
        unique=True,
    )


def _appointment_types() -> None:
    op.create_table(
        "appointment_types",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "new",
                "follow_up",
                "procedure",
                "vaccination",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column(
            "active", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.CheckConstraint(
            "minutes BETWEEN 5 AND 1440", name=op.f("ck_appointment_types_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_types")),
        sa.UniqueConstraint("code", name=op.f("uq_appointment_types_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointment_types_public_id")),
    )


def _role_assignments() -> None:
    op.create_table(
        "role_assignments",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "doctor",
                "reception",
                "nurse",
                "location_manager",
                "analyst",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("facility_id", sa.BigInteger(), nullable=True),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(facility_id, department_id, resource_id) <= 1",
            name=op.f("ck_role_assignments_one_scope"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_role_assignments_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_role_assignments_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name=op.f("fk_role_assignments_resource_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_role_assignments_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignments")),
    )
    op.create_index(
        "uq_role_assignments_user_role_scope",
        "role_assignments",
        [
            "user_id",
            "role",
            sa.literal_column("coalesce(facility_id, 0)"),
            sa.literal_column("coalesce(department_id, 0)"),
            sa.literal_column("coalesce(resource_id, 0)"),
        ],
        unique=True,
    )
