"""The rows of a booking: the appointment, and in the same statement whom it is for."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, bindparam, insert, select

from app.booking.kinds import Role
from app.booking.models import Appointment, Participant
from app.booking.states import Status
from app.booking.tokens import Drawn
from app.core.constant import Constant
from app.core.db import db, table
from app.patients.views import PatientView


def booking(
    columns: Mapping[str, Any],
    patients: Sequence[PatientView],
    token: Drawn | None,
    along: Mapping[int, Role],
) -> int:
    """
    Insert an appointment, and who takes part; give its row number.

    `along` says as what those come, by row number, who are no patients of it.
    """
    if len(patients) != 1:
        made = insert(Appointment).values(**columns).returning(Appointment.id)
        appointment_id = db.session.scalars(made).one()
        add_patients(appointment_id, patients, columns["status"], along)
        return appointment_id
    person = {"patient": patients[0].id, "token": token.id if token else None}
    written: int = _WITH_ONE.send({**columns, **person}).scalar_one()
    return written


def add_patients(
    appointment_id: int,
    patients: Sequence[PatientView],
    status: Status,
    along: Mapping[int, Role],
) -> None:
    """Add people to an appointment, in the status it has."""
    if patients:
        db.session.execute(
            insert(Participant),
            [
                {
                    "appointment_id": appointment_id,
                    "patient_id": patient.id,
                    "status": status,
                    "role": along.get(patient.id, Role.PATIENT),
                }
                for patient in patients
            ],
        )


def beside(slot: ColumnElement[int], token: ColumnElement[int]) -> tuple[CTE, CTE]:
    """
    Write an appointment for one `patient` beside the statement that counts its place.

    By its columns, but for the row of its `slot`, which that statement makes, as it
    does the `token`: where there is none of it, nothing is written. Give the rows of
    the appointment, and of whom it is for.
    """
    names = [each.name for each in _GIVEN if each.name != "token_slot_id"]
    values = (bindparam(each, type_=_BOOKING.c[each].type) for each in names)
    made = (
        insert(_BOOKING)
        .from_select(
            [*names, "token_slot_id"],
            select(*values, slot),
        )
        .returning(_BOOKING.c.id)
        .cte("made")
    )
    return made, _comes(made, token).cte("comes")


def _comes(made: CTE, token: ColumnElement[int]) -> Any:
    return (
        insert(table(Participant))
        .from_select(
            ["appointment_id", "patient_id", "status", "token_id"],
            select(
                made.c.id,
                bindparam("patient", type_=_PERSON.patient_id.type),
                bindparam("status", type_=_PERSON.status.type),
                token,
            ),
        )
        .returning(_PERSON.appointment_id)
    )


_BOOKING, _PERSON = table(Appointment), table(Participant).c
# The database makes these itself.
_ITS_OWN = {"id", "phase"}
_GIVEN = [each for each in _BOOKING.c if each.name not in _ITS_OWN]
_WITH_ONE = Constant(
    _comes(
        insert(_BOOKING)
        .values({each: bindparam(each.name) for each in _GIVEN})
        .returning(_BOOKING.c.id)
        .cte("made"),
        bindparam("token", type_=_PERSON.token_id.type),
    )
)
