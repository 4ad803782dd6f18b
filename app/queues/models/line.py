"""Rows of the live order: queues, who is in them, counters, what was done."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model, choice
from app.queues.kinds import Act, EntryIs

OPEN = "state NOT IN ('done', 'no_show', 'off')"


class Counter(Model):
    """A desk or a door people are called to."""

    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("facility_id", "code"),)

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class Queue(Model):
    """
    Who waits for a doctor or service on a local day of a facility.

    `paces` is what was observed of the time in the room when the day last changed:
    seconds at P50 and P90 and how many visits, by type.
    """

    __tablename__ = "queues"
    __table_args__ = (
        UniqueConstraint("facility_id", "resource_id", "day"),
        CheckConstraint("walk_ins >= 0", name="walk_ins"),
        CheckConstraint("late_minutes BETWEEN 0 AND 600", name="late_minutes"),
        Index("ix_queues_day", "facility_id", "day"),
        Index("ix_queues_unclosed", "day", postgresql_where=text("closed_at IS NULL")),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    day: Mapped[date]
    walk_ins: Mapped[int] = mapped_column(server_default="0", default=0)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    late_minutes: Mapped[int] = mapped_column(server_default="0", default=0)
    notice: Mapped[str] = mapped_column(String(200), server_default="", default="")
    paces: Mapped[dict[str, list[int]]] = mapped_column(
        JSONB, server_default="{}", default=dict
    )
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class QueueEntry(Model):
    """
    Somebody in a queue; the order is (tier, due_at less a live boost, arrived_at, id).

    Among those due at one moment, who was skipped stands as if they had arrived at
    `stands_at` with the number `stands_rank`.

    Nobody without `present_at` is called: they checked in from afar. `parts` says what
    the due time was made of, and what scoring was told stands beside it, so that
    another policy can be tried on the same people. No index names `state`, but `open`,
    so that none is written for a call.
    """

    __tablename__ = "queue_entries"
    __table_args__ = (
        Index(
            "uq_queue_entries_open",
            "participant_id",
            unique=True,
            postgresql_where=text("open"),
        ),
        Index("ix_queue_entries_queue_id", "queue_id", "open"),
        Index("ix_queue_entries_participant_id", "participant_id"),
        CheckConstraint("tier BETWEEN 0 AND 9", name="tier"),
        CheckConstraint("skips >= 0", name="skips"),
        CheckConstraint(
            "num_nonnulls(boost_minutes, boost_by, boost_reason, boost_expires_at)"
            " IN (0, 4)",
            name="boost",
        ),
        CheckConstraint(
            "num_nonnulls(stands_at, stands_rank) IN (0, 2)", name="stands"
        ),
        CheckConstraint(
            "state NOT IN ('called', 'in_room') OR present_at IS NOT NULL",
            name="present",
        ),
        CheckConstraint(
            "(state = 'in_room') = (in_room_since IS NOT NULL)", name="in_room"
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    queue_id: Mapped[int] = mapped_column(ForeignKey("queues.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id"))
    encounter_id: Mapped[int] = mapped_column(ForeignKey("encounters.id"))
    state: Mapped[EntryIs] = mapped_column(choice(EntryIs, "state"))
    open: Mapped[bool] = mapped_column(Computed(OPEN, persisted=True), deferred=True)
    tier: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(Instant)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    arrived_at: Mapped[datetime] = mapped_column(Instant)
    present_at: Mapped[datetime | None] = mapped_column(Instant)
    scheduled_at: Mapped[datetime | None] = mapped_column(Instant)
    late_from: Mapped[datetime | None] = mapped_column(Instant)
    walk_in: Mapped[bool]
    from_share: Mapped[bool] = mapped_column(server_default=text("false"))
    level: Mapped[str] = mapped_column(String(30), ForeignKey("queue_levels.code"))
    needs: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    age: Mapped[int | None]
    usual_minutes: Mapped[int]
    skips: Mapped[int] = mapped_column(server_default="0", default=0)
    stands_at: Mapped[datetime | None] = mapped_column(Instant)
    stands_rank: Mapped[float | None]
    boost_minutes: Mapped[int | None]
    boost_by: Mapped[str | None] = mapped_column(String(200))
    boost_reason: Mapped[str | None] = mapped_column(String(200))
    boost_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
    called_at: Mapped[datetime | None] = mapped_column(Instant)
    first_called_at: Mapped[datetime | None] = mapped_column(Instant)
    calls: Mapped[int] = mapped_column(server_default="0", default=0)
    in_room_since: Mapped[datetime | None] = mapped_column(Instant)
    # When their place came near the front; who came near already was not told of it.
    near_at: Mapped[datetime | None] = mapped_column(Instant)
    # What was told at check-in of how long it would take, to be measured by later.
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    told_low_s: Mapped[int | None]
    told_high_s: Mapped[int | None]


class QueueAct(Model):
    """An act in a queue and how the row stood before it, so that it can go back."""

    __tablename__ = "queue_acts"
    __table_args__ = (
        Index("ix_queue_acts_entry_id", "entry_id", text("id DESC")),
        Index("ix_queue_acts_queue_id", "queue_id", text("id DESC")),
    )

    queue_id: Mapped[int] = mapped_column(ForeignKey("queues.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("queue_entries.id"))
    act: Mapped[Act] = mapped_column(choice(Act, "act"))
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Instant)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class QueueChange(Model):
    """
    A mark that a queue changes at a moment; how many have passed is its version.

    Rows are only added, so a version is never a row that somebody waits for; one that
    lies ahead turns it when a boost expires.
    """

    __tablename__ = "queue_changes"
    __table_args__ = (Index("ix_queue_changes_queue_id", "queue_id", "at"),)

    queue_id: Mapped[int] = mapped_column(ForeignKey("queues.id"))
    at: Mapped[datetime] = mapped_column(Instant)
