"""What is booked of some resources around a window, in a fixed number of reads."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field
from sqlalchemy import ColumnElement, Select, Subquery, func, or_, select

from app.booking import reach, ruling
from app.booking.models import (
    HELD,
    Appointment,
    BookingResource,
    Participant,
    TokenSlot,
)
from app.booking.ruling import Ruleset
from app.booking.states import Status
from app.core.db import db
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView
from app.patients import internal as patients


class Claimed(Struct, frozen=True):
    """A claim near the window: its own part, and with buffers around it."""

    resource_id: int
    during: Span
    claimed: Span
    active: bool
    exclusive: bool
    overridden: bool
    slot_id: int | None
    booking: Appointment | None


class SlotRow(Struct, frozen=True):
    """A token slot somebody is booked in; what its expired holds took is free again."""

    id: int
    capacity: int
    allowance: int
    taken: int
    availability_id: int | None
    exception_id: int | None
    closed: bool = False


class Occupancy(Struct):
    """All that is booked of some resources around a window."""

    claims: dict[int, list[Claimed]] = field(default_factory=lambda: defaultdict(list))
    slots: dict[tuple[int, Span], SlotRow] = field(default_factory=dict)
    seen: dict[int, Counter[Status]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    others: dict[int, list[tuple[int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    people: dict[int, str] = field(default_factory=dict)
    rules: Ruleset = field(default_factory=lambda: Ruleset(()))


def read(
    facility: FacilityView,
    resources: Mapping[int, ResourceView],
    window: Span,
    *,
    now: datetime,
) -> Occupancy:
    """Read claims, token slots, and who is in them; holds that ran out take nothing."""
    taken = Occupancy(rules=ruling.load(facility))
    _read_claims(taken, list(resources), window, now)
    _read_slots(taken, facility, list(resources), window, now)
    bookings = [
        claim.booking.id
        for held in taken.claims.values()
        for claim in held
        if claim.booking is not None
    ]
    if bookings:
        _read_people(taken, bookings)
        _read_others(taken, bookings)
    return taken


def with_resource(resource_id: int) -> Select[int | None]:
    """Select the row numbers of appointments that use a resource."""
    return select(BookingResource.appointment_id).where(
        BookingResource.resource_id == resource_id,
        BookingResource.current,
        BookingResource.appointment_id.is_not(None),
    )


def _ran_out(now: datetime) -> ColumnElement[bool]:
    """Say that an appointment is a hold of the past; where there is none, it is not."""
    held = Appointment.phase == HELD
    return func.coalesce(held & (Appointment.hold_expires_at <= now), False)


def _lapsed(now: datetime) -> Subquery:
    """Count the holds of each token slot that have run out."""
    return (
        select(Appointment.token_slot_id, func.count().label("number"))
        .where(
            Appointment.phase == HELD,
            Appointment.hold_expires_at <= now,
            Appointment.token_slot_id.is_not(None),
        )
        .group_by(Appointment.token_slot_id)
        .subquery()
    )


def _read_claims(taken: Occupancy, ids: list[int], window: Span, now: datetime) -> None:
    lapsed = _lapsed(now)
    # A slot with nobody but holds that ran out leaves its time to others.
    left = (
        select(TokenSlot.id)
        .join(lapsed, lapsed.c.token_slot_id == TokenSlot.id)
        .where(TokenSlot.taken <= lapsed.c.number)
    )
    rows = db.session.execute(
        select(BookingResource, Appointment)
        .outerjoin(Appointment, Appointment.id == BookingResource.appointment_id)
        .where(
            BookingResource.resource_id.in_(ids),
            BookingResource.current,
            reach.claims(window, BookingResource.claimed),
            or_(BookingResource.active, Appointment.status == Status.NO_SHOW),
            ~_ran_out(now),
            or_(
                BookingResource.token_slot_id.is_(None),
                BookingResource.token_slot_id.not_in(left),
            ),
        )
        .order_by(BookingResource.id)
    )
    for row, booking in rows:
        taken.claims[row.resource_id].append(
            Claimed(
                resource_id=row.resource_id,
                during=row.during,
                claimed=row.claimed,
                active=row.active,
                exclusive=row.exclusive,
                overridden=row.overridden,
                slot_id=row.token_slot_id,
                booking=booking,
            )
        )


def _read_slots(
    taken: Occupancy,
    facility: FacilityView,
    ids: list[int],
    window: Span,
    now: datetime,
) -> None:
    lapsed = _lapsed(now)
    rows = db.session.execute(
        select(TokenSlot, func.coalesce(lapsed.c.number, 0))
        .outerjoin(lapsed, lapsed.c.token_slot_id == TokenSlot.id)
        .where(
            TokenSlot.resource_id.in_(ids),
            TokenSlot.facility_id == facility.id,
            reach.slots(window),
        )
    ).all()
    taken.slots = {
        (row.resource_id, row.during): SlotRow(
            id=row.id,
            capacity=row.capacity,
            allowance=row.allowance,
            taken=max(0, row.taken - number),
            availability_id=row.availability_id,
            exception_id=row.exception_id,
            closed=row.closed_at is not None,
        )
        for row, number in rows
    }
    if rows:
        _read_seen(taken, [row.id for row, _ in rows], now)


def _read_seen(taken: Occupancy, ids: list[int], now: datetime) -> None:
    """Count who is in each slot; whose hold ran out is not."""
    counts = db.session.execute(
        select(Appointment.token_slot_id, Participant.status, func.count())
        .join(Participant, Participant.appointment_id == Appointment.id)
        .where(Appointment.token_slot_id.in_(ids), ~_ran_out(now))
        .group_by(Appointment.token_slot_id, Participant.status)
    )
    for slot_id, status, number in counts:
        taken.seen[slot_id or 0][status] = number


def _read_people(taken: Occupancy, bookings: list[int]) -> None:
    rows = db.session.execute(
        select(Participant.appointment_id, Participant.patient_id)
        .where(Participant.appointment_id.in_(bookings))
        .order_by(Participant.id.desc())
    ).all()
    people = patients.many(patient for _, patient in rows)
    taken.people = {booking: people[patient].name for booking, patient in rows}


def _read_others(taken: Occupancy, bookings: list[int]) -> None:
    rows = db.session.execute(
        select(BookingResource.appointment_id, BookingResource.resource_id)
        .where(BookingResource.appointment_id.in_(bookings), BookingResource.current)
        .order_by(BookingResource.id)
    ).all()
    names = {r.id: r.name for r in directory.posts_of(used for _, used in rows)}
    for booking, used in rows:
        taken.others[booking or 0].append((used, names[used]))
