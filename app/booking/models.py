import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.booking.kinds import How, Kind, OfferIs, Waiting
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
        Index(
            "ix_appointments_series_id",
            "series_id",
            postgresql_where=text("series_id IS NOT NULL"),
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
    series_id: Mapped[int | None] = mapped_column(ForeignKey("appointment_series.id"))


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
    arrived_at: Mapped[datetime | None] = mapped_column(Instant)


class StatusMove(Model):
    """
    A change of status and how things stood before it, so that it can be taken back.

    `revision` is the appointment's after it: another one means that more has happened.
    """

    __tablename__ = "status_moves"
    __table_args__ = (UniqueConstraint("appointment_id", "revision"),)

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    revision: Mapped[int]
    was: Mapped[Status] = mapped_column(choice(Status, "was"))
    became: Mapped[Status] = mapped_column(choice(Status, "became"))
    people: Mapped[dict[str, str]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Instant)


class AppointmentSeries(Model):
    """Appointments booked together: every so many weeks, at the same local time."""

    __tablename__ = "appointment_series"
    __table_args__ = (CheckConstraint("every_weeks BETWEEN 1 AND 52", name="weeks"),)

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    every_weeks: Mapped[int]
    # What could not be booked: [{"starts_at": …, "code": …}].
    skipped: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    booked_by: Mapped[str] = mapped_column(String(120))
    booked_at: Mapped[datetime] = mapped_column(Instant)


class BookingResource(Model):
    """
    A claim: a resource, or one unit of it, taken for a span by a booking or a slot.

    `during` is used, `claimed` adds the buffers and is what nobody else may touch.
    `active` says that it takes the place; `current` that it belongs to the present
    arrangement and not to one before a move.
    """

    __tablename__ = "booking_resources"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(appointment_id, token_slot_id) = 1", name="one_owner"
        ),
        CheckConstraint("unit >= 1", name="unit"),
        CheckConstraint("claimed @> during", name="claimed"),
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
    how: Mapped[How] = mapped_column(choice(How, "how"))
    assigned_by: Mapped[str] = mapped_column(String(120))
    assigned_at: Mapped[datetime] = mapped_column(Instant)


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


class WaitlistEntry(Model):
    """
    Somebody who waits for a place, and which ones would do, on the local clock.

    Without a resource any of the department does, without both any of the facility.
    """

    __tablename__ = "waitlist_entries"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint(
            "cardinality(weekdays) >= 1 AND weekdays <@ ARRAY[0, 1, 2, 3, 4, 5, 6]",
            name="weekdays",
        ),
        CheckConstraint("earliest < latest", name="times"),
        CheckConstraint("priority BETWEEN 0 AND 9", name="priority"),
        Index(
            "ix_waitlist_entries_waiting",
            "facility_id",
            text("priority DESC"),
            "id",
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_waitlist_entries_patient_id", "patient_id"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_types.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    earliest: Mapped[time]
    latest: Mapped[time]
    priority: Mapped[int]
    status: Mapped[Waiting] = mapped_column(choice(Waiting, "status"))
    note: Mapped[str] = mapped_column(String(500), server_default="", default="")
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Offer(Model):
    """A place held for somebody on the waitlist, until they say so or it lapses."""

    __tablename__ = "offers"
    __table_args__ = (
        Index(
            "uq_offers_open_entry",
            "entry_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_offers_expires_at",
            "expires_at",
            postgresql_where=text("status = 'open'"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    entry_id: Mapped[int] = mapped_column(ForeignKey("waitlist_entries.id"))
    appointment_id: Mapped[int] = mapped_column(
        ForeignKey("appointments.id"), unique=True
    )
    status: Mapped[OfferIs] = mapped_column(choice(OfferIs, "status"))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    offered_at: Mapped[datetime] = mapped_column(Instant)
