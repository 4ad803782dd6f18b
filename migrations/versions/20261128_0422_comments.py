"""Comments on what the trail tells of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # A token slot goes by its facility, its resource and its start.
    op.alter_column("audit_events", "object_id", type_=sa.String(length=120))
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=200), nullable=True),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("once", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("actor", "once", name=op.f("uq_comments_actor_once")),
    )
    op.create_index(
        "ix_comments_object",
        "comments",
        ["object_kind", "object_id", sa.literal_column("id DESC")],
    )
    op.execute(
        "CREATE TRIGGER comments_append_only BEFORE UPDATE OR DELETE ON comments "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER comments_no_truncate BEFORE TRUNCATE ON comments "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("comments")
    op.alter_column(
        "audit_events",
        "object_id",
        type_=sa.String(length=60),
        postgresql_using="left(object_id, 60)",
    )
