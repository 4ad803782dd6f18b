"""Acts on a visit: who arrives, starts, ends or does not show up; and who comes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import bindparam, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import (
    claims,
    ending,
    events,
    guard,
    moves,
    rows,
    ruling,
    tokens,
    writing,
)
from app.booking.errors import StatusError
from app.booking.kinds import Kind, Role
from app.booking.models import Appointment, Participant
from app.booking.rules.case import Judges
from app.booking.states import MOVES, OF_A_VISIT, OFF, Status, whole
from app.booking.tokens import Drawn
from app.booking.views import AppointmentView, Override, ParticipantView
from app.core import events as house
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import InputError, NotFoundError
from app.patients import internal as patients
from app.patients.views import PatientView

# Who may still join, or leave, a group.
_OPEN = frozenset(
    {Status.REQUESTED, Status.SCHEDULED, Status.CHECKED_IN, Status.IN_PROGRESS}
)


def attend(
    appointment: UUID,
    to: Status,
    *,
    by: Actor,
    now: datetime,
    patient_id: UUID | None = None,
    revision: int | None = None,
) -> AppointmentView:
    """
    Let everybody, or one of a group, arrive, start, end or fail to show up.

    :raises ChangedError: if somebody changed it since `revision`
    :raises NotFoundError: if that patient does not take part
    :raises StatusError: if the table of moves does not lead there
    """
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        rows.for_change(appointment, revision, keys)
        told = rows.seen(appointment, by)
        accounts.require(by, _permission(to), rows.scope_of(told))
        return go(told, to, patient_id, by=by, now=now)


def no_show(
    appointment: UUID,
    *,
    by: Actor,
    now: datetime,
    patient_id: UUID | None = None,
    revision: int | None = None,
) -> AppointmentView:
    """
    Mark that nobody, or one of a group, did not come; a timed place is free again.

    :raises StatusError: if they are there, or it is over or off
    """
    return attend(
        appointment,
        Status.NO_SHOW,
        by=by,
        now=now,
        patient_id=patient_id,
        revision=revision,
    )


def add_participant(
    appointment: UUID,
    patient_id: UUID,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
    override: Override | None = None,
    role: Role = Role.PATIENT,
) -> AppointmentView:
    """
    Let one more take part in a timed booking, in a role; they begin as the others did.

    :raises InputError: if they take part already, it is a token, or it is nobody's yet
    :raises RuleError: if a rule of the patient forbids it
    :raises StatusError: if it is over or off
    """
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking, told = _group(appointment, revision, keys, by=by)
        patient, what = patients.one(patient_id), rows.bookable(told)
        if not role.treated and not told.patients:
            raise InputError(field="role", reason="nobody_treated")
        it = ruling.case(
            what,
            told.span,
            by=by,
            now=now,
            patient=patient,
            without=booking.id,
            role=role,
        )
        found = ruling.load(what.facility).of(what.resource, what.type)
        sides, overridden = (Judges.PATIENT,), override is not None
        ruling.judge(found, it, sides, by=by, overridden=overridden)
        _join(booking, patient, role)
        return _regrouped(booking, told, "joined", by=by, now=now)


def remove_participant(
    appointment: UUID,
    patient_id: UUID,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> AppointmentView:
    """
    Let one patient leave a group; the last one cancels instead.

    :raises InputError: if it would be nobody's visit any more, or it is a token
    :raises NotFoundError: if that patient does not take part
    :raises StatusError: if they have begun, or it is over or off
    """
    keys = rows.lock_keys(appointment)
    with guard.acting(keys, appointment, by=by, now=now):
        booking, told = _group(appointment, revision, keys, by=by)
        row = _one(booking, patient_id)
        if Status.CANCELLED not in MOVES[row.status]:
            raise StatusError(status=row.status.value, wanted="cancelled")
        others = [
            p
            for p in _people(booking)
            if p is not row and p.status not in OFF and p.role.treated
        ]
        if not others:
            raise InputError(field="patient_id", reason="last")
        row.status = Status.CANCELLED
        return _regrouped(booking, told, "left", by=by, now=now)


def go(
    told: AppointmentView,
    to: Status,
    patient_id: UUID | None,
    *,
    by: Actor,
    now: datetime,
) -> AppointmentView:
    """Make a move of a visit as it stands, for all or for one; its locks are held."""
    if to not in OF_A_VISIT:
        raise StatusError(status=told.status.value, wanted=to.value)
    moving = _moving(told, to, patient_id)
    drawn: dict[int, Drawn] = {}
    if to is Status.CHECKED_IN:
        for each in moving:
            if each.token is None:
                drawn[each.patient.id] = tokens.draw_at_arrival(
                    told.resource, told.facility, by=by, now=now
                )
    after = _gone(told, to, moving, drawn, alone=patient_id is not None, now=now)
    row = moves.make(told, after, drawn, by=by, now=now)
    if after.status is Status.NO_SHOW:
        claims.release(claims.Owner(appointment_id=row))
    action = f"appointment.{after.status.value}"
    return ending.announce(action, told, after, by=by, now=now)


def _moving(
    told: AppointmentView, to: Status, patient_id: UUID | None
) -> list[ParticipantView]:
    """Give who moves; of a group, who is there already or has settled stays so."""
    if patient_id is None:
        moving = [each for each in told.participants if to in MOVES[each.status]]
        alone = not told.participants and to in MOVES[told.status]
        if not moving and not alone:
            raise StatusError(status=told.status.value, wanted=to.value)
        return moving
    # Who went up in another is that other.
    number = patients.one(patient_id).id
    named = [each for each in told.participants if each.patient.id == number]
    if not named:
        raise NotFoundError("patient", field="patient_id")
    if to not in MOVES[named[0].status]:
        raise StatusError(status=named[0].status.value, wanted=to.value)
    return named


def _gone(
    told: AppointmentView,
    to: Status,
    moving: Iterable[ParticipantView],
    drawn: Mapping[int, Drawn],
    *,
    alone: bool,
    now: datetime,
) -> AppointmentView:
    """Say how a visit stands after its move, without reading it again."""
    came, who = to is Status.CHECKED_IN, {each.patient.id for each in moving}
    views = tuple(
        replace(
            each,
            status=to,
            arrived_at=now if came else each.arrived_at,
            token=drawn[each.patient.id].label
            if each.patient.id in drawn
            else each.token,
        )
        if each.patient.id in who
        else each
        for each in told.participants
    )
    status = whole([each.status for each in views]) if views else to
    return replace(
        told,
        status=status,
        participants=views,
        patients=rows.coming(views, status),
        token=next((each.token for each in views if each.token), None),
        # No move leads to a hold, so whatever it was held until is over.
        hold_expires_at=told.hold_expires_at if alone else None,
        offered_at=told.offered_at if alone else None,
        revision=told.revision + 1,
    )


def _permission(to: Status) -> Permission:
    """Give who may make a move of a visit: the same wherever it begins."""
    found = {after[to] for after in MOVES.values() if to in after}
    return found.pop() if len(found) == 1 else Permission.CHECK_IN


def _group(
    appointment: UUID, revision: int | None, keys: Sequence[str], *, by: Actor
) -> tuple[Appointment, AppointmentView]:
    booking = rows.for_change(appointment, revision, keys)
    told = rows.seen(appointment, by)
    accounts.require(by, Permission.MODIFY, rows.scope_of(told))
    if booking.kind is Kind.TOKEN:
        raise InputError(field="appointment_id", reason="token_is_for_one")
    if booking.status not in _OPEN:
        raise StatusError(status=booking.status.value, wanted="changed")
    return booking, told


def _join(booking: Appointment, patient: PatientView, role: Role) -> None:
    first = Status.SCHEDULED
    if booking.status is Status.REQUESTED:
        first = Status.REQUESTED
    row = _row(booking, patient.id)
    if row is None:
        writing.add_patients(booking.id, [patient], first, {patient.id: role})
    elif row.status in OFF:
        row.status, row.role = first, role
    else:
        raise InputError(field="patient_id", reason="takes_part")


def _regrouped(
    booking: Appointment, told: AppointmentView, how: str, *, by: Actor, now: datetime
) -> AppointmentView:
    db.session.flush()
    booking.status = whole([each.status for each in _people(booking)])
    booking.revision += 1
    db.session.flush()
    after = rows.one(told.id)
    audit.record(
        f"appointment.participant_{how}",
        audit.Subject("appointment", told.id, booking.facility_id),
        by=by,
        now=now,
        before={"patients": [each.mrn for each in told.patients]},
        after={"patients": [each.mrn for each in after.patients]},
    )
    house.emit(events.Regrouped(told, after, by=by, now=now))
    return after


def _people(booking: Appointment) -> list[Participant]:
    return list(db.session.scalars(_PEOPLE, {"appointment": booking.id}))


_PEOPLE = (
    select(Participant)
    .where(Participant.appointment_id == bindparam("appointment"))
    .order_by(Participant.id)
)


def _row(booking: Appointment, patient: int) -> Participant | None:
    return next((p for p in _people(booking) if p.patient_id == patient), None)


def _one(booking: Appointment, patient_id: UUID) -> Participant:
    row = _row(booking, patients.one(patient_id).id)
    if row is None:
        raise NotFoundError("patient", field="patient_id")
    return row
