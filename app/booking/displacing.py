"""
Making way: slots close, tokens move on, cases go on the rebooking list; all or nothing.

The acts in `overriding` say who may and what must give way; here it is done. Callers
hold the locks of every resource touched.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct, field
from sqlalchemy import select

from app.audit import internal as audit
from app.availability import internal as availability
from app.availability.views import OfferedSlot
from app.booking import (
    board,
    closing,
    ending,
    lean,
    listed,
    moving,
    offering,
    placing,
    proposing,
    rebooking,
    rows,
    ruling,
    telling,
)
from app.booking.errors import OverError, SlotTakenError
from app.booking.kinds import GaveWay, Urgency
from app.booking.models import (
    Appointment,
    Displacement,
    DisplacementEntry,
    DisplacementSlot,
    Participant,
    Rebooking,
    Token,
    TokenSlot,
)
from app.booking.places import Touched
from app.booking.placing import Draft
from app.booking.states import LIVE, Status
from app.booking.views import AppointmentView, Clash, DisplacementView, NewPlace
from app.core.actor import Actor
from app.core.db import db, savepoint
from app.core.spans import Span, day_span, local_date
from app.notifications.kinds import Told
from app.notifications.views import Note, Ring

_MAY_MOVE = frozenset({Status.REQUESTED, Status.SCHEDULED})
_REFUSED = (*proposing.PLACE_REFUSED, OverError)


class _Way(Struct):
    """What making way has come to so far."""

    keys: Sequence[str]
    why: str
    row: Displacement
    notes: list[Note | Ring] = field(default_factory=list)

    def told(
        self,
        before: AppointmentView,
        after: AppointmentView,
        more: dict[str, Any],
        *,
        by: Actor,
    ) -> list[Note | Ring]:
        """
        Tell who gave way; why another was more urgent is not for their eyes.

        The desk hears of it beside the doctor: somebody may have to be rung up.
        """
        urgent = self.row.kind is Urgency.EMERGENCY
        told = telling.was(before) | {"reason": "", "emergency": urgent} | more
        return telling.notes(after, Told.DISPLACED, by=by, more=told, desk=True)


def make_way(
    draft: Draft,
    cases: Sequence[UUID],
    kind: Urgency,
    why: str,
    keys: Sequence[str],
    *,
    by: Actor,
    now: datetime,
) -> DisplacementView:
    """
    Place a draft over token slots and over cases, and see to who was there.

    The cases leave first and the tokens last: nothing but the draft can get between.

    :raises SlotTakenError: if somebody in a slot is in the room already
    """
    with offering.at_the_end(by=by, now=now), telling.quietly():
        tickets = _tickets(draft)
        gone = [_call_off(each, why, keys, by=by, now=now) for each in cases]
        slots = closing.close(draft.touched, now=now)
        told = placing.place(draft, Status.SCHEDULED, by=by, now=now)
        row = _row(draft, kind, why, slots, by=by, now=now)
        way = _Way(keys, why, row, _booked(draft, told, by))
        _send_on(draft, tickets, way, by=by, now=now)
        closing.leave(slots)
        for before, after in gone:
            _list(way, before, after, by=by, now=now)
        found = listed.told(row)
        audit.record(
            "displacement.made",
            audit.Subject("displacement", row.public_id, row.facility_id),
            by=by,
            now=now,
            after=_for_trail(found),
        )
        telling.write(way.notes, now=now)
        return found


def _booked(draft: Draft, told: AppointmentView, by: Actor) -> list[Note | Ring]:
    """Tell the desk of the booking, and whose slots close for it, also empty ones."""
    whose = [each.resource for each in draft.touched]
    more = {"closed": len(whose)} if whose else None
    return telling.notes(told, Told.BOOKED, by=by, more=more, others=whose, desk=True)


def _row(
    draft: Draft,
    kind: Urgency,
    why: str,
    slots: Sequence[int],
    *,
    by: Actor,
    now: datetime,
) -> Displacement:
    row = Displacement(
        public_id=uuid4(),
        facility_id=draft.what.facility.id,
        appointment_id=proposing.number(draft.public_id),
        kind=kind,
        reason=why,
        made_by=by.key,
        made_by_name=by.called,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        DisplacementSlot(displacement_id=row.id, token_slot_id=slot) for slot in slots
    )
    return row


class _Ticket(Struct, frozen=True):
    """A live token of a slot that closes."""

    appointment: UUID
    status: Status
    touched: Touched


def _tickets(draft: Draft) -> list[_Ticket]:
    """
    Give the live tokens of the slots that close, in the order of their numbers.

    :raises SlotTakenError: if one of them is in the room already
    """
    found: list[_Ticket] = []
    for touched in draft.touched:
        rows_ = db.session.execute(
            select(Appointment.public_id, Appointment.status, Appointment.reference)
            .join(TokenSlot, TokenSlot.id == Appointment.token_slot_id)
            .outerjoin(Participant, Participant.appointment_id == Appointment.id)
            .outerjoin(Token, Token.id == Participant.token_id)
            .where(
                TokenSlot.resource_id == touched.resource.id,
                TokenSlot.facility_id == touched.resource.facility_id,
                TokenSlot.during == touched.slot.span,
                Appointment.status.in_(LIVE),
            )
            .order_by(Token.number.nulls_last(), Appointment.id)
        ).all()
        for public_id, status, reference in rows_:
            if status is Status.IN_PROGRESS:
                name, span = touched.resource.name, touched.slot.span
                raise SlotTakenError(clashes=[Clash(name, span, reference)])
            found.append(_Ticket(public_id, status, touched))
    return found


def _call_off(
    appointment: UUID, why: str, keys: Sequence[str], *, by: Actor, now: datetime
) -> tuple[AppointmentView, AppointmentView]:
    """Give a place back: a hold is let go, all else is cancelled."""
    booking = rows.for_change(appointment, None, keys)
    before = rows.one(appointment)
    held = before.status is Status.HELD
    to = Status.EXPIRED if held else Status.CANCELLED
    return before, ending.end(booking, before, to, "" if held else why, by=by, now=now)


def _list(
    way: _Way,
    before: AppointmentView,
    after: AppointmentView,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Put who was called off on the rebooking list, with a place held if there is."""
    if before.status is Status.HELD:
        _entry(way, before, GaveWay.RELEASED)
        return
    entry = rebooking.put(before, way.why, way.row, by=by, now=now)
    proposing.propose(entry, before, by=by, now=now)
    _entry(way, before, GaveWay.LISTED)
    way.notes += way.told(before, after, _proposed(entry), by=by)


def _send_on(
    draft: Draft, tickets: Sequence[_Ticket], way: _Way, *, by: Actor, now: datetime
) -> None:
    """Move tokens to the next slots of their doctor, none past another's number."""
    later: dict[int, _Later] = {}
    for ticket in tickets:
        touched = ticket.touched
        if ticket.status in _MAY_MOVE:
            if touched.resource.id not in later:
                later[touched.resource.id] = _Later.after(draft, touched, now=now)
            moved = _move(ticket, later[touched.resource.id], way, by=by, now=now)
            if moved:
                continue
        before, after = _call_off(ticket.appointment, way.why, way.keys, by=by, now=now)
        _list(way, before, after, by=by, now=now)


class _Later(Struct):
    """The slots after one that closes, and how many places each has left."""

    slots: list[OfferedSlot]
    left: dict[Span, int]

    @classmethod
    def after(cls, draft: Draft, touched: Touched, *, now: datetime) -> "_Later":
        facility, resource = draft.what.facility, touched.resource
        start = touched.slot.span.start
        reach = ruling.later_days(ruling.load(facility), resource)
        last = local_date(start, facility.zone) + timedelta(days=reach)
        window = Span(start, day_span(last, facility.zone).end)
        offer = availability.offers(facility, [resource], window)[resource.id]
        taken = lean.read(facility, [resource.id], window, now=now)
        slots = [each for each in offer.slots if each.span.end > now]
        eye = board.eye(resource, slots, taken.occupancy)
        return cls(slots, {each.span: eye.see(each).left for each in slots})

    def fitting(self, told: AppointmentView) -> Iterator[OfferedSlot]:
        for each in list(self.slots):
            later = each.span.start > told.span.start
            if later and self.left[each.span] > 0 and each.allows(told.type.id):
                yield each

    def took(self, slot: OfferedSlot) -> None:
        """Count a place, and let nobody who comes after go before it."""
        self.left[slot.span] -= 1
        self.slots = [each for each in self.slots if each.span >= slot.span]


def _move(
    ticket: _Ticket, later: _Later, way: _Way, *, by: Actor, now: datetime
) -> bool:
    before = rows.one(ticket.appointment)
    for slot in later.fitting(before):
        try:
            with savepoint():
                booking = rows.for_change(ticket.appointment, None, way.keys)
                to = NewPlace(slot.span.start)
                after = moving.carry(booking, to, None, by=by, now=now, anew=True)
        except _REFUSED:
            continue
        later.took(slot)
        _entry(way, before, GaveWay.MOVED, after)
        way.notes += way.told(before, after, {"outcome": "moved"}, by=by)
        return True
    return False


def _entry(
    way: _Way,
    before: AppointmentView,
    outcome: GaveWay,
    after: AppointmentView | None = None,
) -> None:
    db.session.add(
        DisplacementEntry(
            displacement_id=way.row.id,
            appointment_id=proposing.number(before.id),
            outcome=outcome,
            was_during=before.span,
            was_token=before.token,
            moved_to=after.span if after else None,
            token=after.token if after else None,
        )
    )
    db.session.flush()


def _proposed(entry: Rebooking) -> dict[str, Any]:
    held = listed.one(entry).proposal
    return {
        "outcome": "listed",
        "proposed_starts_at": held.span.start if held else None,
        "until": held.hold_expires_at if held else None,
    }


def _for_trail(told: DisplacementView) -> dict[str, Any]:
    return {
        "kind": told.kind,
        "appointment": told.appointment.reference,
        "reason": told.reason,
        "closed": [[each.resource.code, each.span] for each in told.closed],
        "entries": [
            {
                "appointment": each.appointment.reference,
                "outcome": each.outcome,
                "was": each.was,
                "token": each.was_token,
                "to": each.to,
                "new_token": each.token,
            }
            for each in told.entries
        ],
    }
