"""Chairs, rooms and machines: assign them, see what is free, measure their use."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from app.api import headers
from app.api.blueprint import Part
from app.api.schemas.resources import (
    ArrangementSchema,
    Arranging,
    AssignmentsSchema,
    Check,
    CheckedSchema,
    CheckSchema,
    ChosenSchema,
    FreeSchema,
    FreeWindowSchema,
    ScheduleSchema,
    UtilizationSchema,
    Window,
    WindowSchema,
    assignments,
    utilization,
)
from app.booking import resource_queries as queries
from app.booking import service
from app.booking.views import ColumnView
from app.core import clock
from app.doors import current

bp = Part("resources", "Chairs, rooms and machines: assigned, free, used")

Answer = tuple[Mapping[str, Any], int, dict[str, str]]


@bp.get("/booking/appointments/<uuid:appointment_id>/resources")
@bp.response(200, AssignmentsSchema)
def show(appointment_id: UUID) -> Answer:
    """Read which resources an appointment has."""
    told = queries.assigned(appointment_id, by=current.actor())
    return assignments(told), HTTPStatus.OK, headers.etag(told)


@bp.put("/booking/appointments/<uuid:appointment_id>/resources")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.arguments(ArrangementSchema)
@bp.response(200, AssignmentsSchema)
def assign(asked: Arranging, appointment_id: UUID) -> Answer:
    """Give an appointment these resources, all of them or nothing."""
    told = service.assign(
        appointment_id,
        asked.to,
        by=current.actor(),
        now=clock.now(),
        revision=headers.revision(None),
        override=asked.override,
    )
    return assignments(queries.named(told)), HTTPStatus.OK, headers.etag(told)


@bp.post("/booking/appointments/<uuid:appointment_id>/resources/auto-assign")
@bp.doc(parameters=[headers.IF_MATCH_DOC])
@bp.response(200, ChosenSchema)
def auto_assign(appointment_id: UUID) -> Answer:
    """Choose what an appointment needs and has not got yet, and say why."""
    found = service.auto_assign(
        appointment_id,
        by=current.actor(),
        now=clock.now(),
        revision=headers.revision(None),
    )
    told = queries.named(found.appointment)
    answer = {**assignments(told), "choices": found.choices}
    return answer, HTTPStatus.OK, headers.etag(told)


@bp.get("/booking/resources/availability")
@bp.arguments(FreeWindowSchema, location="query")
@bp.response(200, FreeSchema)
def availability(asked: Window) -> dict[str, list[ColumnView]]:
    """See what is offered and free of each resource of a facility."""
    found = queries.free(
        asked.facility_id,
        asked.span,
        by=current.actor(),
        now=clock.now(),
        kind=asked.kind,
        capability=asked.capability,
    )
    return {"resources": found}


@bp.get("/booking/resources/<uuid:resource_id>/schedule")
@bp.arguments(WindowSchema, location="query")
@bp.response(200, ScheduleSchema)
def schedule(asked: Window, resource_id: UUID) -> ColumnView:
    """Read what a resource offers in a window, and what it is used for."""
    return queries.schedule(
        asked.facility_id,
        resource_id,
        asked.span,
        by=current.actor(),
        now=clock.now(),
    )


@bp.post("/booking/resources/check-conflict")
@bp.arguments(CheckSchema)
@bp.response(200, CheckedSchema)
def check_conflict(asked: Check) -> dict[str, Any]:
    """Try resources at times, and read what stands in the way; nothing is changed."""
    found = queries.hindrances(
        asked.facility_id,
        asked.resources,
        by=current.actor(),
        without=asked.appointment_id,
    )
    return {"free": not found, "conflicts": found}


@bp.get("/booking/resources/utilization")
@bp.arguments(WindowSchema, location="query")
@bp.response(200, UtilizationSchema)
def use(asked: Window) -> Mapping[str, Any]:
    """Measure how much of what is offered is used."""
    found = queries.measured(asked.facility_id, asked.span, by=current.actor())
    return utilization(found)
