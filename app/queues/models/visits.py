"""Rows of who has come: the check-in, and the encounter that only it opens."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model, choice
from app.queues.kinds import EncounterIs, How


class CheckIn(Model):
    """
    Somebody said that a participant is here, or on the way when it was from afar.

    Taken back it stays, with the moment at which it was.
    """

    __tablename__ = "check_ins"
    __table_args__ = (
        # What an encounter's foreign key leans on.
        UniqueConstraint("id", "participant_id"),
        Index(
            "uq_check_ins_standing",
            "participant_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    participant_id: Mapped[int] = mapped_column(ForeignKey("participants.id"))
    how: Mapped[How] = mapped_column(choice(How, "how"))
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(String(120))
    by_name: Mapped[str] = mapped_column(String(200))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class Slip(Model):
    """
    What a participant takes along on paper.

    It came out on paper `prints` times, as somebody who saw it said.
    """

    __tablename__ = "slips"
    __table_args__ = (
        CheckConstraint(
            "prints >= 0 AND (prints = 0) = (printed_at IS NULL)", name="printed"
        ),
    )

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participants.id"), unique=True
    )
    made_at: Mapped[datetime] = mapped_column(Instant)
    prints: Mapped[int] = mapped_column(server_default="0", default=0)
    printed_at: Mapped[datetime | None] = mapped_column(Instant)


class Encounter(Model):
    """
    A visit that takes place: there is none without a check-in of that participant.

    `resource_id` is who sees them, which a transfer changes; `room_seconds` is the time
    in the room, without tests in between.
    """

    __tablename__ = "encounters"
    __table_args__ = (
        ForeignKeyConstraint(
            ["check_in_id", "participant_id"],
            ["check_ins.id", "check_ins.participant_id"],
            name="fk_encounters_check_in",
        ),
        UniqueConstraint("check_in_id"),
        Index(
            "uq_encounters_participant",
            "participant_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        CheckConstraint(
            "(state = 'arrived' AND started_at IS NULL AND ended_at IS NULL)"
            " OR (state = 'started' AND started_at IS NOT NULL AND ended_at IS NULL)"
            " OR (state = 'ended' AND num_nonnulls(started_at, ended_at) = 2)"
            " OR (state = 'left' AND ended_at IS NOT NULL)"
            " OR state = 'cancelled'",
            name="times",
        ),
        Index("ix_encounters_patient_id", "patient_id", text("arrived_at DESC")),
        Index(
            "ix_encounters_pace",
            "resource_id",
            "type_id",
            text("ended_at DESC"),
            postgresql_where=text("state = 'ended' AND room_seconds IS NOT NULL"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    check_in_id: Mapped[int] = mapped_column(BigInteger)
    participant_id: Mapped[int] = mapped_column(BigInteger)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_types.id"))
    state: Mapped[EncounterIs] = mapped_column(choice(EncounterIs, "state"))
    arrived_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    room_seconds: Mapped[int | None]
