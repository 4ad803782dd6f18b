"""What doors read of bookings: days, slots, appointments, and what is free."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import ARRAY, BigInteger, any_, func, literal, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.audit import internal as audit
from app.audit.internal import Line
from app.booking import (
    board,
    eyes,
    pages,
    rows,
    setting,
)
from app.booking import series as serial
from app.booking.desk import changes, day_lists, inbox, waiting
from app.booking.errors import HoldLostError, StatusError
from app.booking.free_queries import month, openings, slots
from app.booking.impact import Stranded, impact, stranded
from app.booking.models import ASKED, Appointment, Participant, TokenSlot
from app.booking.setting import RuleView
from app.booking.states import MOVABLE
from app.booking.timeline import timeline
from app.booking.views import (
    AppointmentView,
    ColumnView,
    SeriesView,
)
from app.booking.waitlist import entries as waitlist
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError
from app.core.spans import Span, day_span, days
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView
from app.notifications import internal as notifications
from app.notifications.views import MessageView
from app.patients import internal as patients

MOST = 200

__all__ = [
    "Stranded",
    "appointment",
    "appointments",
    "changes",
    "day",
    "day_lists",
    "impact",
    "in_slot",
    "inbox",
    "messages",
    "month",
    "openings",
    "rules",
    "slots",
    "stranded",
    "timeline",
    "waiting",
    "waitlist",
    "week",
]


def day(
    facility: FacilityView,
    resources: Sequence[ResourceView],
    day: date,
    *,
    by: Actor,
    now: datetime,
) -> list[ColumnView]:
    """Give the columns of a day calendar, one for each resource."""
    span = day_span(day, facility.zone)
    return _columns(facility, [(r, span) for r in resources], by=by, now=now)


def week(
    facility: FacilityView,
    resource: ResourceView,
    first: date,
    *,
    by: Actor,
    now: datetime,
) -> list[ColumnView]:
    """Give the columns of seven days of one resource."""
    spans = [
        day_span(each, facility.zone) for each in days(first, first + timedelta(days=6))
    ]
    return _columns(facility, [(resource, span) for span in spans], by=by, now=now)


def appointment(public_id: UUID, *, by: Actor) -> AppointmentView:
    """
    Give one appointment.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    return eyes.without_names([rows.seen(public_id, by)], by)[0]


def movable(public_id: UUID, *, by: Actor, now: datetime) -> AppointmentView:
    """
    Give one appointment that somebody is about to move.

    :raises ForbiddenError: if the actor may not move it
    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    :raises HoldLostError: if it is a hold that has run out
    :raises StatusError: if it is not waiting to happen any more
    """
    told = appointment(public_id, by=by)
    accounts.require(by, Permission.MODIFY, rows.scope_of(told))
    if told.status not in MOVABLE:
        raise StatusError(status=told.status.value, wanted="moved")
    if told.hold_expires_at is not None and told.hold_expires_at <= now:
        raise HoldLostError
    return told


def trail(appointment: UUID, *, by: Actor) -> list[Line]:
    """
    Give what was done to an appointment, by whom and on whose behalf.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    rows.seen(appointment, by)
    return audit.lines("appointment", appointment)


def appointments(
    facility: FacilityView,
    window: Span,
    *,
    by: Actor,
    resource_id: UUID | None = None,
    patient_id: UUID | None = None,
    limit: int = 100,
    after: tuple[datetime, UUID] | None = None,
    latest: bool = False,
) -> list[AppointmentView]:
    """
    Give the appointments of a facility that start in the window, in order of time.

    With `latest` the last ones come first, and the limit cuts off the earliest.
    `after` is the start and id of the last one of the page before.
    """
    seen = eyes.in_sight(facility, by)
    if not 1 <= limit <= MOST:
        raise InputError(field="limit", reason="between", least=1, most=MOST)
    used, patient = None, None
    if resource_id is not None:
        used = frozenset({directory.resource(resource_id, facility.id).id})
    if patient_id is not None:
        accounts.require(by, Permission.VIEW_PATIENTS, Scope(facility.id))
        patient = patients.one(patient_id).id
    wanted = pages.Wanted(window, limit, after, used, seen, patient, latest)
    told = eyes.without_names(pages.read(facility, wanted), by)
    return told[::-1] if latest else told


def in_slot(
    facility: FacilityView, resource: ResourceView, starts_at: datetime, *, by: Actor
) -> list[AppointmentView]:
    """Give the appointments of a token slot in the order of their numbers."""
    eyes.may_view(facility, [resource], by)
    found = (
        select(Appointment)
        .join(TokenSlot, TokenSlot.id == Appointment.token_slot_id)
        .outerjoin(Participant, Participant.appointment_id == Appointment.id)
        .where(
            TokenSlot.resource_id == resource.id,
            TokenSlot.facility_id == facility.id,
            func.lower(TokenSlot.during) == starts_at,
        )
        .order_by(Participant.token_id)
    )
    told = rows.views(db.session.scalars(found).unique().all())
    return eyes.without_names(told, by)


def requests(facility: FacilityView, *, by: Actor) -> list[AppointmentView]:
    """Give the requests of a facility that wait to be decided, the oldest first."""
    found = (
        select(Appointment)
        .where(
            Appointment.facility_id == facility.id,
            Appointment.phase == ASKED,
        )
        .order_by(Appointment.booked_at, Appointment.id)
        .limit(MOST)
    )
    seen = eyes.in_sight(facility, by)
    if seen is not None:
        found = found.where(
            pages.using(any_(literal(sorted(seen), ARRAY(BigInteger))), pages.BOOKING)
        )
    return eyes.without_names(rows.views(db.session.scalars(found).all()), by)


def series(public_id: UUID, *, by: Actor) -> SeriesView:
    """
    Give a series with each of its appointments, and what could not be booked.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = serial.one(public_id)
    booked = [each.appointment for each in told.occurrences if each.appointment]
    rows.seen(booked[0].id, by)
    seen = {each.id: each for each in eyes.without_names(booked, by)}
    return replace(
        told,
        occurrences=tuple(
            replace(each, appointment=each.appointment and seen[each.appointment.id])
            for each in told.occurrences
        ),
    )


def messages(appointment: UUID, *, by: Actor) -> list[MessageView]:
    """
    Give what patients and staff were told, or shall be, about an appointment.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = rows.seen(appointment, by)
    eyes.may_know(told, by)
    return notifications.of_appointment(appointment)


def rules(facility: FacilityView, *, by: Actor) -> list[RuleView]:
    """Give the rules that hold in a facility, in the order in which they are asked."""
    accounts.require(by, Permission.MANAGE_RULES, Scope(facility.id))
    return setting.standing(facility)


def _columns(
    facility: FacilityView,
    asked: Sequence[tuple[ResourceView, Span]],
    *,
    by: Actor,
    now: datetime,
) -> list[ColumnView]:
    eyes.may_view(facility, [resource for resource, _ in asked], by)
    columns = board.columns(facility, asked, now=now)
    # Who serves in two facilities is shown here with the visits of the other one too.
    may = accounts.asking(by, Permission.VIEW_PATIENTS)
    return [
        replace(
            each,
            visits=tuple(
                visit
                if may(Scope(visit.facility_id, frozenset({each.resource.thing})))
                else replace(visit, patient=None, hidden=True)
                for visit in each.visits
            ),
        )
        for each in columns
    ]
