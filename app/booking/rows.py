"""From rows to views, and rows locked for a change."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import bindparam, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import guard, places, tokens
from app.booking.errors import ChangedError, StatusError
from app.booking.kinds import Priority, Role
from app.booking.models import (
    Appointment,
    AppointmentSeries,
    BookingResource,
    Participant,
    Token,
    TokenSeries,
)
from app.booking.states import MOVES, Status
from app.booking.views import (
    AppointmentView,
    ClaimView,
    Link,
    ParticipantView,
)
from app.core import holding
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import db, table
from app.core.errors import BusyError, NotFoundError
from app.directory import internal as directory
from app.directory.views import Bookable, ResourceView
from app.patients import internal as patients
from app.patients.views import PatientView


def one(public_id: UUID) -> AppointmentView:
    """
    Give one appointment as it stands.

    :raises NotFoundError: if there is no such appointment
    """
    found = views(_named(public_id))
    return found[0]


def seen(public_id: UUID, by: Actor) -> AppointmentView:
    """
    Give one appointment as it stands, to who may see its calendar.

    :raises NotFoundError: if it does not exist, or not for this actor's eyes
    """
    told = one(public_id)
    require_seen(told, by)
    return told


def require_seen(told: AppointmentView, by: Actor) -> None:
    """
    See that an actor may see the calendar an appointment is in.

    :raises NotFoundError: if it is not for this actor's eyes
    """
    if not touches(told, accounts.asking(by, Permission.VIEW_CALENDAR)):
        raise NotFoundError("appointment", field="appointment_id")


def touches(told: AppointmentView, may: Callable[[Scope], bool]) -> bool:
    """Say whether any resource of an appointment is one that an actor may."""
    return any(may(places.scope(told.facility, [each])) for each in used_by(told))


def views(bookings: Sequence[Appointment]) -> list[AppointmentView]:
    """Give appointments with all that belongs to them, in a fixed number of reads."""
    ids = [booking.id for booking in bookings]
    participants = _participants(ids)
    claims = _claims(ids)
    resources = _resources(bookings, claims)
    facilities = directory.facilities({b.facility_id for b in bookings})
    types = directory.types()
    people = patients.many(p.patient_id for each in participants.values() for p in each)
    series = _series(bookings)
    told = {
        booking_id: tuple(_comes(people, each) for each in together)
        for booking_id, together in participants.items()
    }
    return [
        AppointmentView(
            id=booking.public_id,
            reference=booking.reference,
            kind=booking.kind,
            status=booking.status,
            span=booking.during,
            facility=facilities[booking.facility_id],
            resource=resources[booking.resource_id, booking.facility_id],
            type=types[booking.type_id],
            patients=coming(told.get(booking.id, ()), booking.status),
            token=next((p.token for p in told.get(booking.id, ()) if p.token), None),
            resources=tuple(
                _claim(row, resources[row.resource_id, booking.facility_id])
                for row in claims[booking.id]
            ),
            note=booking.note,
            cancel_reason=booking.cancel_reason,
            channel=booking.channel,
            booked_by=booking.booked_by_name,
            booked_at=booking.booked_at,
            revision=booking.revision,
            hold_expires_at=booking.hold_expires_at,
            participants=told.get(booking.id, ()),
            series_id=series.get(booking.series_id),
            priority=Priority(booking.priority),
            over_slots=booking.over_slots,
            link=link(booking.linked_kind, booking.linked_id),
            offered_at=booking.offered_at,
        )
        for booking in bookings
    ]


def link(kind: str | None, public_id: UUID | None) -> Link | None:
    """Give what an appointment is for, if it is linked to anything."""
    return None if kind is None or public_id is None else Link(kind, public_id)


def _claim(row: BookingResource, resource: ResourceView) -> ClaimView:
    return ClaimView(
        resource,
        row.during,
        row.how.value,
        row.assigned_by,
        row.assigned_at,
        row.overridden,
    )


def hold_used(public_id: UUID) -> set[UUID]:
    """
    Hold the locks of all that an appointment uses, in their order, in one statement.

    Give the ids of what is held. Whatever was read before is forgotten.

    :raises BusyError: through `transaction`, if the wait was too long
    :raises NotFoundError: if there is no such appointment
    """
    held = _LOCKS.hold({"public_id": public_id})
    if not held:
        raise NotFoundError("appointment", field="appointment_id")
    return set(held)


def lock_keys(public_id: UUID) -> list[str]:
    """
    Name the locks of an appointment's resources.

    :raises NotFoundError: if there is no such appointment
    """
    db.session.flush()
    used = _USED_BY.send({"public_id": public_id}).scalars()
    if not used:
        raise NotFoundError("appointment", field="appointment_id")
    return guard.keys_of(used)


_BOOKING, _CLAIM = table(Appointment).c, table(BookingResource).c
_MINE = _BOOKING.public_id == bindparam("public_id")
_USES = (
    select(_BOOKING.resource_id)
    .where(_MINE)
    .union(
        select(_CLAIM.resource_id)
        .join(table(Appointment), _BOOKING.id == _CLAIM.appointment_id)
        .where(_MINE, _CLAIM.current)
    )
    .subquery()
)
_PUBLIC = directory.public_id_of(_USES.c.resource_id)
_USED_BY = Constant(select(_PUBLIC).select_from(_USES))
_LOCKS = holding.Found(select(_PUBLIC.label("id")).select_from(_USES), guard.PREFIX)


def for_change(
    public_id: UUID, revision: int | None, held: Iterable[str]
) -> Appointment:
    """
    Give the row of an appointment, locked, if it still is what the caller saw.

    :raises BusyError: if it moved to a resource whose lock is not among those held
    :raises ChangedError: if it has another revision by now
    """
    if not set(lock_keys(public_id)) <= set(held):
        raise BusyError
    booking = locked(public_id)
    if revision is not None and booking.revision != revision:
        raise ChangedError(seen=revision, now=booking.revision)
    return booking


def locked(public_id: UUID) -> Appointment:
    """Give the row of an appointment, locked."""
    return db.session.scalars(_LOCKED, {"public_id": public_id}).one()


_NAMED = select(Appointment).where(Appointment.public_id == bindparam("public_id"))
_LOCKED = _NAMED.with_for_update()


def step(booking: Appointment, to: Status) -> None:
    """
    Move an appointment and its participants along the table of moves.

    :raises StatusError: if the table does not lead there
    """
    if to not in MOVES[booking.status]:
        raise StatusError(status=booking.status.value, wanted=to.value)
    # No move leads to a hold, so whatever it was held until is over; so is an offer.
    booking.status, booking.hold_expires_at = to, None
    booking.offered_at = None
    booking.revision += 1
    found = select(Participant).where(Participant.appointment_id == booking.id)
    for participant in db.session.scalars(found):
        # Of a group, who has settled stays as they are.
        if to in MOVES[participant.status]:
            participant.status = to


def after(before: AppointmentView, booking: Appointment) -> AppointmentView:
    """Give an appointment as it stands after a change of status alone."""
    to = booking.status
    return replace(
        before,
        status=to,
        participants=tuple(
            replace(each, status=to if to in MOVES[each.status] else each.status)
            for each in before.participants
        ),
        cancel_reason=booking.cancel_reason,
        hold_expires_at=booking.hold_expires_at,
        revision=booking.revision,
        offered_at=booking.offered_at,
    )


def scope_of(told: AppointmentView) -> Scope:
    """Say where an act on this appointment happens."""
    return places.scope(told.facility, used_by(told))


def used_by(told: AppointmentView) -> list[ResourceView]:
    """Give all that an appointment uses: whom it is with, and what it claims."""
    return [told.resource, *(claim.resource for claim in told.resources)]


def bookable(told: AppointmentView) -> Bookable:
    """Give what an appointment was booked for."""
    return Bookable(told.facility, told.resource, told.type, told.span.minutes)


def for_trail(told: AppointmentView) -> dict[str, Any]:
    """Say what the audit trail keeps of an appointment."""
    return {
        "reference": told.reference,
        "status": told.status,
        "during": told.span,
        "resource": told.resource.code,
        "type": told.type.code,
        "patients": [patient.mrn for patient in told.patients],
        "token": told.token,
        "resources": {c.resource.code: c.during for c in told.resources},
    }


def _named(public_id: UUID) -> list[Appointment]:
    found = list(
        db.session.scalars(
            select(Appointment).where(Appointment.public_id == public_id)
        )
    )
    if not found:
        raise NotFoundError("appointment", field="appointment_id")
    return found


class _Person(Struct, frozen=True):
    number: int
    patient_id: int
    status: Status
    token: str | None
    arrived_at: datetime | None
    role: Role


def _participants(ids: Iterable[int]) -> dict[int, list[_Person]]:
    """Give each appointment's participants in the order in which they were added."""
    rows = db.session.execute(
        select(
            Participant.appointment_id,
            Participant.id,
            Participant.patient_id,
            Participant.status,
            Participant.arrived_at,
            Participant.role,
            TokenSeries.prefix,
            Token.number,
        )
        .outerjoin(Token, Token.id == Participant.token_id)
        .outerjoin(TokenSeries, TokenSeries.id == Token.series_id)
        .where(Participant.appointment_id.in_(ids))
        .order_by(Participant.id)
    )
    found: dict[int, list[_Person]] = defaultdict(list)
    for booking, row, patient_id, status, arrived_at, role, prefix, number in rows:
        token = None if number is None else tokens.label(prefix, number)
        person = _Person(row, patient_id, status, token, arrived_at, role)
        found[booking].append(person)
    return found


def _comes(people: Mapping[int, PatientView], one: _Person) -> ParticipantView:
    return ParticipantView(
        people[one.patient_id],
        one.status,
        one.token,
        one.arrived_at,
        one.number,
        one.role,
    )


def coming(
    people: tuple[ParticipantView, ...], status: Status
) -> tuple[PatientView, ...]:
    """Give who comes, whose visit it is first; who left a group is not among them."""
    here = [
        each
        for each in people
        if each.status is not Status.CANCELLED or status is Status.CANCELLED
    ]
    if len(here) > 1:
        here.sort(key=lambda each: not each.role.treated)
    return tuple([each.patient for each in here])


def _series(bookings: Iterable[Appointment]) -> dict[int | None, UUID]:
    ids = {b.series_id for b in bookings if b.series_id is not None}
    if not ids:
        return {}
    found = db.session.execute(
        select(AppointmentSeries.id, AppointmentSeries.public_id).where(
            AppointmentSeries.id.in_(ids)
        )
    )
    return {row.id: row.public_id for row in found}


def _claims(ids: Iterable[int]) -> dict[int, list[BookingResource]]:
    rows = db.session.scalars(
        select(BookingResource)
        .where(BookingResource.appointment_id.in_(ids), BookingResource.current)
        .order_by(BookingResource.id)
    )
    found: dict[int, list[BookingResource]] = defaultdict(list)
    for row in rows:
        if row.appointment_id is not None:
            found[row.appointment_id].append(row)
    return found


def _resources(
    bookings: Iterable[Appointment], claims: dict[int, list[BookingResource]]
) -> dict[tuple[int, int], ResourceView]:
    wanted = {booking.resource_id for booking in bookings}
    wanted |= {row.resource_id for held in claims.values() for row in held}
    posts = directory.posts_of(wanted)
    return {(post.id, post.facility_id): post for post in posts}
