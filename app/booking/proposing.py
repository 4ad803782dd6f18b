"""Another place for who lost theirs: the next at which all they need is free."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from app.audit import internal as audit
from app.booking import board, drafting, first_opening, placing
from app.booking.errors import (
    NoneFreeError,
    NotOfferedError,
    SlotFullError,
    SlotTakenError,
)
from app.booking.kinds import How, Kind
from app.booking.models import Appointment, Rebooking
from app.booking.placing import Draft
from app.booking.rules.case import Judges
from app.booking.seeking import Sought, Wanted
from app.booking.states import Status
from app.booking.views import (
    AppointmentView,
    ClaimView,
    NewPlace,
    NewTimed,
    NewToken,
    Want,
)
from app.core.actor import Actor
from app.core.db import db, savepoint
from app.core.errors import RuleError
from app.core.spans import Span

CHANNEL = "rebooking"
# A proposal waits so long for an answer, but never beyond its own start.
PROPOSED_FOR = timedelta(hours=48)
# Whoever is asked needs time to answer, and to come.
NOTICE = timedelta(hours=1)
# How many stretches of free time are tried, and how many starts within one.
STRETCHES = 40
STARTS = 3

# Why a place that was free to see cannot be had; the next one may be.
PLACE_REFUSED = (
    NoneFreeError,
    NotOfferedError,
    RuleError,
    SlotFullError,
    SlotTakenError,
)


def propose(row: Rebooking, told: AppointmentView, *, by: Actor, now: datetime) -> None:
    """
    Hold the next place at which all its resources are free together, if there is one.

    The caller holds their locks. A token's next slots were tried before it was listed.
    """
    if told.kind is Kind.TOKEN or not told.resources:
        return
    for start in _starts(told, by=by, now=now):
        try:
            with savepoint():
                held = _hold(row, told, start, by=by, now=now)
        except PLACE_REFUSED:
            continue
        row.proposal_id = number(held.id)
        db.session.flush()
        line("proposed", row, by=by, now=now, during=held.span)
        return


def draft_at(told: AppointmentView, to: NewPlace, *, by: Actor, now: datetime) -> Draft:
    """
    Draft an appointment that was called off once more, at another place.

    :raises NotOfferedError: if that place is not offered
    """
    if told.kind is Kind.TOKEN:
        order = NewToken(
            facility_id=told.facility.public_id,
            resource_id=to.resource_id or told.resource.public_id,
            patient_id=None,
            type_id=told.type.public_id,
            starts_at=to.starts_at,
            note=told.note,
            channel=CHANNEL,
        )
        draft = drafting.token(order, uuid4(), by=by, now=now)
    else:
        draft = drafting.timed(_timed(told, to), uuid4(), by=by, now=now)
    draft.patients, draft.along = told.patients, told.along
    return draft


def _timed(told: AppointmentView, to: NewPlace) -> NewTimed:
    principal = told.resource.public_id
    instead = to.resource_id or principal
    return NewTimed(
        facility_id=told.facility.public_id,
        patient_id=None,
        type_id=told.type.public_id,
        starts_at=to.starts_at,
        ends_at=to.ends_at or to.starts_at + told.span.length,
        resources=tuple(
            Want(instead, None if to.ends_at else want.during, want.how)
            if want.resource_id == principal
            else want
            for want in _shifted(told, to.starts_at)
        ),
        note=told.note,
        channel=CHANNEL,
        priority=told.priority,
    )


def _shifted(told: AppointmentView, start: datetime) -> tuple[Want, ...]:
    """Want the same resources at another time."""
    shift = start - told.span.start
    return tuple(
        Want(
            claim.resource.public_id,
            Span(claim.during.start + shift, claim.during.end + shift),
            How(claim.how),
        )
        for claim in _fixed(told)
    )


def _fixed(told: AppointmentView) -> list[ClaimView]:
    """Give the principal and what somebody chose; the rest is chosen anew."""
    principal = told.resource.id
    fixed = [
        claim
        for claim in told.resources
        if claim.how != How.AUTO or claim.resource.id == principal
    ]
    return sorted(fixed, key=lambda claim: claim.resource.id != principal)


def _starts(told: AppointmentView, *, by: Actor, now: datetime) -> Iterator[datetime]:
    """Give starts to try, a few in each stretch of time that is free to all."""
    after = max(told.span.start, now + NOTICE)
    found = first_opening.stretches(_sought(told), after, by=by, now=now)
    for _, (first, last) in zip(range(STRETCHES), found, strict=False):
        step = max(board.STEP, (last - first) / STARTS)
        for n in range(STARTS):
            start = board.on_step(first + n * step)
            if start <= last:
                yield start


def _sought(told: AppointmentView) -> Sought:
    """Seek what an appointment had once more, each for its own part of the time."""
    wanted = tuple(
        Wanted(
            name=claim.resource.kind.value,
            role="",
            offset=claim.during.start - told.span.start,
            length=claim.during.length,
            ranked=(claim.resource,),
            why={claim.resource.id: "named"},
        )
        for claim in _fixed(told)
    )
    return Sought(told.facility, told.type, told.span.length, wanted)


def _hold(
    row: Rebooking,
    told: AppointmentView,
    start: datetime,
    *,
    by: Actor,
    now: datetime,
) -> AppointmentView:
    draft = draft_at(told, NewPlace(start), by=by, now=now)
    placing.judge(draft, (Judges.PLACE, Judges.PATIENT), by=by, now=now)
    draft.hold_expires_at = min(now + PROPOSED_FOR, start)
    draft.hold_key = f"rebooking:{row.public_id}"
    return placing.place(draft, Status.HELD, by=by, now=now)


def number(appointment: UUID) -> int:
    """Tell the row number of an appointment that is there."""
    found = select(Appointment.id).where(Appointment.public_id == appointment)
    return db.session.scalars(found).one()


def line(
    what: str, row: Rebooking, *, by: Actor, now: datetime, **more: object
) -> None:
    """Leave a line in the trail about an entry of the rebooking list."""
    audit.record(
        f"rebooking.{what}",
        audit.Subject("rebooking", row.public_id, row.facility_id),
        by=by,
        now=now,
        after={"status": row.status, **more},
    )
