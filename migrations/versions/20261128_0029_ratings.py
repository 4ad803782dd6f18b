"""Every visit has a secret address from its booking on, and is rated afterwards."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# 128 bits of two random ids, which have 122 each.
RANDOM = (
    "left(encode(sha256(uuid_send(gen_random_uuid())"
    " || uuid_send(gen_random_uuid())), 'hex'), 32)"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "participants",
        sa.Column(
            "secret", sa.String(43), server_default=sa.text(RANDOM), nullable=False
        ),
    )
    # What is printed on slips opens the same visit as before.
    op.execute(
        "UPDATE participants SET secret = slips.secret FROM slips"
        " WHERE slips.participant_id = participants.id"
    )
    op.create_unique_constraint(
        op.f("uq_participants_secret"), "participants", ["secret"]
    )
    op.create_check_constraint(
        op.f("ck_participants_secret"), "participants", "length(secret) >= 20"
    )
    op.drop_column("slips", "secret")
    op.add_column(
        "queue_policies",
        sa.Column("come_minutes", sa.Integer(), server_default="1440", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_queue_policies_come_minutes"),
        "queue_policies",
        "come_minutes BETWEEN 0 AND 1440",
    )
    op.create_table(
        "ratings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_ratings_stars")),
        sa.CheckConstraint("changed_at >= rated_at", name=op.f("ck_ratings_changed")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_ratings_participant_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_ratings_participant_id")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("ratings")
    op.drop_constraint(op.f("ck_queue_policies_come_minutes"), "queue_policies")
    op.drop_column("queue_policies", "come_minutes")
    op.add_column("slips", sa.Column("secret", sa.String(43), nullable=True))
    op.execute(
        "UPDATE slips SET secret = participants.secret FROM participants"
        " WHERE slips.participant_id = participants.id"
    )
    op.alter_column("slips", "secret", nullable=False)
    op.create_unique_constraint(op.f("uq_slips_secret"), "slips", ["secret"])
    op.create_check_constraint(op.f("ck_slips_secret"), "slips", "length(secret) >= 20")
    op.drop_column("participants", "secret")
