"""Offering a place that is free to whoever waits for one like it, the best first."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import uuid4

from sqlalchemy import or_, select

from app.audit import internal as audit
from app.booking import board, drafting, holding, lean, listing, placing
from app.booking.errors import (
    NoneFreeError,
    NotOfferedError,
    SlotFullError,
    SlotTakenError,
)
from app.booking.events import Changed, Moved
from app.booking.kinds import Kind, OfferIs, Waiting
from app.booking.models import Appointment, Offer, WaitlistEntry
from app.booking.placing import Draft
from app.booking.rules.case import Judges
from app.booking.states import OFF, Status
from app.booking.views import AppointmentView, NewTimed, NewToken, Opening, Want
from app.core.actor import SYSTEM, Actor
from app.core.db import db, savepoint
from app.core.errors import RuleError
from app.core.spans import Span, at, day_span, days, local_date
from app.directory import internal as directory
from app.directory.views import Bookable, FacilityView, ResourceView
from app.patients import internal as patients
from app.patients.views import PatientView

LASTS = timedelta(minutes=30)
# How many fitting places are tried for one entry, and how many entries at a time.
TRIES = 5
MOST = 20
# Why a place that looked free cannot be had; the next one may be.
_NOT_HAD = (NoneFreeError, NotOfferedError, RuleError, SlotFullError, SlotTakenError)
_GAVE_UP = frozenset({Status.REQUESTED, Status.SCHEDULED, Status.CHECKED_IN})

_waiting: ContextVar[list[AppointmentView] | None] = ContextVar("freed", default=None)


def on_change(event: Changed) -> None:
    """Offer the place of a booking that was called off or failed to happen."""
    if event.before.status in _GAVE_UP and event.appointment.status in OFF:
        _freed(event.before, by=event.by, now=event.now)


def on_move(event: Moved) -> None:
    """Offer the place that a booking left."""
    _freed(event.before, by=event.by, now=event.now)


@contextmanager
def at_the_end(*, by: Actor, now: datetime) -> Iterator[None]:
    """Offer what is freed within only at its end: later steps may need it."""
    freed: list[AppointmentView] = []
    token = _waiting.set(freed)
    try:
        yield
    finally:
        _waiting.reset(token)
    for each in freed:
        _freed(each, by=by, now=now)


def _freed(told: AppointmentView, *, by: Actor, now: datetime) -> None:
    later = _waiting.get()
    if later is not None:
        later.append(told)
        return
    day = day_span(local_date(told.span.start, told.facility.zone), told.facility.zone)
    if told.span.end <= now:
        return
    window = Span(max(now, day.start), max(day.end, told.span.end))
    used = {each.resource.id: each.resource for each in told.resources}
    used[told.resource.id] = told.resource
    for resource in used.values():
        offer(told.facility, resource, window, by=by, now=now)


def offer(
    facility: FacilityView,
    resource: ResourceView,
    window: Span,
    *,
    by: Actor,
    now: datetime,
) -> int:
    """
    Hold what is free within the window for those who wait, by rank; give how many.

    The caller holds the resource's lock.
    """
    ranked, made = _ranked(facility, resource, window), 0
    if ranked:
        holding.expire([resource.id], now=now)
    for entry in ranked:
        made += _offer_one(entry, facility, resource, window, by=by, now=now)
    return made


def _ranked(
    facility: FacilityView, resource: ResourceView, window: Span
) -> list[WaitlistEntry]:
    """Give who waits for such a place, by priority and then by who came first."""
    first, last = (local_date(m, facility.zone) for m in (window.start, window.end))
    found = (
        select(WaitlistEntry)
        .where(
            WaitlistEntry.facility_id == facility.id,
            WaitlistEntry.status == Waiting.WAITING,
            WaitlistEntry.last_day >= first,
            WaitlistEntry.first_day <= last,
            or_(
                WaitlistEntry.resource_id == resource.id,
                WaitlistEntry.resource_id.is_(None)
                & WaitlistEntry.department_id.is_(None),
                WaitlistEntry.resource_id.is_(None)
                & (WaitlistEntry.department_id == resource.department_id),
            ),
        )
        .order_by(WaitlistEntry.priority.desc(), WaitlistEntry.id)
        .limit(MOST)
        # Whom a rival is just making an offer gets that one.
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(found))


def _offer_one(
    entry: WaitlistEntry,
    facility: FacilityView,
    resource: ResourceView,
    window: Span,
    *,
    by: Actor,
    now: datetime,
) -> bool:
    kind = directory.types()[entry.type_id]
    what = directory.bookable(facility.public_id, resource.public_id, kind.public_id)
    patient = patients.many([entry.patient_id])[entry.patient_id]
    refused = _refused(entry, resource)
    fitting = (
        each
        for each in _fitting(entry, what, window, now)
        if each.span.start not in refused
    )
    for place in islice(fitting, TRIES):
        try:
            with savepoint():
                _hold(entry, what, patient, place, by=by, now=now)
        except _NOT_HAD:
            continue
        return True
    return False


def _hold(
    entry: WaitlistEntry,
    what: Bookable,
    patient: PatientView,
    place: Opening,
    *,
    by: Actor,
    now: datetime,
) -> None:
    public_id = uuid4()
    draft = _draft(what, patient, place, now=now)
    placing.judge(draft, (Judges.PLACE, Judges.PATIENT), by=SYSTEM, now=now)
    draft.hold_expires_at, draft.hold_key = now + LASTS, f"offer:{public_id}"
    told = placing.place(draft, Status.HELD, by=SYSTEM, now=now)
    held = select(Appointment.id).where(Appointment.public_id == told.id)
    db.session.add(
        Offer(
            public_id=public_id,
            entry_id=entry.id,
            appointment_id=db.session.scalars(held).one(),
            status=OfferIs.OPEN,
            expires_at=now + LASTS,
            offered_at=now,
        )
    )
    entry.status = Waiting.OFFERED
    db.session.flush()
    audit.record(
        "waitlist.offered",
        audit.Subject("waitlist_entry", entry.public_id, entry.facility_id),
        by=by,
        now=now,
        after={"offer": public_id, "during": told.span, "until": now + LASTS},
    )


def _draft(
    what: Bookable, patient: PatientView, place: Opening, *, now: datetime
) -> Draft:
    named: dict[str, Any] = {
        "facility_id": what.facility.public_id,
        "patient_id": patient.public_id,
        "type_id": what.type.public_id,
        "starts_at": place.span.start,
        "channel": "waitlist",
    }
    resource_id = what.resource.public_id
    if place.kind is Kind.TOKEN:
        order = NewToken(resource_id=resource_id, **named)
        return drafting.token(order, uuid4(), by=SYSTEM, now=now)
    wanted = NewTimed(resources=(Want(resource_id),), ends_at=place.span.end, **named)
    return drafting.timed(wanted, uuid4(), by=SYSTEM, now=now)


def _fitting(
    entry: WaitlistEntry, what: Bookable, window: Span, now: datetime
) -> list[Opening]:
    """Give the free places that lie where the entry wishes, in order of time."""
    wishes = _wishes(entry, window, what)
    near = listing.around(what.resource, what.type, window)
    taken = lean.read(what.facility, [what.resource.id], near, now=now)
    slots, gaps = listing.free_places(
        what.facility, what.resource, what.type, window, taken, now=now
    )
    found = [s for s in slots if any(wish.covers(s.span) for wish in wishes)]
    length = timedelta(minutes=what.minutes)
    for wish in wishes:
        for gap in gaps:
            piece = gap.meet(wish)
            if piece is None or board.on_step(piece.start) + length > piece.end:
                continue
            start = board.on_step(piece.start)
            span = Span(start, start + length)
            found.append(Opening(Kind.TIMED, what.resource, span))
    return sorted(found, key=lambda each: each.span)


def _wishes(entry: WaitlistEntry, window: Span, what: Bookable) -> list[Span]:
    """Give the spans of an entry's days, on the clock of the facility."""
    zone = what.facility.zone
    first = max(entry.first_day, local_date(window.start, zone))
    last = min(entry.last_day, local_date(window.end, zone))
    spans = [
        Span(at(day, entry.earliest, zone), at(day, entry.latest, zone))
        for day in days(first, last)
        if day.weekday() in entry.weekdays
    ]
    return [piece for span in spans if (piece := span.meet(window))]


def _refused(entry: WaitlistEntry, resource: ResourceView) -> set[datetime]:
    """
    Tell which places were offered before: nobody is asked twice for the same.

    What was withdrawn they could not take.
    """
    found = db.session.scalars(
        select(Appointment.during)
        .join(Offer, Offer.appointment_id == Appointment.id)
        .where(
            Offer.entry_id == entry.id,
            Offer.status != OfferIs.WITHDRAWN,
            Appointment.resource_id == resource.id,
        )
    )
    return {during.start for during in found}
