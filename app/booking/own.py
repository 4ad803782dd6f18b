"""What patients do themselves with a visit, by its secret and their phone's end."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from app.accounts.permissions import Permission
from app.audit import internal as audit
from app.booking import (
    addresses,
    ending,
    moving,
    own_joining,
    rows,
    ruling,
    seats,
    visits,
)
from app.booking.answering import OfferedView, offered
from app.booking.errors import StatusError
from app.booking.kinds import Kind
from app.booking.models import Rating
from app.booking.rules.case import Judges
from app.booking.seats import Seat
from app.booking.states import MOVES, OFF, Status
from app.booking.views import AppointmentView, NewPlace
from app.core.actor import ONESELF
from app.core.db import db, transaction
from app.core.errors import ForbiddenError, InputError
from app.core.holding import hold_all
from app.core.spans import local_date
from app.core.text import clean
from app.patients import internal as patients

DIGITS = 4
_WHY = "Cancelled by the patient"


class RatingView(Struct, frozen=True):
    """Stars from 1 to 5, and words."""

    stars: int
    words: str
    rated_at: datetime


class OwnView(Struct, frozen=True):
    """A visit to who holds its secret: their seat in it, and what they may do."""

    appointment: AppointmentView
    seat: Seat
    may_cancel: bool
    may_move: bool
    may_rate: bool
    may_join: bool
    rating: RatingView | None
    offered: OfferedView | None = None


def own(secret: str, *, now: datetime) -> OwnView:
    """
    Give what who holds a secret may do with their visit, and what they said of it.

    :raises NotFoundError: if it is nobody's secret
    """
    seat = addresses.seat_of(secret)
    told = rows.one(seat.appointment_id)
    zone = told.facility.zone
    rating = _ratings([seat.participant_id]).get(seat.participant_id)
    ahead = now < told.span.start
    return OwnView(
        appointment=told,
        seat=seat,
        may_cancel=ahead and Status.CANCELLED in MOVES[seat.status],
        may_move=ahead and seat.status is Status.SCHEDULED and _movable(told),
        may_rate=seat.status is Status.COMPLETED
        and (
            rating is None or local_date(rating.rated_at, zone) == local_date(now, zone)
        ),
        may_join=own_joining.joinable(told, seat),
        rating=rating,
        offered=offered(told, now=now),
    )


def cancel_own(secret: str, digits: str, *, now: datetime) -> None:
    """
    Cancel the visit of who holds its secret; of a group, only theirs.

    Doing it twice changes nothing.

    :raises InputError: if those are not the last four digits of their phone
    :raises NotFoundError: if it is nobody's secret
    :raises RuleError: if it is too late to cancel
    :raises StatusError: if it has begun, or is over
    """
    seat = _proven(secret, digits)
    if seat.status is Status.CANCELLED:
        return
    told = rows.one(seat.appointment_id)
    others = [s for s in _together(seat) if s != seat and s.status not in OFF]
    if not others:
        ending.cancel(seat.appointment_id, _WHY, by=ONESELF, now=now)
        return
    _in_time(told, now=now)
    who = patients.many([seat.patient_id])[seat.patient_id]
    visits.remove_participant(told.id, who.public_id, by=ONESELF, now=now)


def move_own(secret: str, digits: str, starts_at: datetime, *, now: datetime) -> None:
    """
    Move the visit of who holds its secret to another time of the same doctor.

    Leaving a time asks as much notice as cancelling it. Doing it twice changes nothing.

    :raises ForbiddenError: if others come too, or the new time would need approval
    :raises InputError: if those are not the last four digits of their phone
    :raises NotFoundError: if it is nobody's secret
    :raises RuleError: if it is too late, or a rule of the new place forbids it
    """
    seat = _proven(secret, digits)
    if seat.span.start == starts_at:
        return
    told = rows.one(seat.appointment_id)
    if not _movable(told):
        raise ForbiddenError(permission=Permission.MODIFY)
    _in_time(told, now=now)
    to = NewPlace(starts_at, revision=told.revision)
    moving.move(told.id, to, by=ONESELF, now=now)


def rate_own(secret: str, stars: int, words: str, *, now: datetime) -> None:
    """
    Say how a visit was: once, and to be changed on the same day.

    :raises InputError: if it is not 1 to 5 stars, or too many words
    :raises NotFoundError: if it is nobody's secret
    :raises StatusError: if the visit is not done, or was rated on a day before
    """
    if not 1 <= stars <= 5:
        raise InputError(field="stars", reason="between", least=1, most=5)
    text = clean(words, field="words", most=1000)
    seat = addresses.seat_of(secret)
    with transaction():
        hold_all([f"rating:{seat.participant_id}"])
        told = own(secret, now=now)
        if not told.may_rate:
            raise StatusError(status=seat.status.value, wanted="rated")
        before = told.rating
        if before is not None and (before.stars, before.words) == (stars, text):
            return
        _write(seat, stars, text, now=now)
        place = told.appointment.facility
        audit.record(
            "appointment.rated",
            audit.Subject("appointment", seat.appointment_id, place.id),
            by=ONESELF,
            now=now,
            before={"stars": before.stars} if before else None,
            after={"stars": stars},
        )


def ratings_of(appointment: UUID) -> list[RatingView]:
    """Give what those who took part in an appointment said of it."""
    numbers = [each.participant_id for each in seats.of_appointment(appointment)]
    return list(_ratings(numbers).values())


def _write(seat: Seat, stars: int, text: str, *, now: datetime) -> None:
    row = db.session.scalar(
        select(Rating).where(Rating.participant_id == seat.participant_id)
    )
    if row is None:
        row = Rating(participant_id=seat.participant_id, rated_at=now)
        db.session.add(row)
    row.stars, row.words, row.changed_at = stars, text, now
    db.session.flush()


def _ratings(numbers: Sequence[int]) -> dict[int, RatingView]:
    found = select(Rating).where(Rating.participant_id.in_(numbers))
    return {
        row.participant_id: RatingView(row.stars, row.words, row.rated_at)
        for row in db.session.scalars(found.order_by(Rating.id))
    }


def _proven(secret: str, digits: str) -> Seat:
    """Give a seat to who knows the end of its patient's phone too."""
    seat = addresses.seat_of(secret)
    phone = patients.many([seat.patient_id])[seat.patient_id].phone or ""
    # Who left no phone is told the same: the answer says nothing of them.
    right = compare_digest(digits.encode(), phone[-DIGITS:].encode())
    if len(digits) != DIGITS or not right:
        raise InputError(field="digits", reason="wrong")
    return seat


def _together(seat: Seat) -> list[Seat]:
    return seats.of_appointment(seat.appointment_id)


def _movable(told: AppointmentView) -> bool:
    used = [told.resource, *(claim.resource for claim in told.resources)]
    asks = told.type.needs_approval or any(each.needs_approval for each in used)
    return len(told.patients) == 1 and not asks and told.kind is not Kind.WALK_IN


def _in_time(told: AppointmentView, *, now: datetime) -> None:
    what = rows.bookable(told)
    ruling.judge(
        ruling.load(what.facility).of(what.resource, what.type),
        ruling.case(what, told.span, by=ONESELF, now=now),
        (Judges.CANCELLING,),
        by=ONESELF,
        overridden=False,
    )
