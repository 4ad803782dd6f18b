import uuid
from datetime import date, datetime, time

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.availability.kinds import Offered
from app.core.db import Instant, Model, SpanType, choice
from app.core.spans import Span


class Schedule(Model):
    """
    One configuration of a resource's hours at a facility, from date to date.

    Both dates are days of the facility's zone and both count; one that was replaced
    before it ever held ends the day before it begins. Without a resource it is
    the facility's own hours, which rooms and machines without a schedule follow. One at
    a time holds: an exclusion constraint, written by hand in its migration. Every n
    weeks counts from the week of `weeks_from`, which outlives a change of one session.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        CheckConstraint("valid_till >= valid_from - 1", name="dates"),
        Index("ix_schedules_resource_id", "resource_id", "facility_id"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    valid_from: Mapped[date]
    valid_till: Mapped[date | None]
    weeks_from: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(Instant)


class Availability(Model):
    """
    A weekly session of a schedule, in local wall-clock time.

    `weekday` 0 is Monday. An end at or before the start is on the next day, so
    00:00-00:00 is round the clock. Tokens have slot minutes and tokens per slot; open
    time has neither. `types` empty means every appointment type.
    """

    __tablename__ = "availabilities"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("every_weeks BETWEEN 1 AND 52", name="every_weeks"),
        CheckConstraint("nth <@ ARRAY[-1, 1, 2, 3, 4, 5]", name="nth"),
        CheckConstraint(
            "CASE kind WHEN 'tokens'"
            " THEN slot_minutes BETWEEN 1 AND 1440 AND tokens_per_slot >= 1"
            " ELSE slot_minutes = 0 AND tokens_per_slot = 0 END",
            name="slots",
        ),
        Index("ix_availabilities_schedule_id", "schedule_id"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedules.id"))
    kind: Mapped[Offered] = mapped_column(choice(Offered, "kind"))
    weekday: Mapped[int]
    start_time: Mapped[time]
    end_time: Mapped[time]
    slot_minutes: Mapped[int] = mapped_column(server_default="0", default=0)
    tokens_per_slot: Mapped[int] = mapped_column(server_default="0", default=0)
    types: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), server_default="{}", default=list
    )
    label: Mapped[str] = mapped_column(String(60), server_default="", default="")
    every_weeks: Mapped[int] = mapped_column(server_default="1", default=1)
    nth: Mapped[list[int]] = mapped_column(
        ARRAY(Integer), server_default="{}", default=list
    )


class AvailabilityException(Model):
    """
    Time a resource is away, or available outside its pattern.

    Without a resource it is for the whole facility, without a facility for the resource
    everywhere. Revoked ones stay: slots and appointments may have come from them.
    """

    __tablename__ = "availability_exceptions"
    __table_args__ = (
        CheckConstraint("num_nonnulls(facility_id, resource_id) >= 1", name="of_what"),
        CheckConstraint("NOT is_available OR facility_id IS NOT NULL", name="where"),
        CheckConstraint(
            "CASE WHEN is_available AND kind = 'tokens'"
            " THEN slot_minutes BETWEEN 1 AND 1440 AND tokens_per_slot >= 1"
            " ELSE slot_minutes = 0 AND tokens_per_slot = 0 END",
            name="slots",
        ),
        CheckConstraint("kind <> 'break'", name="kind"),
        Index(
            "ix_availability_exceptions_resource_id",
            "resource_id",
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(
            "ix_availability_exceptions_facility_id",
            "facility_id",
            postgresql_where=text("revoked_at IS NULL AND resource_id IS NULL"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    is_available: Mapped[bool]
    kind: Mapped[Offered] = mapped_column(choice(Offered, "offered"))
    during: Mapped[Span] = mapped_column(SpanType)
    slot_minutes: Mapped[int] = mapped_column(server_default="0", default=0)
    tokens_per_slot: Mapped[int] = mapped_column(server_default="0", default=0)
    reason: Mapped[str] = mapped_column(String(200), server_default="", default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Maintenance(Model):
    """
    Time a resource is out of service; `facility_id` says whose people arranged it.

    What repeats is written out, one row for each occurrence, with one `series`.
    """

    __tablename__ = "maintenances"
    __table_args__ = (
        Index("ix_maintenances_resource_id", "resource_id"),
        Index("ix_maintenances_series", "series"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    during: Mapped[Span] = mapped_column(SpanType)
    reason: Mapped[str] = mapped_column(String(200), server_default="", default="")
    series: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
