"""Acts on the waitlist: join, leave, offer what is free, accept or decline it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE, Scope
from app.booking import drafting, guard, holds, offering, rows, wanted
from app.booking.errors import HoldLostError, StatusError
from app.booking.kinds import OfferIs, Waiting
from app.booking.models import Appointment, Offer, WaitlistEntry
from app.booking.states import Status
from app.booking.views import AppointmentView, NewWaiting, OfferView, WaitingView
from app.core.actor import SYSTEM, Actor
from app.core.db import db, transaction
from app.core.errors import BusyError, InputError, NotFoundError
from app.core.holding import hold_all
from app.core.spans import Span
from app.core.text import clean
from app.directory import internal as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView
from app.patients import internal as patients

AHEAD = timedelta(days=60)


def join_waitlist(order: NewWaiting, *, by: Actor, now: datetime) -> WaitingView:
    """
    Let a patient wait for a place that fits; who waits for the same already waits on.

    :raises InputError: if the wishes cannot be right
    :raises NotFoundError: if it names something that is not there
    """
    _check(order)
    with transaction() as session:
        facility = directory.facility(order.facility_id)
        accounts.require(by, Permission.REQUEST, Scope(facility.id))
        wish = _wish(order, facility)
        hold_all([f"waitlist:{order.patient_id}"])
        row = session.scalar(
            select(WaitlistEntry)
            .filter_by(**wish)
            .where(WaitlistEntry.status.in_((Waiting.WAITING, Waiting.OFFERED)))
            .limit(1)
        )
        if row is None:
            row = WaitlistEntry(
                **wish,
                public_id=uuid4(),
                status=Waiting.WAITING,
                note=clean(order.note, field="note", most=500),
                created_by=by.key,
                created_at=now,
            )
            session.add(row)
            session.flush()
            wanted.line("joined", row, by=by, now=now)
        return _views([row], facility)[0]


def _wish(order: NewWaiting, facility: FacilityView) -> dict[str, Any]:
    """Say who waits for what, as columns."""
    resource, department = order.resource_id, order.department_id
    return {
        "facility_id": facility.id,
        "patient_id": patients.one(order.patient_id).id,
        "type_id": directory.appointment_type(order.type_id).id,
        "resource_id": (
            directory.resource(resource, facility.id).id if resource else None
        ),
        "department_id": (
            directory.open_department(department) if department else None
        ),
        "first_day": order.first_day,
        "last_day": order.last_day,
        "weekdays": sorted(set(order.weekdays)),
        "earliest": order.earliest,
        "latest": order.latest,
        "priority": order.priority,
    }


def leave_waitlist(entry: UUID, *, by: Actor, now: datetime) -> None:
    """
    Let somebody wait no longer; a place that was held for them is free again.

    :raises NotFoundError: if there is no such entry
    :raises StatusError: if they have their booking already
    """
    held = wanted.held_for(entry)
    keys = wanted.keys(entry, held)
    with guard.acting(keys, entry, by=by, now=now):
        row = wanted.entry(WaitlistEntry.public_id == entry)
        scope = Scope(row.facility_id)
        if not accounts.allowed(by, Permission.VIEW_CALENDAR, scope):
            raise NotFoundError("waitlist_entry", field="entry_id")
        accounts.require(by, Permission.REQUEST, scope)
        if row.status is Waiting.BOOKED:
            raise StatusError(status=row.status.value, wanted="withdrawn")
        if wanted.held_for(entry) != held:
            raise BusyError
        row.status = Waiting.WITHDRAWN
        if held is not None:
            offer = wanted.open_offer(row)
            wanted.give_up(offer, held, keys, OfferIs.DECLINED, by=by, now=now)
        wanted.line("left", row, by=by, now=now)


def offer_freed(facility: UUID | None = None, *, by: Actor, now: datetime) -> int:
    """
    Let offers lapse whose time is over, and offer all that is free to who waits.

    What an act frees it offers itself; this finds the rest, in one facility or in all:
    holds that ran out, hours that were added. It may run at any time, and twice.

    :raises NotFoundError: if there is no such facility
    """
    place = directory.facility(facility) if facility else None
    accounts.require(by, Permission.BOOK, Scope(place.id) if place else EVERYWHERE)
    for each in db.session.scalars(_late(place, now)).all():
        _end(each, OfferIs.LAPSED, by=SYSTEM, now=now)
    made = 0
    window = Span(now, now + AHEAD)
    for facility_at, resource in _wanted(place):
        keys = guard.keys_of([resource.public_id])
        with guard.acting(keys, resource.public_id, by=by, now=now):
            made += offering.offer(facility_at, resource, window, by=by, now=now)
    return made


def accept_offer(offer: UUID, *, by: Actor, now: datetime) -> AppointmentView:
    """
    Turn an offered place into a booking.

    :raises HoldLostError: if the offer has lapsed or was declined
    :raises NotFoundError: if there is no such offer
    :raises NotOfferedError: if hours changed since
    :raises RuleError: if a rule of the patient forbids it by now
    :raises StatusError: if it was accepted already
    """
    held = _appointment_of(offer)
    keys = rows.lock_keys(held)
    with guard.acting(keys, held, by=by, now=now):
        row = wanted.offer(Offer.public_id == offer)
        booking = rows.for_change(held, None, keys)
        told = rows.seen(held, by)
        accounts.require(by, Permission.REQUEST, rows.scope_of(told))
        _check_open(row, booking, now)
        # Hours may have changed since, without anybody's leave.
        drafting.check_offered(told, now=now)
        who = tuple(each.public_id for each in told.patients)
        booked = holds.keep(booking, told, who, by=by, now=now)
        row.status = OfferIs.ACCEPTED
        entry = wanted.entry(WaitlistEntry.id == row.entry_id)
        entry.status = Waiting.BOOKED
        wanted.line("accepted", entry, by=by, now=now)
        return booked


def decline_offer(offer: UUID, *, by: Actor, now: datetime) -> None:
    """
    Decline an offered place: they wait on, and the next in rank is offered it.

    :raises HoldLostError: if the offer has lapsed or was declined
    :raises NotFoundError: if there is no such offer
    :raises StatusError: if it was accepted already
    """
    _end(offer, OfferIs.DECLINED, by=by, now=now)


def entries(
    facility: FacilityView, patient: UUID | None = None, *, by: Actor
) -> list[WaitingView]:
    """
    Give who waits in a facility, in the order in which they are offered places.

    :raises NotFoundError: if the one patient asked about is not there
    """
    accounts.require(by, Permission.VIEW_PATIENTS, Scope(facility.id))
    if patient is not None:
        return of_patients(facility, [patients.one(patient).id])
    return _views(db.session.scalars(_waiting_in(facility)).all(), facility)


def of_patients(facility: FacilityView, numbers: Collection[int]) -> list[WaitingView]:
    """Give how some patients, by row number, wait in a facility."""
    found = _waiting_in(facility).where(WaitlistEntry.patient_id.in_(numbers))
    return _views(db.session.scalars(found).all(), facility)


def patient_of(entry: UUID) -> UUID | None:
    """Tell whose an entry is, if there is such an entry."""
    found = select(WaitlistEntry.patient_id).where(WaitlistEntry.public_id == entry)
    number = db.session.scalar(found)
    return None if number is None else patients.many([number])[number].public_id


def _waiting_in(facility: FacilityView) -> Select[WaitlistEntry]:
    return (
        select(WaitlistEntry)
        .where(
            WaitlistEntry.facility_id == facility.id,
            WaitlistEntry.status.in_((Waiting.WAITING, Waiting.OFFERED)),
        )
        .order_by(WaitlistEntry.priority.desc(), WaitlistEntry.id)
    )


def _end(offer: UUID, to: OfferIs, *, by: Actor, now: datetime) -> None:
    """End an offer without a booking, and offer its place to the next."""
    held = _appointment_of(offer)
    keys = rows.lock_keys(held)
    with guard.acting(keys, held, by=by, now=now):
        row = wanted.offer(Offer.public_id == offer)
        told = rows.seen(held, by)
        accounts.require(by, Permission.REQUEST, rows.scope_of(told))
        if row.status is not OfferIs.OPEN and to is OfferIs.LAPSED:
            return
        if to is OfferIs.DECLINED:
            _check_open(row, None, now)
        entry = wanted.entry(WaitlistEntry.id == row.entry_id)
        if told.status not in {Status.HELD, Status.EXPIRED}:
            # Somebody confirmed the hold itself: that is a yes to the offer.
            row.status, entry.status = OfferIs.ACCEPTED, Waiting.BOOKED
            wanted.line("accepted", entry, by=by, now=now)
            return
        entry.status = Waiting.WAITING
        wanted.give_up(row, held, keys, to, by=by, now=now)
        wanted.line(to.value, entry, by=by, now=now)
        if told.span.end > now:
            window = Span(max(now, told.span.start), told.span.end)
            offering.offer(told.facility, told.resource, window, by=SYSTEM, now=now)


def _check_open(offer: Offer, booking: Appointment | None, now: datetime) -> None:
    if offer.status is OfferIs.ACCEPTED:
        raise StatusError(status="scheduled", wanted=Status.SCHEDULED.value)
    lost = booking is not None and booking.status is not Status.HELD
    if lost or offer.status is not OfferIs.OPEN or offer.expires_at <= now:
        raise HoldLostError


def _late(place: FacilityView | None, now: datetime) -> Select[UUID]:
    found = select(Offer.public_id).where(
        Offer.status == OfferIs.OPEN, Offer.expires_at <= now
    )
    if place is not None:
        theirs = found.join(WaitlistEntry, WaitlistEntry.id == Offer.entry_id)
        found = theirs.where(WaitlistEntry.facility_id == place.id)
    return found.order_by(Offer.id)


def _wanted(place: FacilityView | None) -> list[tuple[FacilityView, ResourceView]]:
    """Give every resource that somebody waits for, named or as one of many."""
    waiting = select(WaitlistEntry.facility_id, WaitlistEntry.resource_id).where(
        WaitlistEntry.status == Waiting.WAITING
    )
    if place is not None:
        waiting = waiting.where(WaitlistEntry.facility_id == place.id)
    waits = db.session.execute(waiting.distinct()).all()
    found = []
    for facility in directory.facilities({row.facility_id for row in waits}).values():
        named = {r.resource_id for r in waits if r.facility_id == facility.id}
        found += [
            (facility, each)
            for each in directory.resources(facility.id)
            if each.id in named
            or (None in named and each.kind is ResourceKind.PRACTITIONER)
        ]
    return found


def _check(order: NewWaiting) -> None:
    if order.last_day < order.first_day:
        raise InputError(field="last_day", reason="before_start")
    if order.latest <= order.earliest:
        raise InputError(field="latest", reason="before_start")
    if not order.weekdays or not set(order.weekdays) <= set(range(7)):
        raise InputError(field="weekdays", reason="weekday")
    if not 0 <= order.priority <= 9:
        raise InputError(field="priority", reason="between", least=0, most=9)


def _appointment_of(offer: UUID) -> UUID:
    found = db.session.scalar(
        select(Appointment.public_id)
        .join(Offer, Offer.appointment_id == Appointment.id)
        .where(Offer.public_id == offer)
    )
    if found is None:
        raise NotFoundError("offer", field="offer_id")
    return found


def _views(found: Iterable[WaitlistEntry], facility: FacilityView) -> list[WaitingView]:
    listed = list(found)
    people = patients.many(row.patient_id for row in listed)
    types, offers = directory.types(), _open_offers(listed)
    named = {each.id: each.public_id for each in directory.resources(facility.id)}
    parts = directory.departments(facility.id) if listed else []
    within = {each.id: each.public_id for each in parts}
    return [
        WaitingView(
            id=row.public_id,
            facility=facility,
            patient=people[row.patient_id],
            type=types[row.type_id],
            status=row.status,
            first_day=row.first_day,
            last_day=row.last_day,
            weekdays=tuple(row.weekdays),
            earliest=row.earliest,
            latest=row.latest,
            priority=row.priority,
            note=row.note,
            created_at=row.created_at,
            resource_id=named.get(row.resource_id) if row.resource_id else None,
            department_id=within.get(row.department_id) if row.department_id else None,
            offer=offers.get(row.id),
        )
        for row in listed
    ]


def _open_offers(listed: list[WaitlistEntry]) -> dict[int, OfferView]:
    found = db.session.execute(
        select(Offer, Appointment)
        .join(Appointment, Appointment.id == Offer.appointment_id)
        .where(
            Offer.entry_id.in_([row.id for row in listed]),
            Offer.status == OfferIs.OPEN,
        )
    ).all()
    told = rows.views([booking for _, booking in found])
    return {
        offer.entry_id: OfferView(offer.public_id, offer.status, offer.expires_at, view)
        for (offer, _), view in zip(found, told, strict=True)
    }
