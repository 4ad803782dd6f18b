"""Rows of who waits for a place, and what was offered to them."""

import uuid
from datetime import date, datetime, time

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.booking.kinds import OfferIs, Waiting
from app.core.db import Instant, Model, choice


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
