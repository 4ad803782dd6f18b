"""Rows of appointments: token slots, tokens, who takes part, how they moved."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.booking.kinds import Kind, Priority, Role
from app.booking.states import Status
from app.core.db import Instant, Model, SpanType, choice
from app.core.spans import Span

ONE_PROCEDURE = "uq_appointments_one_procedure"
# Made by the database, so that no way of booking can forget it; a random id has 122
# bits, and of two 128 are left.
_RANDOM = (
    "left(encode(sha256(uuid_send(gen_random_uuid())"
    " || uuid_send(gen_random_uuid())), 'hex'), 32)"
)


# What an appointment is in the eyes of its indexes.
PHASE = (
    "CASE WHEN status = 'held' THEN 'held' WHEN status = 'requested' THEN 'asked'"
    " WHEN status IN ('scheduled', 'checked_in', 'in_progress', 'completed')"
    " THEN 'stands' ELSE 'off' END"
)
# Said in the statement itself: only so does a kept plan use the index of that phase.
HELD, ASKED = literal_column("'held'", String), literal_column("'asked'", String)
# Of a hundred parts of a page so many are filled: the rest is for the steps of visits.
ROOM = 85


class TokenSlot(Model):
    """
    A token slot somebody has booked in; empty slots have no row.

    `taken` counts places, and the database keeps it within capacity and allowance. A
    closed slot gave its time to a timed booking: its places only become fewer, down to
    the visits that were over by then. Closed ones have a row even when empty.
    """

    __tablename__ = "token_slots"
    __table_args__ = (
        UniqueConstraint("resource_id", "facility_id", "during"),
        CheckConstraint("capacity >= 1 AND allowance >= 0", name="capacity"),
        CheckConstraint("taken >= 0 AND taken <= capacity + allowance", name="taken"),
        CheckConstraint(
            "num_nonnulls(availability_id, exception_id) = 1", name="one_source"
        ),
        CheckConstraint("closed_at IS NULL OR taken <= kept", name="closed"),
        Index(
            "ix_token_slots_closed",
            "resource_id",
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
    )

    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    during: Mapped[Span] = mapped_column(SpanType)
    capacity: Mapped[int]
    allowance: Mapped[int] = mapped_column(server_default="0", default=0)
    taken: Mapped[int] = mapped_column(server_default="0", default=0)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    kept: Mapped[int] = mapped_column(server_default="0", default=0)
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
    whole of it; each resource's own part stands in its BookingResource. `priority` 1 is
    an emergency, 5 elective; `over_slots` says that token slots were closed for it.

    No index names `status`, but `phase`, which the steps of a visit leave as it is: so
    none of its indexes is written for a step, where the page has room for the new row.
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
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        CheckConstraint("offered_at IS NULL OR status = 'requested'", name="offered"),
        Index(
            "ix_appointments_series_id",
            "series_id",
            postgresql_where=text("series_id IS NOT NULL"),
        ),
        CheckConstraint("num_nonnulls(linked_kind, linked_id) IN (0, 2)", name="link"),
        Index("ix_appointments_facility_start", "facility_id", text("lower(during)")),
        Index("ix_appointments_resource_start", "resource_id", text("lower(during)")),
        Index("ix_appointments_token_slot_id", "token_slot_id"),
        Index(
            "ix_appointments_linked_id",
            "linked_id",
            postgresql_where=text("linked_id IS NOT NULL"),
        ),
        # A procedure is done once: it has one appointment that is live or completed.
        Index(
            ONE_PROCEDURE,
            "linked_id",
            unique=True,
            postgresql_where=text("linked_kind = 'procedure' AND phase <> 'off'"),
        ),
        # One live hold for one browser session or network transaction.
        Index(
            "uq_appointments_hold_key",
            "hold_key",
            unique=True,
            postgresql_where=text("phase = 'held'"),
        ),
        Index(
            "ix_appointments_hold_expires_at",
            "hold_expires_at",
            postgresql_where=text("phase = 'held'"),
        ),
        Index(
            "ix_appointments_requested",
            "facility_id",
            "booked_at",
            postgresql_where=text("phase = 'asked'"),
        ),
        {"postgresql_with": {"fillfactor": ROOM}},
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    kind: Mapped[Kind] = mapped_column(choice(Kind, "kind"))
    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_types.id"))
    status: Mapped[Status] = mapped_column(choice(Status, "status"))
    phase: Mapped[str] = mapped_column(
        String(10), Computed(PHASE, persisted=True), deferred=True
    )
    during: Mapped[Span] = mapped_column(SpanType)
    token_slot_id: Mapped[int | None] = mapped_column(ForeignKey("token_slots.id"))
    priority: Mapped[int] = mapped_column(server_default="5", default=Priority.ELECTIVE)
    over_slots: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False
    )
    availability_id: Mapped[int | None] = mapped_column(ForeignKey("availabilities.id"))
    exception_id: Mapped[int | None] = mapped_column(
        ForeignKey("availability_exceptions.id")
    )
    hold_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    hold_key: Mapped[str | None] = mapped_column(String(120))
    # When its approver offered the place it has instead of the one asked for.
    offered_at: Mapped[datetime | None] = mapped_column(Instant)
    channel: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), server_default="", default="")
    cancel_reason: Mapped[str] = mapped_column(
        String(200), server_default="", default=""
    )
    booked_by: Mapped[str] = mapped_column(String(120))
    booked_by_name: Mapped[str] = mapped_column(String(420))
    booked_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(server_default="1", default=1)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("appointment_series.id"))
    linked_kind: Mapped[str | None] = mapped_column(String(40))
    linked_id: Mapped[uuid.UUID | None]


class Participant(Model):
    """
    Somebody who takes part, in a role, with their own status and token.

    `secret` opens the page of their visit: 128 random bits that only they are told.
    """

    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("appointment_id", "patient_id"),
        CheckConstraint("length(secret) >= 20", name="secret"),
        Index("ix_participants_patient_id", "patient_id"),
        {"postgresql_with": {"fillfactor": ROOM}},
    )

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    status: Mapped[Status] = mapped_column(choice(Status, "status"))
    role: Mapped[Role] = mapped_column(
        choice(Role, "role"), server_default=Role.PATIENT
    )
    token_id: Mapped[int | None] = mapped_column(ForeignKey("tokens.id"), unique=True)
    secret: Mapped[str] = mapped_column(
        String(43), unique=True, server_default=text(_RANDOM)
    )
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
