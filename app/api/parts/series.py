"""Series: book the same every so many weeks; change what follows one."""

from uuid import UUID

from msgspec.structs import replace

from app.api import headers
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.lifecycle import (
    CallingOffSchema,
    Serial,
    SeriesSchema,
    TimedSeriesSchema,
    TokenSeriesSchema,
)
from app.api.schemas.orders import NewPlaceSchema
from app.booking import queries, service
from app.booking.views import NewPlace, NewTimed, NewToken, SeriesView
from app.core import clock
from app.doors import current

bp = Part("series", "Recurring bookings: each occurrence with its own result")


@bp.post("/facilities/<uuid:facility_id>/series")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(TimedSeriesSchema)
@bp.response(201, SeriesSchema)
def book_timed(asked: Serial[NewTimed], facility_id: UUID) -> SeriesView:
    """Book a time every so many weeks; what cannot be is skipped and told."""
    return _book(asked, facility_id)


@bp.post("/facilities/<uuid:facility_id>/token-series")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(TokenSeriesSchema)
@bp.response(201, SeriesSchema)
def book_token(asked: Serial[NewToken], facility_id: UUID) -> SeriesView:
    """Book a token every so many weeks; what cannot be is skipped and told."""
    return _book(asked, facility_id)


@bp.get("/series/<uuid:series_id>")
@bp.response(200, SeriesSchema)
def show(series_id: UUID) -> SeriesView:
    """Read a series as it stands, with what could not be booked."""
    return queries.series(series_id, by=current.actor())


@bp.post("/appointments/<uuid:appointment_id>/following/cancel")
@bp.arguments(CallingOffSchema)
@bp.response(200, SeriesSchema)
def cancel(asked: dict[str, str], appointment_id: UUID) -> SeriesView:
    """Cancel an appointment of a series and all that follow."""
    return service.cancel_following(
        appointment_id, asked["reason"], by=current.actor(), now=clock.now()
    )


@bp.post("/appointments/<uuid:appointment_id>/following/move")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.arguments(NewPlaceSchema)
@bp.response(200, SeriesSchema)
def move(place: NewPlace, appointment_id: UUID) -> SeriesView:
    """Move an appointment of a series, and all that follow by as much."""
    to = replace(place, revision=headers.revision(place.revision))
    return service.move_following(
        appointment_id, to, by=current.actor(), now=clock.now()
    )


def _book(asked: Serial[NewTimed] | Serial[NewToken], facility_id: UUID) -> SeriesView:
    facility_of(facility_id)
    order = asked.order(facility_id=facility_id, channel="api", once=headers.once())
    return service.book_series(order, asked.repeat, by=current.actor(), now=clock.now())
