import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.permissions import Role
from app.accounts.purposes import Purpose
from app.core.db import Instant, Model, SpanType, choice
from app.core.spans import Span


class User(Model):
    """
    A member of staff who signs in.

    A demo user's password is printed on the console, so it opens only in demo mode.
    """

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_username", text("lower(username)"), unique=True),)

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    username: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    # Where mail reaches them, as who keeps users has said; none where it is empty.
    email: Mapped[str] = mapped_column(String(254), server_default="", default="")
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    demo: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)


class OwnRole(Model):
    """A role of this hospital's own: permissions under a name."""

    __tablename__ = "own_roles"
    __table_args__ = (
        CheckConstraint("cardinality(permissions) > 0", name="something"),
        # A row of that name would shadow a role that ships.
        CheckConstraint(
            f"code NOT IN ({', '.join(repr(each.value) for each in Role)})",
            name="not_built_in",
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    created_at: Mapped[datetime] = mapped_column(Instant)


class RoleAssignment(Model):
    """
    A role for a user: everywhere, or in one facility, department or resource.

    It is one of those that ship, or one of the hospital's own, which stays while
    anybody has it.
    """

    __tablename__ = "role_assignments"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(facility_id, department_id, resource_id) <= 1",
            name="one_scope",
        ),
        CheckConstraint("num_nonnulls(role, own_role_id) = 1", name="one_role"),
        Index("ix_role_assignments_resource_id", "resource_id"),
        Index(
            "uq_role_assignments_user_role_scope",
            "user_id",
            text("coalesce(role, '')"),
            text("coalesce(own_role_id, 0)"),
            text("coalesce(facility_id, 0)"),
            text("coalesce(department_id, 0)"),
            text("coalesce(resource_id, 0)"),
            unique=True,
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role | None] = mapped_column(choice(Role, "role"))
    own_role_id: Mapped[int | None] = mapped_column(ForeignKey("own_roles.id"))
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facilities.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))


class ApiToken(Model):
    """A bearer token for the JSON door; only its hash is kept."""

    __tablename__ = "api_tokens"

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Delegation(Model):
    """
    Permissions over resources that one user lends another for a span.

    It ends by itself, or at once when it is revoked. Nothing is ever deleted: what was
    done under it reads "on behalf of" for good. `facility_id` and `department_ids`, one
    for each resource, say by which of the lender's roles it was lent.
    """

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("from_user_id <> to_user_id", name="two_people"),
        CheckConstraint(
            "cardinality(permissions) > 0 AND cardinality(resource_ids) > 0",
            name="something",
        ),
        CheckConstraint(
            "cardinality(department_ids) = cardinality(resource_ids)",
            name="departments",
        ),
        Index("ix_delegations_to_user_id", "to_user_id"),
        Index("ix_delegations_from_user_id", "from_user_id"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    from_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    to_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    department_ids: Mapped[list[int | None]] = mapped_column(ARRAY(BigInteger))
    during: Mapped[Span] = mapped_column(SpanType)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Preference(Model):
    """
    What a user likes to see and to press, wherever they sign in.

    `keys` names the key of an act where it is not the usual one; `columns` the public
    ids of the resources they look at, by the public id of the facility.
    """

    __tablename__ = "preferences"
    __table_args__ = (
        CheckConstraint(
            "jsonb_typeof(keys) = 'object' AND jsonb_typeof(columns) = 'object'",
            name="objects",
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    keys_on: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    keys: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    columns: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    changed_at: Mapped[datetime] = mapped_column(Instant)


class OtpChallenge(Model):
    """
    A code sent to a phone, to be said back; only its keyed digest is kept.

    `phone` is E.164, `address` the digest of where the wish came from. `shown` is the
    code itself, in a demo alone: its outbox page stands for the phone.
    """

    __tablename__ = "otp_challenges"
    __table_args__ = (
        CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name="phone_e164"),
        Index("ix_otp_challenges_phone", "phone", "created_at"),
        Index("ix_otp_challenges_address", "address", "created_at"),
        Index("ix_otp_challenges_created_at", "created_at"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "purpose"))
    digest: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    attempts: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    proved_at: Mapped[datetime | None] = mapped_column(Instant)
    shown: Mapped[str | None] = mapped_column(String(6))
