"""Messages about appointments: written in the act they tell of, sent by others."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from app.accounts.permissions import Role
from app.booking import addresses, events
from app.booking.kinds import Policy
from app.booking.states import Status
from app.booking.views import AppointmentView, ParticipantView
from app.core import events as house
from app.core.actor import Actor, ActorKind
from app.directory.views import ResourceView
from app.notifications import internal as notifications
from app.notifications.kinds import About, Rung, Sending, Told
from app.notifications.views import Note, Ring, To

# Holds made by ourselves for somebody who waits; any other hold is its maker's.
WAITLIST = "waitlist"
OFFERING = frozenset({WAITLIST, "rebooking"})
# What is brought in from another system was told there.
IMPORT = "import"

# What a change of status means to people: from where, to where.
_CHANGES: Mapping[Status, Mapping[Status, Told]] = {
    Status.SCHEDULED: {
        Status.HELD: Told.BOOKED,
        Status.REQUESTED: Told.APPROVED,
        Status.CANCELLED: Told.BOOKED,
    },
    Status.REQUESTED: {
        Status.HELD: Told.REQUESTED,
        Status.SCHEDULED: Told.REQUESTED,
        Status.CANCELLED: Told.REQUESTED,
        Status.DENIED: Told.REQUESTED,
    },
    Status.DENIED: {Status.REQUESTED: Told.DENIED},
    Status.EXPIRED: {Status.REQUESTED: Told.EXPIRED},
    Status.CANCELLED: {
        Status.REQUESTED: Told.CANCELLED,
        Status.SCHEDULED: Told.CANCELLED,
        Status.CHECKED_IN: Told.CANCELLED,
    },
}
_FIRST = {Status.SCHEDULED: Told.BOOKED, Status.REQUESTED: Told.REQUESTED}

# Messages that ask for an answer.
_ASKS = frozenset({Told.OFFERED, Told.PROPOSED})
_NEVER_SENT = frozenset({Sending.UNSENT, Sending.DEAD})

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


def listen() -> None:
    """Hear of everything that people must know."""
    house.subscribe(events.Booked, booked)
    house.subscribe(events.Changed, changed)
    house.subscribe(events.Moved, moved)
    house.subscribe(events.Regrouped, regrouped)
    house.subscribe(events.Reassigned, reassigned)
    house.subscribe(events.Affected, affected)


@contextmanager
def quietly() -> Iterator[None]:
    """Tell nothing of the steps within; the act tells of them itself, at once."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def booked(event: events.Booked) -> None:
    """Tell of a new booking or request; of a hold only when it is an offer."""
    told = event.appointment
    kind = _FIRST.get(told.status)
    if told.status is Status.HELD and told.channel in OFFERING:
        _write(to_patients(told, Told.OFFERED), now=event.now)
    elif kind is not None and told.channel != IMPORT:
        _write(notes(told, kind, by=event.by), now=event.now)


def changed(event: events.Changed) -> None:
    """Tell of a change of status that people would act on."""
    told = event.appointment
    kind = _CHANGES.get(told.status, {}).get(event.before.status)
    found = [] if kind is None else notes(told, kind, by=event.by)
    found += _how_was_it(told)
    if found:
        _write(found, now=event.now)


def moved(event: events.Moved) -> None:
    """Tell of another place, the former doctor too; a hold is only being chosen."""
    before, told = event.before, event.appointment
    if told.revision == before.revision or told.status not in _FIRST:
        return
    _write(_moves(before, told, by=event.by), now=event.now)


def offered_instead(
    before: AppointmentView, told: AppointmentView, *, by: Actor, now: datetime
) -> None:
    """Tell that another place is offered for a request; to staff it was moved."""
    if told.revision == before.revision:
        return
    found = [
        replace(each, kind=Told.PROPOSED)
        if isinstance(each, Note) and each.to.patient_id is not None
        else each
        for each in _moves(before, told, by=by)
    ]
    _write(found, now=now)


def regrouped(event: events.Regrouped) -> None:
    """Tell who joined a group or left it; the others' appointment is as it was."""
    before = {each.id for each in event.before.patients}
    after = {each.id for each in event.appointment.patients}
    told, kind = event.appointment, _FIRST.get(event.appointment.status, Told.BOOKED)
    people = [
        (each, kind if each.patient.id in after else Told.CANCELLED)
        for each in told.participants
        if (each.patient.id in before) != (each.patient.id in after)
    ]
    _write([_to(told, what, each, {}) for each, what in people], now=event.now)


def reassigned(event: events.Reassigned) -> None:
    """Tell those whose calendars a swap changes; the patient comes at the same time."""
    before, told = event.before, event.appointment
    had = {(claim.resource.id, claim.during) for claim in before.resources}
    has = {(claim.resource.id, claim.during) for claim in told.resources}
    claims = (*before.resources, *told.resources)
    changed = {
        claim.resource.id: claim.resource
        for claim in claims
        if (claim.resource.id, claim.during) in had ^ has
    }
    people = [*changed.values(), told.resource]
    to = dict.fromkeys(each for who in people for each in _staff(who, event.by))
    more = {
        "came": [r.name for r in _only(told, before)],
        "left": [r.name for r in _only(before, told)],
    }
    rings = [
        rung(told, Rung.REASSIGNED, each, by=event.by, more=more)
        for each in {each.id: each for each in people}.values()
    ]
    messages = [_note(told, Told.REASSIGNED, each, told.token, more) for each in to]
    _write([*messages, *rings], now=event.now)


def withdrawn(told: AppointmentView, *, now: datetime) -> None:
    """Tell that a place is not to be had after all, if it was told that it is held."""
    if any(
        each.kind is Told.OFFERED and each.status not in _NEVER_SENT
        for each in notifications.of_appointment(told.id)
    ):
        _write(to_patients(told, Told.WITHDRAWN), now=now)


def affected(event: events.Affected) -> None:
    """
    Tell of leave or maintenance that will meet an appointment, once for each.

    What is worked around is not touched. Who is to be moved hears of it when their new
    place is chosen; staff must know at once. A patient is not told why.
    """
    if event.policy is Policy.AROUND:
        return
    told = event.appointment
    more = {
        "cause": event.cause,
        "resource": event.resource.name,
        "away_from": event.during.start,
        "away_till": event.during.end,
    }
    staff = dict.fromkeys([To(role=Role.RECEPTION), *_staff(told.resource, event.by)])
    why = more | {"reason": event.reason}
    found = [_note(told, Told.AFFECTED, to, told.token, why) for to in staff]
    if event.policy is Policy.NOTIFY:
        found += to_patients(told, Told.AFFECTED, more)
    once = f"{told.id}:{event.cascade}"
    _write([replace(note, event=once) for note in found], now=event.now)


def notes(
    told: AppointmentView,
    kind: Told,
    *,
    by: Actor,
    more: Mapping[str, Any] | None = None,
    others: Iterable[ResourceView] = (),
    desk: bool = False,
) -> list[Note | Ring]:
    """
    Make what patients and staff are told; nobody is told what they did.

    Of staff that is the doctor; with `others`, those of these resources too; with
    `desk`, reception even where the doctor is a user.
    """
    people = [to for each in (told.resource, *others) for to in _staff(each, by)]
    ring = rung(told, _rung(told, kind), told.resource, by=by, more=more)
    if desk:
        people.append(To(role=Role.RECEPTION))
        ring = replace(ring, role=Role.RECEPTION)
    return [
        *to_patients(told, kind, more),
        *(
            _note(told, kind, to, told.token, more or {})
            for to in dict.fromkeys(people)
        ),
        ring,
    ]


def _rung(told: AppointmentView, kind: Told) -> Rung:
    filled = kind is Told.BOOKED and told.channel == WAITLIST
    return Rung.FILLED if filled else Rung(kind.value)


def rung(
    told: AppointmentView,
    kind: Rung,
    whose: ResourceView,
    *,
    by: Actor,
    more: Mapping[str, Any] | None = None,
) -> Ring:
    """
    Let the bell tell who stands for a resource or for what is used with it.

    Reception is told where the resource is no user, who would look for themselves.
    """
    used = {whose.id, *(claim.resource.id for claim in told.resources)}
    data = {
        "reference": told.reference,
        "type": told.type.name,
        "with": told.resource.name,
        "starts_at": told.span.start,
        "token": told.token,
        "by": by.called,
    }
    return Ring(
        kind,
        About.APPOINTMENT,
        told.facility.id,
        f"{told.id}:{told.revision}",
        data | dict(more or {}),
        about_id=told.id,
        user_id=whose.user_id,
        resource_ids=tuple(used),
        role=Role.RECEPTION if whose.user_id is None else None,
        department_id=whose.department_id,
        actor_id=by.id if by.kind is ActorKind.USER else None,
    )


def to_patients(
    told: AppointmentView, kind: Told, more: Mapping[str, Any] | None = None
) -> list[Note]:
    """Make what each patient is told; who left a group before is told no more."""
    coming = {each.id for each in told.patients}
    # What they are asked is answered on the page of their visit.
    links = addresses.of_appointment(told.id) if kind in _ASKS else {}
    return [
        _to(told, kind, each, {**(more or {}), **_link(links, each)})
        for each in told.participants
        if each.patient.id in coming
    ]


def _link(links: Mapping[int, str], each: ParticipantView) -> dict[str, str]:
    secret = links.get(each.patient.id)
    return {} if secret is None else {"secret": secret}


def was(before: AppointmentView) -> dict[str, Any]:
    """Say where an appointment was before."""
    return {
        "was_starts_at": before.span.start,
        "was_token": before.token,
        "was_with": before.resource.name,
    }


def write(found: Iterable[Note | Ring], *, now: datetime) -> None:
    """Write messages of an act that told nothing of its steps."""
    notifications.queue(found, now=now)


def _write(found: Iterable[Note | Ring], *, now: datetime) -> None:
    if not _quiet.get():
        notifications.queue(found, now=now)


def _moves(
    before: AppointmentView, told: AppointmentView, *, by: Actor
) -> list[Note | Ring]:
    more = was(before)
    found = notes(told, Told.MOVED, by=by, more=more)
    if before.resource.id != told.resource.id:
        to = _staff(before.resource, by)
        found += [_note(told, Told.MOVED, each, told.token, more) for each in to]
        found.append(rung(told, Rung.MOVED, before.resource, by=by, more=more))
    return found


def _how_was_it(told: AppointmentView) -> list[Note]:
    """Ask each whose visit is done how it was; who was asked is not asked again."""
    done = [each for each in told.participants if each.status is Status.COMPLETED]
    if not done:
        return []
    secrets = addresses.of_appointment(told.id)
    return [
        replace(
            _to(told, Told.FEEDBACK, each, {"secret": secrets[each.patient.id]}),
            event=str(told.id),
        )
        for each in done
    ]


def _only(one: AppointmentView, other: AppointmentView) -> list[ResourceView]:
    """Give the resources that one arrangement has and the other has not."""
    there = {claim.resource.id for claim in other.resources}
    return [c.resource for c in one.resources if c.resource.id not in there]


def _staff(resource: ResourceView, by: Actor) -> list[To]:
    """
    Give the doctor, where they are a user; else the facility's reception.

    Who did it themselves knows already.
    """
    if resource.user_id is None:
        return [To(role=Role.RECEPTION)]
    if by.kind is ActorKind.USER and by.id == resource.user_id:
        return []
    return [To(user_id=resource.user_id)]


def _to(
    told: AppointmentView, kind: Told, each: ParticipantView, more: Mapping[str, Any]
) -> Note:
    return _note(told, kind, To(patient_id=each.patient.id), each.token, more)


def _note(
    told: AppointmentView,
    kind: Told,
    to: To,
    token: str | None,
    more: Mapping[str, Any],
) -> Note:
    return Note(
        to=to,
        kind=kind,
        facility_id=told.facility.id,
        appointment_id=told.id,
        event=f"{told.id}:{told.revision}",
        data={
            "reference": told.reference,
            "type": told.type.name,
            "with": told.resource.name,
            "starts_at": told.span.start,
            "ends_at": told.span.end,
            "token": token,
            "patients": len(told.patients),
            "reason": told.cancel_reason,
            "until": told.hold_expires_at,
            **more,
        },
    )
