"""Who checks in without staff: by their reference, or their phone and year of birth."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import internal as booking
from app.booking.internal import Seat
from app.booking.states import Status
from app.core.actor import ONESELF, Actor
from app.core.db import db, transaction
from app.core.holding import hold_all
from app.core.spans import Span, day_span, local_date
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView
from app.patients import internal as patients
from app.queues import checking_in, lines, policies
from app.queues.errors import NobodyDueError, TooEarlyError
from app.queues.kinds import CLOSED, EntryIs, How
from app.queues.models import QueueEntry
from app.queues.views import Claim, Coming, DueView, NewWalkIn

_OPEN = frozenset({Status.SCHEDULED, Status.CHECKED_IN, Status.IN_PROGRESS})
# Which visit of the day a sign means, the first one first.
_SCANNED = (
    Status.CHECKED_IN,
    Status.IN_PROGRESS,
    Status.SCHEDULED,
    Status.COMPLETED,
)
_UNSEEN = frozenset({EntryIs.WAITING, EntryIs.ON_HOLD, EntryIs.AT_TESTS})


def come_oneself(
    claim: Claim, facility: FacilityView, *, now: datetime, here: bool
) -> str:
    """
    Check somebody in who proves who they are, and give the secret of their status.

    Only `here`, at the facility, are they called; from afar they get a place and wait
    for a mark. Who has checked in from afar and comes again here is marked as here.

    :raises NobodyDueError: if that is nobody with a visit today, or more than one
    :raises NotTodayError: if their appointment is on another day
    :raises TooEarlyError: if they are elsewhere, and their department wants them later
    """
    with transaction():
        seat = _whose(claim, facility, now=now)
        if seat.status is Status.SCHEDULED:
            today = comes_now(seat.span, facility, now=now)
            if today and not here and not from_elsewhere(seat, facility, now=now):
                raise TooEarlyError
            how = How.QR if claim.reference else How.PHONE
            patient = patients.many([seat.patient_id])[seat.patient_id]
            checking_in.check_in(
                seat.appointment_id,
                by=ONESELF,
                now=now,
                patient_id=patient.public_id,
                coming=Coming(how=how, remote=not here),
            )
        if here:
            _see(seat, by=ONESELF, now=now)
        return _secret(seat.participant_id)


def scan(wanted: NewWalkIn, *, by: Actor, now: datetime) -> str:
    """
    Let somebody in who scans a doctor's or service's sign, and give their secret.

    Who has a visit there today is checked in to it, or has come to it already: a second
    scan gives the same number. All others walk in, by the rules of the department. The
    caller has made sure who they are.

    :raises RuleError: if a rule forbids it, or the day is full
    :raises SlotFullError: if no slot of the day has a token left
    :raises WalkInsFullError: if the share for who walks in is used up
    """
    with transaction():
        facility, resource = directory.serving(wanted.facility_id, wanted.resource_id)
        accounts.require(by, Permission.CHECK_IN, lines.scope(facility, resource))
        seat = _here_today(wanted, facility, resource, now=now)
        if seat is None:
            entry = checking_in.walk_in(wanted, by=by, now=now)
            number = lines.entry_named(entry.id).participant_id
            return _secret(number)
        if seat.status is Status.SCHEDULED:
            checking_in.check_in(
                seat.appointment_id,
                by=by,
                now=now,
                patient_id=wanted.patient_id,
                coming=wanted.coming,
            )
        _see(seat, by=by, now=now)
        return _secret(seat.participant_id)


def due(
    facility: FacilityView,
    *,
    by: Actor,
    now: datetime,
    people: Sequence[int] = (),
    reference: str = "",
) -> list[DueView]:
    """
    Give visits of today that could be checked in, or are already, for the desk.

    Sought by patients' row numbers, by a reference, or by the secret of a slip.
    """
    accounts.require(by, Permission.CHECK_IN, Scope(facility.id))
    if reference:
        seats = _referred(reference)
    else:
        seats = booking.on_day(facility.id, people, _today(facility, now))
    seats = [s for s in seats if s.facility_id == facility.id and s.status in _OPEN]
    who = patients.many(seat.patient_id for seat in seats)
    posts = {post.id: post for post in directory.resources(facility.id)}
    entries = _entries(seats)
    return [
        DueView(
            appointment_id=seat.appointment_id,
            reference=seat.reference,
            patient=who[seat.patient_id],
            resource=posts[seat.resource_id],
            span=seat.span,
            token=seat.token,
            entry_id=entries.get(seat.participant_id),
        )
        for seat in seats
    ]


def arrivals(appointment_id: UUID, *, by: Actor) -> dict[UUID, UUID]:
    """
    Give where those of an appointment who have come stand, by patient: their entries.

    :raises NotFoundError: if there is no such appointment, or not for this actor's eyes
    """
    told = booking.seen(appointment_id, by)
    accounts.require(by, Permission.CHECK_IN, booking.scope_of(told))
    seats = booking.of_appointment(appointment_id)
    entries = _entries(seats)
    who = patients.many(seat.patient_id for seat in seats)
    return {
        who[seat.patient_id].public_id: entries[seat.participant_id]
        for seat in seats
        if seat.participant_id in entries
    }


def comes_now(span: Span, facility: FacilityView, *, now: datetime) -> bool:
    """Say whether a visit of that time may be checked in at this moment."""
    zone = facility.zone
    same = local_date(span.start, zone) == local_date(now, zone)
    return same or abs(span.start - now) <= checking_in.NEAR


def from_elsewhere(seat: Seat, facility: FacilityView, *, now: datetime) -> bool:
    """Say whether who is not here may check in, by the policy of the department."""
    _, resource = directory.serving_at(facility.id, seat.resource_id)
    policy = policies.standing(facility.id, resource.department_id)
    return now >= seat.span.start - timedelta(minutes=policy.come_minutes)


def _entries(seats: Sequence[Seat]) -> dict[int, UUID]:
    """Give the standing entry of each who has come."""
    numbers = [seat.participant_id for seat in seats]
    off = CLOSED - {EntryIs.DONE}
    rows = db.session.execute(
        select(QueueEntry.participant_id, QueueEntry.public_id)
        .where(QueueEntry.participant_id.in_(numbers), QueueEntry.state.not_in(off))
        .order_by(QueueEntry.id)
    )
    return {row.participant_id: row.public_id for row in rows}


def _whose(claim: Claim, facility: FacilityView, *, now: datetime) -> Seat:
    if claim.reference:
        found = _referred(claim.reference)
    else:
        same = patients.born_with(claim.phone, claim.born, region=facility.region)
        people = [each.id for each in same]
        found = booking.on_day(facility.id, people, _today(facility, now))
    found = [s for s in found if s.facility_id == facility.id and s.status in _OPEN]
    # One person with several visits has one next; several persons must say who.
    if len({seat.patient_id for seat in found}) != 1:
        raise NobodyDueError(field="reference" if claim.reference else "phone")
    waits = [seat for seat in found if seat.status is Status.SCHEDULED]
    return (waits or found)[0]


def _see(seat: Seat, *, by: Actor, now: datetime) -> None:
    """Mark who waits as being here."""
    entry = lines.open_entry(seat.participant_id)
    if entry is not None and entry.state in _UNSEEN:
        checking_in.mark_present(entry.public_id, by=by, now=now)


def _here_today(
    wanted: NewWalkIn, facility: FacilityView, resource: ResourceView, *, now: datetime
) -> Seat | None:
    """Give the visit of today that somebody known has there, once rivals are done."""
    if wanted.patient_id is None:
        return None
    patient = patients.one(wanted.patient_id)
    hold_all([f"scan:{patient.public_id}:{resource.public_id}"])
    found = [
        seat
        for seat in booking.on_day(facility.id, [patient.id], _today(facility, now))
        if seat.resource_id == resource.id and seat.status in _SCANNED
    ]
    return min(found, key=lambda seat: _SCANNED.index(seat.status), default=None)


def _referred(written: str) -> list[Seat]:
    """Give who is meant by a reference, or by the secret of a slip."""
    # Phones put in blanks and dashes of their own.
    named = "".join(char for char in written.upper() if char.isalnum())
    if len(named) == 8:
        named = f"{named[:4]}-{named[4:]}"
    found = booking.referred(named)
    if found:
        return found
    whose = booking.whose(written.strip())
    return [] if whose is None else [whose]


def _today(facility: FacilityView, now: datetime) -> Span:
    day = day_span(local_date(now, facility.zone), facility.zone)
    return Span(day.start, max(day.end, now + timedelta(hours=1)))


def _secret(participant: int) -> str:
    return booking.secrets([participant])[participant]
