"""Patients who put themselves on the waitlist: once for each phone and day."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import waitlist
from app.booking.views import NewWaiting, WaitingView
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.holding import hold_all
from app.core.spans import local_date
from app.directory import internal as directory
from app.directory.views import FacilityView
from app.patients import internal as patients


def wait_oneself(order: NewWaiting, *, by: Actor, now: datetime) -> WaitingView:
    """
    Let a patient wait whose phone is proved; give who of that phone waits then already.

    :raises InputError: if the wishes cannot be right
    :raises NotFoundError: if it names something that is not there
    """
    who = patients.one(order.patient_id)
    facility = directory.facility(order.facility_id)
    accounts.require(by, Permission.REQUEST, Scope(facility.id))
    with transaction():
        hold_all([f"waiting:{who.phone or who.public_id}"])
        for each in waits_of(facility, who.phone, now=now):
            if each.first_day <= order.last_day and each.last_day >= order.first_day:
                return each
        return waitlist.join_waitlist(order, by=by, now=now)


def stop_waiting(entry: UUID, phone: str, *, by: Actor, now: datetime) -> None:
    """
    Let somebody of a phone, E.164, wait no longer.

    :raises NotFoundError: if nobody of that phone waits so
    :raises StatusError: if they have their booking already
    """
    found = {each.public_id for each in patients.under(phone)}
    if waitlist.patient_of(entry) not in found:
        raise NotFoundError("waitlist_entry", field="entry_id")
    waitlist.leave_waitlist(entry, by=by, now=now)


def waits_of(
    facility: FacilityView, phone: str | None, *, now: datetime
) -> Iterable[WaitingView]:
    """Give who of a phone, E.164, waits in a facility for today or later."""
    if phone is None:
        return []
    today = local_date(now, facility.zone)
    numbers = [each.id for each in patients.under(phone)]
    found = waitlist.of_patients(facility, numbers)
    return [each for each in found if each.last_day >= today]
