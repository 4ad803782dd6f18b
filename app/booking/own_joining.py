"""Who came through a network joins the record they have of old, by their own phone."""

from datetime import datetime
from uuid import UUID

from app.accounts.views import Scope
from app.booking import addresses, rows
from app.booking.seats import Seat
from app.booking.views import AppointmentView
from app.core.actor import ONESELF
from app.core.db import transaction
from app.core.errors import InputError
from app.patients import internal as patients
from app.patients.views import PatientView

# How visits are booked whose patients are registered by an app that knows none of ours.
NETWORK = "beckn"


def joinable(told: AppointmentView, seat: Seat) -> bool:
    """Tell whether whose seat it is may have another record here."""
    if told.channel != NETWORK:
        return False
    who = _who(seat)
    return bool(who.phone and patients.earlier(who, who.phone))


def earlier(secret: str, phone: str) -> list[PatientView]:
    """
    Give whom the patient of a visit may be of old.

    `phone`, E.164, was proved by who asks; of another than the visit's it is nobody.

    :raises NotFoundError: if it is nobody's secret
    """
    seat = addresses.seat_of(secret)
    if rows.one(seat.appointment_id).channel != NETWORK:
        return []
    return patients.earlier(_who(seat), phone)


def join_own(secret: str, kept: UUID, phone: str, *, now: datetime) -> None:
    """
    Let the patient of a visit go up in the record that they have of old.

    The caller has made sure that the phone, E.164, is theirs. Doing it twice changes
    nothing.

    :raises InputError: if they cannot be who was chosen
    :raises MergeError: if what both have clashes
    :raises NotFoundError: if it is nobody's secret
    """
    seat = addresses.seat_of(secret)
    who = _who(seat)
    if who.public_id == kept:
        return
    with transaction():
        if kept not in {each.public_id for each in earlier(secret, phone)}:
            raise InputError(field="chosen", reason="required")
        scope = Scope(rows.one(seat.appointment_id).facility.id)
        patients.unite(kept, who.public_id, by=ONESELF, now=now, scope=scope)


def _who(seat: Seat) -> PatientView:
    return patients.many([seat.patient_id])[seat.patient_id]
