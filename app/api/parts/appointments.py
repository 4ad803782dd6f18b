"""Appointments: book a token or a time, list, read, move, cancel."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from app.api import headers
from app.api.blueprint import Part
from app.api.places import Wish, advice, facility_of, whom_of
from app.api.schemas.appointments import (
    AppointmentSchema,
    AppointmentsSchema,
    Listing,
    ListingSchema,
    cursor_after,
)
from app.api.schemas.orders import (
    BookTimedSchema,
    BookTokenSchema,
    Cancelling,
    CancellingSchema,
    NewPlaceSchema,
    Order,
)
from app.api.schemas.people import TrailSchema
from app.booking import queries, service
from app.booking.views import AppointmentView, NewPlace, NewTimed, NewToken
from app.core import clock
from app.doors import current

bp = Part("appointments", "Token and timed bookings: book, list, read, move, cancel")

CHANNEL = "api"

Answer = tuple[AppointmentView, int, dict[str, str]]


@bp.post("/facilities/<uuid:facility_id>/tokens")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(BookTokenSchema)
@bp.response(201, AppointmentSchema)
def book_token(asked: Order[NewToken], facility_id: UUID) -> Answer:
    """Book a token in a slot and draw its number."""
    now = clock.now()
    order = asked(facility_id=facility_id, channel=CHANNEL, once=headers.once())
    wish = Wish(
        facility_id,
        order.resource_id,
        order.type_id,
        order.starts_at,
        whom=whom_of(order.patient_id),
    )
    with advice(wish, now=now):
        told = service.book_token(order, by=current.actor(), now=now)
    return _booked(told, now)


@bp.post("/facilities/<uuid:facility_id>/appointments")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(BookTimedSchema)
@bp.response(201, AppointmentSchema)
def book_timed(asked: Order[NewTimed], facility_id: UUID) -> Answer:
    """Book resources for a time, each for the whole or its own part of it."""
    now = clock.now()
    order = asked(facility_id=facility_id, channel=CHANNEL, once=headers.once())
    first = order.resources[0].resource_id
    wish = Wish(
        facility_id,
        first,
        order.type_id,
        order.starts_at,
        _minutes(order.starts_at, order.ends_at),
        whom_of(order.patient_id),
    )
    with advice(wish, now=now):
        told = service.book_timed(order, by=current.actor(), now=now)
    return _booked(told, now)


@bp.get("/facilities/<uuid:facility_id>/appointments")
@bp.arguments(ListingSchema, location="query")
@bp.response(200, AppointmentsSchema)
def index(listing: Listing, facility_id: UUID) -> dict[str, Any]:
    """List the appointments that start in a window, in order of time, by pages."""
    found = queries.appointments(
        facility_of(facility_id),
        listing.window,
        by=current.actor(),
        resource_id=listing.resource_id,
        patient_id=listing.patient_id,
        limit=listing.limit,
        after=listing.after,
    )
    full = len(found) == listing.limit
    return {"appointments": found, "next": cursor_after(found[-1]) if full else None}


@bp.get("/appointments/<uuid:appointment_id>")
@bp.response(200, AppointmentSchema)
def show(appointment_id: UUID) -> Answer:
    """Read one appointment."""
    return _answer(queries.appointment(appointment_id, by=current.actor()))


@bp.get("/appointments/<uuid:appointment_id>/trail")
@bp.response(200, TrailSchema)
def trail(appointment_id: UUID) -> dict[str, Any]:
    """Read what was done to an appointment: by whom, on whose behalf, when."""
    return {"lines": queries.trail(appointment_id, by=current.actor())}


@bp.post("/appointments/<uuid:appointment_id>/move")
@bp.doc(parameters=[headers.ONCE_DOC, headers.IF_MATCH_DOC])
@bp.arguments(NewPlaceSchema)
@bp.response(200, AppointmentSchema)
def move(place: NewPlace, appointment_id: UUID) -> Answer:
    """Move an appointment; the new place is had before the old one is given back."""
    now, by = clock.now(), current.actor()
    seen = queries.appointment(appointment_id, by=by)
    wish = Wish(
        seen.facility.public_id,
        place.resource_id or seen.resource.public_id,
        seen.type.public_id,
        place.starts_at,
        _minutes(place.starts_at, place.ends_at) or seen.span.minutes,
        whom_of(seen.patient.public_id if seen.patient else None, seen.id),
    )
    to = replace(place, revision=headers.revision(place.revision))
    with advice(wish, now=now):
        told = service.move(appointment_id, to, by=by, now=now, once=headers.once())
    return _answer(told)


@bp.post("/appointments/<uuid:appointment_id>/cancel")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.arguments(CancellingSchema)
@bp.response(200, AppointmentSchema)
def cancel(asked: Cancelling, appointment_id: UUID) -> Answer:
    """Cancel an appointment and give its place back."""
    told = service.cancel(
        appointment_id,
        asked.reason,
        by=current.actor(),
        now=clock.now(),
        revision=headers.revision(asked.revision),
    )
    return _answer(told)


def _booked(told: AppointmentView, now: datetime) -> Answer:
    view, _, tags = _answer(told)
    if told.booked_at != now:
        # Booked by an earlier request under the same key: told again, not done again.
        tags[headers.REPLAYED] = "true"
    return view, HTTPStatus.CREATED, tags


def _answer(told: AppointmentView) -> Answer:
    return told, HTTPStatus.OK, headers.etag(told)


def _minutes(start: datetime, end: datetime | None) -> int | None:
    return None if end is None else int((end - start).total_seconds() // 60)
