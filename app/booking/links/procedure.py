"""Procedures as what an appointment is for."""

from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from app.booking.errors import StatusError
from app.booking.kinds import ProcedureIs
from app.booking.models import Procedure
from app.core.db import db
from app.core.errors import NotFoundError
from app.directory.views import FacilityView


class ProcedureLink:
    """One procedure, done once."""

    kind: ClassVar[str] = "procedure"
    once: ClassVar[bool] = True

    def check(self, object_id: UUID, facility: FacilityView) -> None:
        """
        Let pass what is planned, and lock its row: nobody changes it meanwhile.

        :raises NotFoundError: if there is no such procedure in the facility
        :raises StatusError: if it is cancelled
        """
        row = db.session.scalar(
            select(Procedure)
            .where(
                Procedure.public_id == object_id,
                Procedure.facility_id == facility.id,
            )
            .with_for_update()
        )
        if row is None:
            raise NotFoundError("procedure", field="link.id")
        if row.status is ProcedureIs.CANCELLED:
            raise StatusError(status=row.status.value, wanted="scheduled")
