"""What doors read of chairs, rooms and machines: free, used, in conflict."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.availability import internal as availability
from app.booking import board, claims, entries, eyes, places, rows, utilization
from app.booking.claims import Claim, buffered
from app.booking.kinds import Outcome, Trouble
from app.booking.models import Appointment, BookingResource
from app.booking.units import Held
from app.booking.utilization import Utilization
from app.booking.views import (
    AppointmentView,
    ColumnView,
    ConflictView,
    Hindrance,
    Party,
    Want,
)
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError, NotFoundError
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.kinds import ResourceKind

LONGEST = timedelta(days=92)
# More conflicts than these are not listed at once.
MOST_CONFLICTS = entries.MOST


def assigned(appointment: UUID, *, by: Actor) -> AppointmentView:
    """
    Give an appointment with its resources, and by whose name each was assigned.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    return named(rows.seen(appointment, by))


def named(told: AppointmentView) -> AppointmentView:
    """Put names in place of the keys of who assigned each resource."""
    names = accounts.names({claim.assigned_by for claim in told.resources})
    return replace(
        told,
        resources=tuple(
            replace(claim, assigned_by=names.get(claim.assigned_by, "Baari"))
            for claim in told.resources
        ),
    )


def free(
    facility_id: UUID,
    window: Span,
    *,
    by: Actor,
    now: datetime,
    kind: ResourceKind | None = None,
    capability: str | None = None,
) -> list[ColumnView]:
    """Give what is offered and free of each resource of a facility in a window."""
    facility = directory.facility(facility_id)
    seen = eyes.in_sight(facility, by)
    _check(window)
    asked = [
        (each, window)
        for each in directory.resources(facility.id)
        if (seen is None or each.id in seen)
        and kind in {None, each.kind}
        and (capability is None or capability in each.capabilities)
    ]
    return _without_names(board.columns(facility, asked, now=now))


def schedule(
    facility_id: UUID, resource_id: UUID, window: Span, *, by: Actor, now: datetime
) -> ColumnView:
    """Give what a resource offers in a window, and what it is used for."""
    facility = directory.facility(facility_id)
    _check(window)
    resource = directory.resource(resource_id, facility.id)
    eyes.may_view(facility, [resource], by)
    return _without_names(board.columns(facility, [(resource, window)], now=now))[0]


def hindrances(
    facility_id: UUID,
    wants: Sequence[Want],
    *,
    by: Actor,
    without: UUID | None = None,
) -> list[Hindrance]:
    """
    Tell what would stand in the way of resources, each at its own time.

    `without` is the appointment that asks: it is not in its own way.
    """
    facility = directory.facility(facility_id)
    asked = []
    for index, want in enumerate(wants):
        field = f"resources[{index}].resource_id"
        resource = directory.resource(want.resource_id, facility.id, field=field)
        assert want.during is not None
        asked.append(buffered(resource, want.during, None))
    resources = [claim.resource for claim in asked]
    eyes.may_view(facility, resources, by)
    offers = availability.offers(facility, resources, places.around(asked))
    found = []
    for claim in asked:
        refused = places.refusal(claim, offers[claim.resource.id])
        if refused is not None:
            told = str(refused.params.get("why") or "")
            span = refused.params.get("closed", claim.during)
            reason = str(refused.params["reason"])
            found.append(Hindrance(claim.resource, span, reason, told=told))
    return found + _rivals(asked, without)


def measured(facility_id: UUID, window: Span, *, by: Actor) -> Utilization:
    """Measure how much of what each resource of a facility offers is used."""
    facility = directory.facility(facility_id)
    accounts.require(by, Permission.VIEW_ANALYTICS, Scope(facility.id))
    _check(window)
    return utilization.measure(facility, directory.resources(facility.id), window)


def conflicts(
    facility_id: UUID,
    *,
    by: Actor,
    status: Outcome | None = None,
    kind: Trouble | None = None,
    resource_id: int | None = None,
) -> list[ConflictView]:
    """Give the conflicts of a facility, the earliest trouble first."""
    facility = directory.facility(facility_id)
    seen = eyes.in_sight(facility, by)
    found = entries.of_facility(facility, status, kind, resource_id)
    told = [each for each in found if seen is None or each.resource.id in seen]
    return _by_name(told)


def conflict(conflict_id: UUID, *, by: Actor) -> ConflictView:
    """
    Give one conflict.

    :raises NotFoundError: if there is none, or not for this actor's eyes
    """
    told = entries.one(conflict_id)
    scope = Scope(told.facility_id, frozenset({told.resource.thing}))
    if not accounts.allowed(by, Permission.VIEW_CALENDAR, scope):
        raise NotFoundError("conflict", field="conflict_id")
    return _by_name([told])[0]


def _rivals(asked: Sequence[Claim], without: UUID | None) -> list[Hindrance]:
    blocking = [
        (claim, held)
        for claim, crowd in claims.in_the_way(asked, without)
        for held in crowd
    ]
    parties = _parties([held for _, held in blocking])
    return [
        Hindrance(
            claim.resource,
            held.span.meet(claim.claimed) or held.span,
            "taken",
            parties.get(held.id),
        )
        for claim, held in blocking
    ]


def _parties(held: Sequence[Held]) -> dict[int, Party]:
    found = db.session.execute(
        select(
            BookingResource.id,
            Appointment.public_id,
            Appointment.reference,
            BookingResource.during,
        )
        .join(Appointment, Appointment.id == BookingResource.appointment_id)
        .where(BookingResource.id.in_([each.id for each in held]))
    )
    return {n: Party(public, reference, span) for n, public, reference, span in found}


def _by_name(told: Sequence[ConflictView]) -> list[ConflictView]:
    """Put names in place of the keys of who solved each conflict."""
    names = accounts.names({each.resolved_by for each in told if each.resolved_by})
    return [
        replace(
            each,
            resolved_by=each.resolved_by and names.get(each.resolved_by, "Baari"),
        )
        for each in told
    ]


def _check(window: Span) -> None:
    if window.length > LONGEST:
        most = int(LONGEST.total_seconds() // 60)
        raise InputError(field="to", reason="too_long", most=most)


def _without_names(columns: list[ColumnView]) -> list[ColumnView]:
    """Leave out who comes: a resource's list says when, not for whom."""
    return [
        replace(c, visits=tuple(replace(v, patient=None) for v in c.visits))
        for c in columns
    ]
