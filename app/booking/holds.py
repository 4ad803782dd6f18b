"""Acts on holds: keep a place, a little longer, take it, let it go."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import (
    assignment,
    candidates,
    drafting,
    ending,
    guard,
    idempotency,
    links,
    online,
    placing,
    rows,
    ruling,
    teams,
    tokens,
    writing,
)
from app.booking import holding as lapsing
from app.booking.errors import HoldLostError, StatusError
from app.booking.kinds import Kind, Role
from app.booking.models import HELD, Appointment
from app.booking.placing import Draft
from app.booking.rules.case import Judges
from app.booking.states import Status
from app.booking.views import AppointmentView, Holding, NewTimed, NewToken, Once
from app.core.actor import Actor
from app.core.db import constraints, db
from app.core.errors import BusyError, DomainError, InputError
from app.directory import internal as directory

LONGEST = 60


def hold_token(
    order: NewToken, holding: Holding, *, by: Actor, now: datetime
) -> AppointmentView:
    """
    Keep a place in a token slot for a while; no number is drawn yet.

    A key has one live hold: the place it held before is let go in the same step.

    :raises NotOfferedError: if no slot for that type starts at that moment
    :raises RuleError: if a rule of the place forbids it, or the day is full
    :raises SlotFullError: if every token of the slot is given
    """
    able = candidates.of(order)
    keys, fresh = guard.keys_of([order.resource_id, *able]), uuid4()
    keys += _former_keys(holding) + online.keys(order.facility_id, by)
    with guard.acting(keys, fresh, by=by, now=now, once=order.once) as before:
        if before is not None:
            return rows.one(before)
        _let_go(holding, keys, [order.resource_id], by=by, now=now)
        draft = drafting.token(order, fresh, by=by, now=now)
        return _hold(draft, holding, by=by, now=now)


def hold_timed(
    order: NewTimed, holding: Holding, *, by: Actor, now: datetime
) -> AppointmentView:
    """
    Keep resources for a time for a while.

    :raises NotOfferedError: if a resource does not offer its part as open time
    :raises RuleError: if a rule of the place forbids it, or the day is full
    :raises SlotTakenError: naming every booking that is in the way
    """
    able = candidates.of(order)
    whole = teams.expand(order)
    keys = [*whole.keys, *guard.keys_of(able), *links.keys(order.link)]
    fresh = uuid4()
    keys += _former_keys(holding) + online.keys(order.facility_id, by)
    with guard.acting(keys, fresh, by=by, now=now, once=order.once) as before:
        if before is not None:
            return rows.one(before)
        whole.check()
        wanted = [want.resource_id for want in whole.wants]
        _let_go(holding, keys, wanted, by=by, now=now)
        links.free(order.link, keys, now=now)
        draft = drafting.timed(whole.of(order), fresh, by=by, now=now)
        return _hold(draft, holding, by=by, now=now)


def extend(
    appointment: UUID, minutes: int, *, by: Actor, now: datetime
) -> AppointmentView:
    """
    Let a live hold last so many minutes from now.

    :raises HoldLostError: if it has run out
    """
    _check_minutes(minutes)
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, None, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.REQUEST, rows.scope_of(told))
        if not _live(booking, now):
            raise HoldLostError
        booking.hold_expires_at = now + timedelta(minutes=minutes)
        db.session.flush()
        audit.record(
            "appointment.hold_extended",
            audit.Subject("appointment", appointment, booking.facility_id),
            by=by,
            now=now,
            before={"hold_expires_at": told.hold_expires_at},
            after={"hold_expires_at": booking.hold_expires_at},
        )
        return rows.one(appointment)


def confirm(
    appointment: UUID,
    patients: tuple[UUID, ...],
    *,
    by: Actor,
    now: datetime,
    once: Once | None = None,
    retake: bool = True,
) -> AppointmentView:
    """
    Turn a hold into a booking for these patients, and draw its number.

    A hold that ran out takes its place again if it is still free; `retake` False makes
    that an error at once.

    :raises HoldLostError: if it ran out and the place is gone
    :raises InputError: if a token would be for nobody or for several
    :raises RuleError: if a rule of the patient forbids it
    :raises StatusError: if it is no hold
    """
    keys = [*rows.lock_keys(appointment), *assignment.keys_for(appointment)]
    with guard.acting(keys, appointment, by=by, now=now, once=once) as before:
        if before is not None:
            return rows.one(before)
        booking = rows.for_change(appointment, None, keys)
        told = rows.seen(appointment, by)
        if booking.status not in {Status.HELD, Status.EXPIRED}:
            raise StatusError(status=booking.status.value, wanted="scheduled")
        if _live(booking, now):
            return keep(booking, told, patients, by=by, now=now)
        # Without its key it has been taken again already, by an earlier confirmation.
        if not retake or booking.hold_key is None:
            raise HoldLostError
        taken = _take_again(booking, told, patients, by=by, now=now)
        idempotency.redirect(once, taken.id, by=by)
        return taken


def release(appointment: UUID, *, by: Actor, now: datetime) -> AppointmentView:
    """
    Let a hold go; one that is gone already stays gone.

    :raises StatusError: if it became a booking meanwhile
    """
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking = rows.for_change(appointment, None, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, Permission.REQUEST, rows.scope_of(told))
        if booking.status is Status.EXPIRED:
            return told
        if booking.status is not Status.HELD:
            raise StatusError(status=booking.status.value, wanted="expired")
        return ending.end(booking, told, Status.EXPIRED, "", by=by, now=now)


def _hold(
    draft: Draft, holding: Holding, *, by: Actor, now: datetime
) -> AppointmentView:
    _check_minutes(holding.minutes)
    drafting.check_in_use(draft)
    accounts.require(by, Permission.REQUEST, draft.scope)
    if not holding.proved:
        online.check(draft.what, draft.kind, draft.span, by=by, now=now)
    placing.judge(draft, (Judges.PLACE,), by=by, now=now)
    draft.hold_expires_at = now + timedelta(minutes=holding.minutes)
    draft.hold_key = holding.key
    # The same key holds another place since we looked: the next try lets that one go.
    with constraints({"uq_appointments_hold_key": BusyError(field="key")}):
        return placing.place(draft, Status.HELD, by=by, now=now)


def keep(
    booking: Appointment,
    told: AppointmentView,
    patients: tuple[UUID, ...],
    *,
    by: Actor,
    now: datetime,
    along: Mapping[int, Role] | None = None,
) -> AppointmentView:
    """
    Turn a live hold into what its actor may make of it.

    `along` says who of them, by row number, is no patient of it, and as what they come.
    """
    what = rows.bookable(told)
    status = drafting.status_for(what, rows.used_by(told), by=by)
    _check_people(told, patients)
    found = drafting.people(None, patients)
    roles = {**told.along, **(along or {})}
    found_rules = ruling.load(what.facility).of(what.resource, what.type)
    for patient in found:
        it = ruling.case(
            what,
            told.span,
            by=by,
            now=now,
            patient=patient,
            without=booking.id,
            role=roles.get(patient.id, Role.PATIENT),
        )
        ruling.judge(found_rules, it, (Judges.PATIENT,), by=by, overridden=False)
    known = {patient.id for patient in told.patients}
    new = [patient for patient in found if patient.id not in known]
    writing.add_patients(booking.id, new, Status.HELD, roles)
    rows.step(booking, status)
    db.session.flush()
    if status is Status.SCHEDULED:
        tokens.give_numbers(booking, told.resource, told.facility)
    return ending.tell(told, rows.one(told.id), by=by, now=now)


def _take_again(
    booking: Appointment,
    told: AppointmentView,
    patients: tuple[UUID, ...],
    *,
    by: Actor,
    now: datetime,
) -> AppointmentView:
    """Book anew what ran out, if its place is free; the old row stays expired."""
    _check_people(told, patients)
    booking.hold_key = None
    if booking.status is Status.HELD:
        ending.end(booking, told, Status.EXPIRED, "", by=by, now=now)
    try:
        known = tuple(patient.public_id for patient in told.patients)
        people = tuple(dict.fromkeys(known + patients))
        draft = drafting.again(told, people, uuid4(), by=by, now=now)
        status = drafting.first_status(draft, request=False, by=by)
        placing.judge(draft, (Judges.PATIENT,), by=by, now=now)
        return placing.place(draft, status, by=by, now=now)
    except DomainError as exc:
        raise HoldLostError(why=exc.code) from exc


def _check_people(told: AppointmentView, patients: tuple[UUID, ...]) -> None:
    """Refuse a token for nobody or for several: it is one place in its slot."""
    people = {*patients, *(patient.public_id for patient in told.patients)}
    if told.kind is Kind.TOKEN and len(people) != 1:
        raise InputError(field="patient_ids", reason="token_is_for_one")


def _live(booking: Appointment, now: datetime) -> bool:
    return (
        booking.status is Status.HELD
        and booking.hold_expires_at is not None
        and booking.hold_expires_at > now
    )


def _former(holding: Holding) -> UUID | None:
    return db.session.scalar(
        select(Appointment.public_id).where(
            Appointment.hold_key == holding.key, Appointment.phase == HELD
        )
    )


def _former_keys(holding: Holding) -> list[str]:
    """Name the locks of what the key holds now; it will be let go."""
    former = _former(holding)
    return [] if former is None else rows.lock_keys(former)


def _let_go(
    holding: Holding,
    keys: list[str],
    wanted: Sequence[UUID],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """
    Let the key's former place go, after freeing what has run out around both places.

    Every act frees first and counts after; another order could deadlock with it.
    """
    former = _former(holding)
    if former is None:
        return
    told = rows.one(former)
    used = [told.resource.id, *(claim.resource.id for claim in told.resources)]
    used += [directory.resource_number(each) for each in wanted]
    lapsing.expire(used, now=now)
    booking = rows.for_change(former, None, keys)
    if booking.status is Status.HELD:
        ending.end(booking, told, Status.EXPIRED, "", by=by, now=now)


def _check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= LONGEST:
        raise InputError(field="minutes", reason="between", least=1, most=LONGEST)
