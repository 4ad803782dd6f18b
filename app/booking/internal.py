"""What higher rooms call: visits along their lifecycle, who is in them, procedures."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app.booking import pages, planning, rows, undoing, visits
from app.booking.addresses import secrets, whose
from app.booking.measuring import (
    came_or_not,
    how_far_ahead,
    lost,
    tokens_given,
)
from app.booking.rated import rated
from app.booking.rows import one, require_seen, scope_of, seen
from app.booking.seats import (
    Addressee,
    Seat,
    addressee,
    beside,
    of_appointment,
    of_participant,
    of_participants,
    on_day,
    overdue,
    referred,
    seat,
    seat_beside,
    seated,
)
from app.booking.states import Status
from app.booking.utilization import Tally, Utilization, measure
from app.booking.views import AppointmentView, ProcedureView
from app.booking.walkins import DayLeft, WalkIn, arrive, left, set_share
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import BusyError
from app.directory.views import FacilityView

__all__ = [
    "Addressee",
    "DayLeft",
    "Seat",
    "Tally",
    "Utilization",
    "WalkIn",
    "addressee",
    "advance",
    "arrive",
    "beside",
    "came_or_not",
    "how_far_ahead",
    "left",
    "lost",
    "measure",
    "of_appointment",
    "of_participant",
    "of_participants",
    "on_day",
    "one",
    "overdue",
    "procedures_named",
    "rated",
    "referred",
    "require_seen",
    "scope_of",
    "seat",
    "seat_beside",
    "seated",
    "secrets",
    "seen",
    "set_share",
    "take_back",
    "tokens_given",
    "whose",
]


def advance(
    appointment: UUID,
    to: Status,
    *,
    by: Actor,
    now: datetime,
    patient_id: UUID | None = None,
    ask: Callable[[AppointmentView], None] | None = None,
) -> None:
    """
    Let a visit arrive, start, end or fail to happen, as the table of moves allows.

    A patient who does not show up leaves the time to others; a token's place stays
    theirs, since its slot is gone by then. Of a group, `patient_id` names the one.
    `ask` raises, under the locks and before anything is written, if it must not be.

    :raises BusyError: if it moved meanwhile to a resource whose lock was not taken
    :raises NotFoundError: if there is no such appointment
    :raises StatusError: if the table does not lead there
    """
    with transaction():
        held = rows.hold_used(appointment)
        told = pages.locked(appointment)
        if not {each.public_id for each in rows.used_by(told)} <= held:
            raise BusyError
        if ask is not None:
            ask(told)
        visits.go(told, to, patient_id, by=by, now=now)


def procedures_named(facility: FacilityView, name: str) -> list[ProcedureView]:
    """Give the procedures of a facility by that name, but for those called off."""
    return planning.named(facility, name)


def take_back(appointment: UUID, *, by: Actor, now: datetime) -> None:
    """
    Take the last move of a visit back, as its actor and for a short while.

    :raises UndoError: if there is nothing to undo, or not by this actor, or too late
    """
    undoing.undo(appointment, by=by, now=now)
