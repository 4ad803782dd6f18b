"""What higher rooms ask: what is offered here, and then?"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import or_, select

from app.availability import (
    excepting,
    lifting,
    proposing,
    reading,
    repairing,
    rows,
    scheduling,
    slots,
)
from app.availability.models import (
    Availability,
    AvailabilityException,
    Maintenance,
    Schedule,
)
from app.availability.proposing import Change
from app.availability.reading import Known, Told
from app.availability.views import NewException, NewMaintenance, NewSchedule, Offer
from app.core.actor import Actor
from app.core.db import db
from app.core.spans import Span, local_date
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


def offers(
    facility: FacilityView,
    resources: Iterable[ResourceView],
    window: Span,
    change: Change | None = None,
    *,
    cut: bool = True,
) -> dict[int, Offer]:
    """
    Tell what each resource offers at the facility within the window.

    With a `change`, what they would offer if it were made. Without `cut`, token slots
    are told as runs alone: who only counts them needs none by itself.

    Inactive resources offer nothing. Rooms, chairs, places and machines without a
    schedule of their own follow the facility's hours, unless they are schedule-only;
    with one that is still to come, until it begins.
    """
    asked = tuple(resources)
    told = reading.ask(facility, [resource.id for resource in asked], window)
    if change is not None:
        whose = next((r for r in asked if r.public_id == change.resource_id), None)
        # What repeats keeps the clock of the facility that orders it.
        home = facility
        if change.facility_id not in {None, facility.public_id}:
            home = directory.facility(change.facility_id)
        known = reading.understood(told)
        proposing.lay(change, known, home, whose)
        found = _worked_out(asked, known, window)
    elif len(asked) * (window.length.days + 1) <= _KEPT_DAYS:
        found = _kept(asked, told, window)
    else:
        found = _worked_out(asked, reading.understood(told), window)
    if not cut:
        return dict(zip((each.id for each in asked), found, strict=True))
    return {
        resource.id: offer.cut() for resource, offer in zip(asked, found, strict=True)
    }


# Hours are looked at over and over and change hardly ever. What decides is read anew
# each time; where it came as it came before, so does what is worked out from it.
@lru_cache(maxsize=256)
def _kept(
    asked: tuple[ResourceView, ...], told: Told, window: Span
) -> tuple[Offer, ...]:
    return _worked_out(asked, reading.understood(told), window)


# More than a month of one resource, or a day of so many, is not kept: it takes memory.
_KEPT_DAYS = 62


def _worked_out(
    asked: tuple[ResourceView, ...], known: Known, window: Span
) -> tuple[Offer, ...]:
    return tuple(
        _offer(each, known, window) if each.active else Offer() for each in asked
    )


def reader(
    facility: FacilityView, resources: Iterable[ResourceView], window: Span
) -> Callable[[ResourceView, Span], Offer]:
    """
    Read once what decides about a window; give who works it out piece by piece.

    A search through months asks only for the days and resources it comes to.
    """
    known = reading.read(facility, [resource.id for resource in resources], window)

    def offer(resource: ResourceView, piece: Span) -> Offer:
        if not resource.active:
            return Offer()
        return _offer(resource, known, piece).cut()

    return offer


def check(change: Change, facility: FacilityView) -> None:
    """
    Refuse a change that could not be made whatever is booked, as the act would.

    :raises InputError: naming the field that is off
    :raises ScheduleOverlapError: if hours clash with others of the resource
    """
    if isinstance(change, NewSchedule):
        scheduling.check(change, facility)
    elif isinstance(change, NewException):
        excepting.check(change, facility)
    else:
        repairing.occurrences(change, facility)


def _offer(resource: ResourceView, known: Known, window: Span) -> Offer:
    until = known.follows_until(resource)
    extras = [
        *known.extras.get(resource.id, ()),
        *(
            extra
            for extra in known.extras.get(None, ())
            if local_date(extra.span.start, known.zone) <= until
        ),
    ]
    # What closes the end of a slot lies outside a window that holds only its start,
    # and time that is added is cut from where the pattern leaves off.
    reach = window.widen(slots.ONE_DAY, slots.ONE_DAY)
    near = [extra for extra in extras if extra.span.overlaps(reach)]
    around = Span(
        min([reach.start, *(extra.span.start for extra in near)]),
        max([reach.end, *(extra.span.end for extra in near)]),
    )
    return slots.offer(
        [
            piece
            for pattern in known.hours(resource)
            for piece in slots.dated(pattern, around)
        ],
        [extra for extra in extras if extra.span.overlaps(around)],
        [
            *known.closures.get(resource.id, ()),
            *known.closures.get(None, ()),
        ],
        window,
    )


def schedules(
    facility: FacilityView, resource: ResourceView | None
) -> list[NewSchedule]:
    """Give the configurations of a resource at a facility, as they would be set."""
    resource_id = resource.id if resource else None
    found = db.session.execute(
        select(Schedule, Availability)
        .outerjoin(Availability, Availability.schedule_id == Schedule.id)
        .where(
            Schedule.facility_id == facility.id,
            Schedule.resource_id.is_not_distinct_from(resource_id),
            or_(
                Schedule.valid_till.is_(None),
                Schedule.valid_till >= Schedule.valid_from,
            ),
        )
        .order_by(Schedule.valid_from, Availability.id)
    ).all()
    sessions: dict[Schedule, list[Availability]] = {}
    for schedule, availability in found:
        sessions.setdefault(schedule, [])
        if availability is not None:
            sessions[schedule].append(availability)
    return [
        NewSchedule(
            facility_id=facility.public_id,
            resource_id=resource.public_id if resource else None,
            valid_from=schedule.valid_from,
            valid_till=schedule.valid_till,
            sessions=tuple(rows.new_session_of(each) for each in each_day),
        )
        for schedule, each_day in sessions.items()
    ]


def exceptions(
    facility: FacilityView, resource: ResourceView | None, during: Span
) -> list[NewException]:
    """Give the exceptions of a resource (else of the facility) that touch a span."""
    found = db.session.scalars(
        select(AvailabilityException)
        .where(
            AvailabilityException.revoked_at.is_(None),
            AvailabilityException.during.bool_op("&&")(during),
            AvailabilityException.resource_id.is_not_distinct_from(
                resource.id if resource else None
            ),
            or_(
                AvailabilityException.facility_id == facility.id,
                AvailabilityException.facility_id.is_(None),
            ),
        )
        .order_by(AvailabilityException.id)
    )
    return [rows.new_exception_of(row, facility, resource) for row in found]


def repairs(resource: ResourceView, during: Span) -> list[Span]:
    """Give the spans of a resource's maintenance that touch a span."""
    found = select(Maintenance.during).where(
        Maintenance.resource_id == resource.id,
        Maintenance.revoked_at.is_(None),
        Maintenance.during.bool_op("&&")(during),
    )
    return list(db.session.scalars(found.order_by(Maintenance.id)))


def away(order: NewException, *, by: Actor, now: datetime) -> UUID:
    """
    Take time away inside a larger act, which holds the resource's lock.

    :raises ForbiddenError: if the actor may not manage those hours
    """
    return excepting.add_exception(order, by=by, now=now)


def repair(
    order: NewMaintenance, spans: Sequence[Span], *, by: Actor, now: datetime
) -> list[UUID]:
    """
    Take a resource out of service for these spans, inside a larger act.

    :raises ForbiddenError: if the actor may not manage those hours
    """
    return repairing.record(order, spans, by=by, now=now)


def shut(change: NewMaintenance, facility: FacilityView) -> list[Span]:
    """Give each span that maintenance as ordered would take."""
    return repairing.occurrences(change, facility)


def lifted(sources: Iterable[UUID], *, now: datetime) -> AbstractContextManager[None]:
    """
    Let exceptions and maintenance count for nothing within a block of a larger act.

    They stand again at its end; nobody else ever sees them gone.
    """
    return lifting.lifted(sources, now=now)


def back_on_duty(exceptions: Iterable[UUID], *, by: Actor, now: datetime) -> None:
    """Take time away back, inside a larger act."""
    for each in exceptions:
        excepting.revoke_exception(each, by=by, now=now)


def back_in_service(repairs: Iterable[UUID], *, by: Actor, now: datetime) -> None:
    """Take maintenance back, inside a larger act."""
    for each in repairs:
        repairing.revoke_maintenance(each, by=by, now=now)
