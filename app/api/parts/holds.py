"""Holds: keep a place for a while, a little longer, book it, let it go."""

from typing import Any
from uuid import UUID

from app.api import headers
from app.api.blueprint import Part
from app.api.places import Wish, advice, whom_of
from app.api.schemas.appointments import AppointmentSchema
from app.api.schemas.lifecycle import (
    ConfirmingSchema,
    ExtendingSchema,
    Hold,
    HoldTimedSchema,
    HoldTokenSchema,
)
from app.booking import service
from app.booking.views import AppointmentView, NewTimed, NewToken
from app.core import clock
from app.doors import current

bp = Part("holds", "Places held for a while: hold, extend, confirm, release")


@bp.post("/facilities/<uuid:facility_id>/token-holds")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(HoldTokenSchema)
@bp.response(201, AppointmentSchema)
def hold_token(asked: Hold[NewToken], facility_id: UUID) -> AppointmentView:
    """Hold a place in a token slot; no number is drawn yet."""
    now = clock.now()
    order = asked.order(facility_id=facility_id, channel="api", once=headers.once())
    wish = Wish(
        facility_id,
        order.resource_id,
        order.type_id,
        order.starts_at,
        whom=whom_of(order.patient_id),
    )
    with advice(wish, now=now):
        return service.hold_token(order, asked.holding, by=current.actor(), now=now)


@bp.post("/facilities/<uuid:facility_id>/holds")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(HoldTimedSchema)
@bp.response(201, AppointmentSchema)
def hold_timed(asked: Hold[NewTimed], facility_id: UUID) -> AppointmentView:
    """Hold resources for a time."""
    now = clock.now()
    order = asked.order(facility_id=facility_id, channel="api", once=headers.once())
    first = order.resources[0].resource_id
    whom = whom_of(order.patient_id)
    wish = Wish(facility_id, first, order.type_id, order.starts_at, whom=whom)
    with advice(wish, now=now):
        return service.hold_timed(order, asked.holding, by=current.actor(), now=now)


@bp.post("/appointments/<uuid:appointment_id>/extend")
@bp.arguments(ExtendingSchema)
@bp.response(200, AppointmentSchema)
def extend(asked: dict[str, Any], appointment_id: UUID) -> AppointmentView:
    """Let a live hold last so many minutes from now."""
    return service.extend(
        appointment_id, asked["minutes"], by=current.actor(), now=clock.now()
    )


@bp.post("/appointments/<uuid:appointment_id>/confirm")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(ConfirmingSchema)
@bp.response(200, AppointmentSchema)
def confirm(asked: dict[str, Any], appointment_id: UUID) -> AppointmentView:
    """Turn a hold into a booking, or into a request where that is needed."""
    return service.confirm(
        appointment_id,
        tuple(asked["patient_ids"]),
        by=current.actor(),
        now=clock.now(),
        once=headers.once(),
        retake=asked["retake"],
    )


@bp.post("/appointments/<uuid:appointment_id>/release")
@bp.response(200, AppointmentSchema)
def release(appointment_id: UUID) -> AppointmentView:
    """Let a hold go; one that is gone already stays gone."""
    return service.release(appointment_id, by=current.actor(), now=clock.now())
