"""First openings of whole sets, and procedures: plan, change, call off, book."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from app.api import headers
from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.orders import Cancelling, CancellingSchema
from app.api.schemas.procedures import (
    BookedSchema,
    FromWhen,
    FromWhenSchema,
    JointOpeningsSchema,
    NewProcedureSchema,
    Planned,
    ProcedurePlaceSchema,
    ProcedureSchema,
    ProceduresSchema,
    SetAsked,
    SetAskedSchema,
    StateSchema,
)
from app.booking import procedure_queries as queries
from app.booking import service
from app.booking.views import Assigned, JointOpening, ProcedurePlace, ProcedureView
from app.core import clock
from app.doors import current

bp = Part("procedures", "When a whole set is free together, and procedures")

Answer = tuple[ProcedureView, int, dict[str, str]]


@bp.post("/facilities/<uuid:facility_id>/first-openings")
@bp.arguments(SetAskedSchema)
@bp.response(200, JointOpeningsSchema)
def first_openings(asked: SetAsked, facility_id: UUID) -> dict[str, list[JointOpening]]:
    """Find the first times a whole set is free together; nothing is changed."""
    found = queries.first_openings(
        facility_of(facility_id),
        asked.seeking,
        by=current.actor(),
        now=clock.now(),
        after=asked.after,
        most=asked.most,
        whom=asked.whom,
    )
    return {"openings": found}


@bp.get("/facilities/<uuid:facility_id>/procedures")
@bp.arguments(StateSchema, location="query")
@bp.response(200, ProceduresSchema)
def index(asked: dict[str, Any], facility_id: UUID) -> dict[str, list[ProcedureView]]:
    """List the procedures of a facility, the most urgent and oldest first."""
    found = queries.procedures(
        facility_of(facility_id), by=current.actor(), state=asked.get("state")
    )
    return {"procedures": found}


@bp.post("/facilities/<uuid:facility_id>/procedures")
@bp.arguments(NewProcedureSchema)
@bp.response(201, ProcedureSchema)
def add(planned: Planned, facility_id: UUID) -> Answer:
    """Plan a procedure; it takes no place until it is booked."""
    facility_of(facility_id)
    order = planned.at(facility_id=facility_id)
    told = service.add_procedure(order, by=current.actor(), now=clock.now())
    return _answer(told, HTTPStatus.CREATED)


@bp.get("/procedures/<uuid:procedure_id>")
@bp.response(200, ProcedureSchema)
def show(procedure_id: UUID) -> Answer:
    """Read a procedure."""
    return _answer(queries.procedure(procedure_id, by=current.actor()))


@bp.put("/procedures/<uuid:procedure_id>")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.arguments(NewProcedureSchema)
@bp.response(200, ProcedureSchema)
def change(planned: Planned, procedure_id: UUID) -> Answer:
    """Change a procedure that is not booked, all of it."""
    by = current.actor()
    seen = queries.procedure(procedure_id, by=by)
    told = service.change_procedure(
        procedure_id,
        planned.at(facility_id=seen.order.facility_id),
        by=by,
        now=clock.now(),
        revision=headers.revision(None),
    )
    return _answer(told)


@bp.post("/procedures/<uuid:procedure_id>/cancel")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.arguments(CancellingSchema)
@bp.response(200, ProcedureSchema)
def cancel(asked: Cancelling, procedure_id: UUID) -> Answer:
    """Call a procedure off that is not booked."""
    told = service.cancel_procedure(
        procedure_id,
        asked.reason,
        by=current.actor(),
        now=clock.now(),
        revision=headers.revision(asked.revision),
    )
    return _answer(told)


@bp.get("/procedures/<uuid:procedure_id>/openings")
@bp.arguments(FromWhenSchema, location="query")
@bp.response(200, JointOpeningsSchema)
def openings(asked: FromWhen, procedure_id: UUID) -> dict[str, list[JointOpening]]:
    """Find the first times all that a procedure needs is free together."""
    found = queries.procedure_openings(
        procedure_id,
        by=current.actor(),
        now=clock.now(),
        after=asked.after,
        most=asked.most,
    )
    return {"openings": found}


@bp.post("/procedures/<uuid:procedure_id>/book")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(ProcedurePlaceSchema)
@bp.response(201, BookedSchema)
def book(
    place: ProcedurePlace, procedure_id: UUID
) -> tuple[Assigned, int, dict[str, str]]:
    """Book a procedure with everybody and everything it needs."""
    now = clock.now()
    told = service.book_procedure(
        procedure_id, place, by=current.actor(), now=now, once=headers.once()
    )
    tags = headers.etag(told.appointment)
    if told.appointment.booked_at != now:
        tags[headers.REPLAYED] = "true"
    return told, HTTPStatus.CREATED, tags


def _answer(told: ProcedureView, status: int = HTTPStatus.OK) -> Answer:
    return told, status, {"ETag": f'"{told.revision}"'}
