"""Roles of the hospital's own, who keeps a place, where a delegation holds."""

from collections.abc import Sequence
from importlib import resources

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_SIX = ("admin", "doctor", "reception", "nurse", "location_manager", "analyst")
# Where the name of who decided stands.
_SIGNED = (
    ("appointments", "booked_by_name"),
    ("cascades", "made_by_name"),
    ("displacements", "made_by_name"),
    ("procedures", "created_by_name"),
)
_ON_A_PLACE = ("location_owner", "location_user")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _own_roles()
    _role_assignments()
    _own_hours()
    _delegations()
    _places()
    _regions()
    # Who acts on behalf of somebody is told with both names.
    for table, column in _SIGNED:
        op.alter_column(table, column, type_=sa.String(420))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, column in _SIGNED:
        op.alter_column(
            table,
            column,
            type_=sa.String(200),
            postgresql_using=f"left({column}, 200)",
        )
    op.drop_column("facilities", "region")
    op.drop_column("resources", "restricted")
    op.drop_column("resources", "needs_approval")
    op.drop_column("delegations", "facility_id")
    op.drop_column("delegations", "department_ids")
    # What the former version does not know cannot be kept.
    op.execute(
        "DELETE FROM role_assignments"
        " WHERE own_role_id IS NOT NULL"
        " OR role IN ('location_owner', 'location_user')"
    )
    op.drop_index("uq_role_assignments_user_role_scope", "role_assignments")
    op.drop_constraint("ck_role_assignments_one_role", "role_assignments")
    op.drop_column("role_assignments", "own_role_id")
    op.alter_column("role_assignments", "role", nullable=False)
    _only(_SIX)
    _unique(("user_id", "role"))
    op.drop_table("own_roles")


def _own_roles() -> None:
    op.create_table(
        "own_roles",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.String(60)), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cardinality(permissions) > 0", name=op.f("ck_own_roles_something")
        ),
        sa.CheckConstraint(
            "code NOT IN ('admin', 'doctor', 'reception', 'nurse', 'location_manager',"
            " 'analyst', 'location_owner', 'location_user')",
            name=op.f("ck_own_roles_not_built_in"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_roles")),
        sa.UniqueConstraint("public_id", name=op.f("uq_own_roles_public_id")),
        sa.UniqueConstraint("code", name=op.f("uq_own_roles_code")),
    )


def _role_assignments() -> None:
    op.add_column(
        "role_assignments", sa.Column("own_role_id", sa.BigInteger(), nullable=True)
    )
    op.create_foreign_key(
        op.f("fk_role_assignments_own_role_id"),
        "role_assignments",
        "own_roles",
        ["own_role_id"],
        ["id"],
    )
    op.alter_column("role_assignments", "role", nullable=True)
    op.create_check_constraint(
        op.f("ck_role_assignments_one_role"),
        "role_assignments",
        "num_nonnulls(role, own_role_id) = 1",
    )
    _only((*_SIX, *_ON_A_PLACE))
    op.drop_index("uq_role_assignments_user_role_scope", "role_assignments")
    _unique(("user_id", "coalesce(role, '')", "coalesce(own_role_id, 0)"))
    op.create_index(
        "ix_role_assignments_resource_id", "role_assignments", ["resource_id"]
    )


def _own_hours() -> None:
    """Let doctors manage the hours that are their own: their role brings no others."""
    op.execute(
        "INSERT INTO role_assignments (user_id, role, resource_id)"
        " SELECT DISTINCT p.user_id, 'doctor', r.id FROM practitioners p"
        " JOIN resources r ON r.practitioner_id = p.id"
        " JOIN role_assignments a ON a.user_id = p.user_id AND a.role = 'doctor'"
        " ON CONFLICT DO NOTHING"
    )


def _only(roles: Sequence[str]) -> None:
    op.drop_constraint("ck_role_assignments_role", "role_assignments")
    named = ", ".join(f"'{role}'" for role in roles)
    op.create_check_constraint(
        op.f("ck_role_assignments_role"), "role_assignments", f"role IN ({named})"
    )


def _unique(first: Sequence[str]) -> None:
    op.create_index(
        "uq_role_assignments_user_role_scope",
        "role_assignments",
        [
            *(sa.text(each) for each in first),
            sa.text("coalesce(facility_id, 0)"),
            sa.text("coalesce(department_id, 0)"),
            sa.text("coalesce(resource_id, 0)"),
        ],
        unique=True,
    )


def _delegations() -> None:
    op.add_column(
        "delegations", sa.Column("facility_id", sa.BigInteger(), nullable=True)
    )
    op.add_column(
        "delegations",
        sa.Column("department_ids", postgresql.ARRAY(sa.BigInteger()), nullable=True),
    )
    # Where it was lent was not kept until now: where its first resource serves first.
    op.execute(
        "UPDATE delegations SET facility_id = (SELECT facility_id FROM posts"
        " WHERE resource_id = delegations.resource_ids[1] ORDER BY id LIMIT 1)"
    )
    op.execute(
        "UPDATE delegations SET department_ids = ARRAY("
        "SELECT p.department_id FROM unnest(resource_ids) WITH ORDINALITY AS r (id, n)"
        " LEFT JOIN posts p ON p.resource_id = r.id"
        " AND p.facility_id = delegations.facility_id ORDER BY r.n)"
    )
    op.alter_column("delegations", "facility_id", nullable=False)
    op.alter_column("delegations", "department_ids", nullable=False)
    op.create_foreign_key(
        op.f("fk_delegations_facility_id"),
        "delegations",
        "facilities",
        ["facility_id"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_delegations_departments"),
        "delegations",
        "cardinality(department_ids) = cardinality(resource_ids)",
    )


def _places() -> None:
    for name in ("restricted", "needs_approval"):
        op.add_column(
            "resources",
            sa.Column(
                name, sa.Boolean(), server_default=sa.text("false"), nullable=False
            ),
        )


def _regions() -> None:
    """Say of each facility in which country its zone lies; of some zones nobody can."""
    op.add_column(
        "facilities",
        sa.Column("region", sa.String(2), server_default="", nullable=False),
    )
    listed = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in listed.splitlines() if line[:1] != "#"]
    facilities = sa.table("facilities", sa.column("zone"), sa.column("region"))
    for row in rows:
        op.execute(
            facilities.update().where(facilities.c.zone == row[2]).values(region=row[0])
        )
    op.create_check_constraint(
        op.f("ck_facilities_region"), "facilities", "region ~ '^([A-Z]{2})?$'"
    )
