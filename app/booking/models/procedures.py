"""Rows of procedures: what shall be done, for whom, with whom and what."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.booking.kinds import ProcedureIs
from app.core.db import Instant, Model, choice


class Procedure(Model):
    """
    Something to be done once, booked when everybody and everything is free for it.

    Whether it is booked or done its appointment tells; only what no appointment could
    know is kept here.
    """

    __tablename__ = "procedures"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        CheckConstraint("revision >= 1", name="revision"),
        Index("ix_procedures_facility_id", "facility_id", "status"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_types.id"))
    name: Mapped[str] = mapped_column(String(120))
    minutes: Mapped[int]
    priority: Mapped[int]
    note: Mapped[str] = mapped_column(String(500))
    status: Mapped[ProcedureIs] = mapped_column(choice(ProcedureIs, "status"))
    cancel_reason: Mapped[str] = mapped_column(String(200))
    created_by: Mapped[str] = mapped_column(String(120))
    created_by_name: Mapped[str] = mapped_column(String(420))
    created_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int]


class ProcedurePatient(Model):
    """Somebody a procedure is for."""

    __tablename__ = "procedure_patients"
    __table_args__ = (
        UniqueConstraint("procedure_id", "patient_id"),
        Index("ix_procedure_patients_patient_id", "patient_id"),
    )

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))


class ProcedureNeed(Model):
    """
    Whom or what a procedure needs: a named resource, or any that will do.

    `offset_minutes` and `minutes` are its part; without minutes until the end.
    """

    __tablename__ = "procedure_needs"
    __table_args__ = (
        UniqueConstraint("procedure_id", "position"),
        CheckConstraint(
            "CASE WHEN resource_id IS NULL"
            " THEN kind IS NOT NULL OR capability <> '' OR department_id IS NOT NULL"
            " ELSE kind IS NULL AND capability = '' AND department_id IS NULL END",
            name="named_or_any",
        ),
        CheckConstraint(
            "offset_minutes BETWEEN -1440 AND 1440"
            " AND (minutes IS NULL OR minutes BETWEEN 1 AND 1440)",
            name="part",
        ),
    )

    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(40))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    kind: Mapped[str | None] = mapped_column(String(30))
    capability: Mapped[str] = mapped_column(String(40))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    offset_minutes: Mapped[int]
    minutes: Mapped[int | None]
