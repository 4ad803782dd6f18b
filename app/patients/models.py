import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Sequence,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Instant, Model, choice
from app.patients.views import Identifier, Sex

MRN = Sequence("patient_mrn", start=10_001, metadata=Base.metadata)


class Patient(Model):
    """
    A person who comes, or for whom somebody comes.

    A phone may belong to a family, so it is not unique. `phone` is E.164.
    """

    __tablename__ = "patients"
    __table_args__ = (
        CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name="phone_e164"),
        CheckConstraint("num_nonnulls(birth_date, birth_year) <= 1", name="one_birth"),
        CheckConstraint("merged_into_id <> id", name="merged"),
        CheckConstraint(
            "needs <@ ARRAY['elderly','pregnant','disabled','vip']::varchar[]",
            name="needs",
        ),
        Index("ix_patients_phone", "phone"),
        Index("ix_patients_phone_end", text("right(phone, 4)")),
        # Names are found by how any of their words begin.
        Index(
            "ix_patients_name",
            text("to_tsvector('simple', name)"),
            postgresql_using="gin",
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    mrn: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(16))
    sex: Mapped[Sex] = mapped_column(choice(Sex, "sex"))
    birth_date: Mapped[date | None]
    birth_year: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(8), server_default="en")
    # Public ids of the chairs and rooms this person likes best, the first one most.
    prefers: Mapped[list[uuid.UUID]] = mapped_column(
        ARRAY(Uuid), server_default="{}", default=list
    )
    needs: Mapped[list[str]] = mapped_column(
        ARRAY(String(20)), server_default="{}", default=list
    )
    created_at: Mapped[datetime] = mapped_column(Instant)
    # Who goes up in another is found no more; triggers keep new visits from them.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))


class PatientMerge(Model):
    """
    Two patients made one: which rows moved, by table, and what the kept one took over.

    `before` has for each field that was filled what it was and what it became.
    """

    __tablename__ = "patient_merges"
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="two"),
        Index("ix_patient_merges_kept_id", "kept_id"),
        Index(
            "uq_patient_merges_standing",
            "merged_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    merged_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    moved: Mapped[dict[str, list[int]]] = mapped_column(JSONB)
    before: Mapped[dict[str, list[Any]]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(Instant)
    by_name: Mapped[str] = mapped_column(String(200))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class PatientIdentifier(Model):
    """
    A number that somebody else gave a patient: fourteen digits of India's ABHA.

    `verified_at` is when whoever gives the numbers said that it is theirs.
    """

    __tablename__ = "patient_identifiers"
    __table_args__ = (
        UniqueConstraint("kind", "value"),
        UniqueConstraint("patient_id", "kind"),
        CheckConstraint("kind <> 'abha' OR value ~ '^[0-9]{14}$'", name="abha"),
    )

    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    kind: Mapped[Identifier] = mapped_column(choice(Identifier, "kind"))
    value: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)
    verified_at: Mapped[datetime | None] = mapped_column(Instant)


class PatientDevice(Model):
    """A browser that proved a phone, E.164; its secret is kept as a keyed digest."""

    __tablename__ = "patient_devices"
    __table_args__ = (
        CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name="phone_e164"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        CheckConstraint("revoked_at >= created_at", name="revoked_at"),
        Index("ix_patient_devices_phone", "phone"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
