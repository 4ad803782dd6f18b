import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.booking.kinds import How, Kind, Outcome, Trouble
from app.booking.states import Status
from app.core.db import Instant, Model, SpanType, choice
from app.core.spans import Span

# Written by hand in its migration and pinned by a test: Alembic does not see it change.
NO_TWO_CLAIMS = "ex_booking_resources_one_place"


class TokenSlot(Model):
    """
    A token slot somebody has booked in; empty slots have no row.

    `taken` counts places, and the database keeps it within capacity and allowance.
    """

    __tablename__ = "token_slots"
    __table_args__ = (
        UniqueConstraint("resource_id", "facility_id", "during"),
        CheckConstraint("capacity >= 1 AND allowance >= 0", name="capacity"),
        CheckConstraint("taken >= 0 AND taken <= capacity + allowance", name="taken"),
        CheckConstraint(
            "num_nonnulls(availability_id, exception_id) = 1", name="one_source"
        ),
    )

    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    during: Mapped[Span] = mapped_column(SpanType)
    capacity: Mapped[int]
    allowance: Mapped[int] = mapped_column(server_default="0", default=0)
    taken: Mapped[int] = mapped_column(server_default="0", default=0)
    availability_id: Mapped[int | None] = mapped_column(ForeignKey("availabilities.id"))
    exception_id: Mapped[int | None] = mapped_column(
        ForeignKey("availability_exceptions.id")
    )


class TokenSeries(Model):
    """The numbers of one resource on one local day of a facility; `last` only grows."""

    __tablename__ = "token_series"
    __table_args__ = (
        UniqueConstraint("facility_id", "resource_id", "day"),
        CheckConstraint("last >= 0", name="last"),
    )

    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    day: Mapped[date]
    prefix: Mapped[str] = mapped_column(String(3))
    last: Mapped[int] = mapped_column(server_default="0", default=0)


class Token(Model):
    """A number given out once and never again."""

    __tablename__ = "tokens"
    __table_args__ = (
        UniqueConstraint("series_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    series_id: Mapped[int] = mapped_column(ForeignKey("token_series.id"))
    number: Mapped[int]


class Appointment(Model):
    """
    A place promised: a timed booking, or a token in a slot.

    `resource_id` is the principal resource, whose list it stands in. `during` is the
    whole of it; each resource's own part stands in its BookingResource.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'token') = (token_slot_id IS NOT NULL)", name="token_slot"
        ),
        CheckConstraint(
            "(status = 'held') = (hold_expires_at IS NOT NULL)", name="hold"
        ),
        CheckConstraint(
            "num_nonnulls(availability_id, exception_id) <= 1", name="one_source"
        ),
        Index("ix_appointments_facility_start", "facility_id", text("lower(during)")),
        Index("ix_appointments_resource_start", "resource_id", text("lower(during)")),
        Index("ix_appointments_token_slot_id", "token_slot_id"),
        # One live hold for one browser session or network transaction.
        Index(
            "uq_appointments_hold_key",
            "hold_key",
            unique=True,
            postgresql_where=text("status = 'held'"),
        ),
        Index(
            "ix_appointments_hold_expires_at",
            "hold_expires_at",
            postgresql_where=text("status = 'held'"),
        ),
        Index(
            "ix_appointments_requested",
            "facility_id",
            "booked_at",
            postgresql_where=text("status = 'requested'"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_types.id"))
    status: Mapped[Status] = mapped_column(choice(Status, "status"))
    during: Mapped[Span] = mapped_column(SpanType)
    token_slot_id: Mapped[int | None] = mapped_column(ForeignKey("token_slots.id"))
    availability_id: Mapped[int | None] = mapped_column(ForeignKey("availabilities.id"))
    exception_id: Mapped[int | None] = mapped_column(
        ForeignKey("availability_exceptions.id")
    )
    hold_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    hold_key: Mapped[str | None] = mapped_column(String(120))
    channel: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), server_default="", default="")
    cancel_reason: Mapped[str] = mapped_column(
        String(200), server_default="", default=""
    )
    booked_by: Mapped[str] = mapped_column(String(120))
    booked_by_name: Mapped[str] = mapped_column(String(200))
    booked_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(server_default="1", default=1)


class Participant(Model):
    """Somebody the appointment is for, with their own status and token."""

    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("appointment_id", "patient_id"),
        Index("ix_participants_patient_id", "patient_id"),
    )

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    status: Mapped[Status] = mapped_column(choice(Status, "status"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("tokens.id"), unique=True)


class BookingResource(Model):
    """
    A claim: a resource, or one unit of it, taken for a span by a booking or a slot.

    `during` is used, `claimed` adds the buffers and is what nobody else may touch.
    `active` says that it takes the place; `current` that it belongs to the present
    arrangement and not to one before a move. `overridden` says that it stands there
    beside others with leave of `override_by`: the constraint leaves it out.
    """

    __tablename__ = "booking_resources"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(appointment_id, token_slot_id) = 1", name="one_owner"
        ),
        CheckConstraint("unit >= 1", name="unit"),
        CheckConstraint("claimed @> during", name="claimed"),
        CheckConstraint(
            "NOT overridden OR num_nonnulls(override_by, override_reason) = 2",
            name="override",
        ),
        Index(
            "ix_booking_resources_overridden",
            "resource_id",
            postgresql_where=text("active AND overridden"),
        ),
        Index("ix_booking_resources_appointment_id", "appointment_id"),
        Index("ix_booking_resources_token_slot_id", "token_slot_id"),
        Index(
            "ix_booking_resources_resource_start", "resource_id", text("lower(during)")
        ),
    )

    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    token_slot_id: Mapped[int | None] = mapped_column(ForeignKey("token_slots.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    unit: Mapped[int]
    during: Mapped[Span] = mapped_column(SpanType)
    claimed: Mapped[Span] = mapped_column(SpanType)
    active: Mapped[bool]
    current: Mapped[bool]
    exclusive: Mapped[bool]
    overridden: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False
    )
    override_by: Mapped[str | None] = mapped_column(String(120))
    override_reason: Mapped[str | None] = mapped_column(String(200))
    how: Mapped[How] = mapped_column(choice(How, "how"))
    assigned_by: Mapped[str] = mapped_column(String(120))
    assigned_at: Mapped[datetime] = mapped_column(Instant)


class ResourceConflict(Model):
    """
    Trouble between an appointment and a resource of it, until somebody solves it.

    The second appointment is the other one in a place for one; maintenance has none.
    """

    __tablename__ = "resource_conflicts"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(resolved_at, resolved_by, resolution)"
            " = CASE status WHEN 'UNRESOLVED' THEN 0 ELSE 3 END",
            name="resolved",
        ),
        Index("ix_resource_conflicts_facility_id", "facility_id", "status"),
        Index("ix_resource_conflicts_appointment1_id", "appointment1_id"),
        Index("ix_resource_conflicts_appointment2_id", "appointment2_id"),
        Index(
            "uq_resource_conflicts_open",
            "type",
            "resource_id",
            "appointment1_id",
            text("COALESCE(appointment2_id, 0)"),
            "during",
            unique=True,
            postgresql_where=text("status = 'UNRESOLVED'"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_kind: Mapped[str] = mapped_column(String(30))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    appointment1_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    appointment2_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    during: Mapped[Span] = mapped_column(SpanType)
    type: Mapped[Trouble] = mapped_column(choice(Trouble, "type"))
    status: Mapped[Outcome] = mapped_column(choice(Outcome, "status"))
    found_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_by: Mapped[str | None] = mapped_column(String(120))
    resolution: Mapped[str | None] = mapped_column(String(200))


class IdempotencyKey(Model):
    """An act done once: who asked under which key, for what, and what came of it."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        UniqueConstraint("actor", "key"),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )

    actor: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(100))
    fingerprint: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[uuid.UUID]
    created_at: Mapped[datetime] = mapped_column(Instant)


class DailyLoad(Model):
    """
    How many bookings a resource has on a local day: of one type, or of all together.

    `type_id` 0 counts all. Every booking counts, so a limit set later is right at once.
    """

    __tablename__ = "daily_loads"
    __table_args__ = (
        UniqueConstraint("resource_id", "facility_id", "day", "type_id"),
        CheckConstraint("used >= 0", name="used"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    day: Mapped[date]
    type_id: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int]


class RuleSetting(Model):
    """A rule as it is set: its kind, its values, and where it holds."""

    __tablename__ = "rule_settings"
    __table_args__ = (Index("ix_rule_settings_facility_id", "facility_id"),)

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facilities.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("appointment_types.id"))
    position: Mapped[int] = mapped_column(server_default="0", default=0)
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
