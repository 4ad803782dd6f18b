"""Acts on series: the same booking every so many weeks, and all that follow one."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import func, select

from app.audit import internal as audit
from app.booking import (
    drafting,
    ending,
    fulfilling,
    guard,
    moving,
    offering,
    placing,
    rows,
    teams,
)
from app.booking.errors import (
    NotOfferedError,
    OverError,
    SlotFullError,
    SlotTakenError,
    StatusError,
)
from app.booking.models import Appointment, AppointmentSeries
from app.booking.placing import Draft
from app.booking.rules.case import Judges
from app.booking.states import MOVABLE
from app.booking.views import (
    AppointmentView,
    NewPlace,
    NewTimed,
    NewToken,
    Occurrence,
    Repeat,
    SeriesView,
    Want,
)
from app.core.actor import Actor
from app.core.db import db, savepoint
from app.core.errors import InputError, NotFoundError, RuleError
from app.core.spans import Span, at, local_date
from app.core.text import clean
from app.directory import internal as directory

MOST = 60
# What one occurrence may meet without stopping the others.
_SKIPPED = (
    NotOfferedError,
    OverError,
    RuleError,
    SlotFullError,
    SlotTakenError,
    StatusError,
)


def book_series(
    order: NewToken | NewTimed, repeat: Repeat, *, by: Actor, now: datetime
) -> SeriesView:
    """
    Book the same every so many weeks, at the same local time.

    What cannot be booked (leave, a taken time, a rule) is skipped and told.

    :raises InputError: if the repetition cannot be right
    :raises NotFoundError: if the order names something that is not there
    :raises WishFulfilledError: if who waits has their booking already
    :raises DomainError: the refusal of the first, if not one can be booked
    """
    order, whole = _expanded(order)
    keys, fresh = [*whole.keys, *fulfilling.keys(order.entry_id)], uuid4()
    with guard.acting(keys, fresh, by=by, now=now, once=order.once) as before:
        if before is not None:
            return one(before)
        whole.check()
        wish = fulfilling.open_wish(order, keys, by=by, now=now)
        facility = directory.facility(order.facility_id)
        starts = list(_starts(order.starts_at, repeat, facility.zone))
        row = AppointmentSeries(
            public_id=fresh,
            facility_id=facility.id,
            every_weeks=repeat.every_weeks,
            skipped=[],
            booked_by=by.key,
            booked_at=now,
        )
        db.session.add(row)
        db.session.flush()
        results = [_book(_shifted(order, each), row, by=by, now=now) for each in starts]
        _refuse_none(results)
        fulfilling.close(wish, [e.appointment for e in results], by=by, now=now)
        row.skipped = [
            {"starts_at": each.starts_at.isoformat(), "code": each.refused.code}
            for each in results
            if each.refused is not None
        ]
        db.session.flush()
        audit.record(
            "series.booked",
            audit.Subject("series", fresh, facility.id),
            by=by,
            now=now,
            after={"occurrences": len(results), "skipped": row.skipped},
        )
        return SeriesView(fresh, repeat.every_weeks, tuple(results))


def cancel_following(
    appointment: UUID, reason: str, *, by: Actor, now: datetime
) -> SeriesView:
    """
    Cancel an appointment of a series and all that follow it.

    :raises InputError: if no reason is given
    :raises NotFoundError: if it belongs to no series
    :raises DomainError: the refusal of the first, if not one can be cancelled
    """
    why = clean(reason, field="reason", least=1, most=200)
    ids = _following(appointment)
    keys = _keys(ids)
    with guard.acting(keys, appointment, by=by, now=now):
        rows.seen(appointment, by)
        results = []
        for each in ids:
            booking = rows.for_change(each, None, keys)
            if booking.status not in MOVABLE:
                continue
            results.append(_cancel(booking, why, by=by, now=now))
        return _done("series.cancelled", appointment, results, by=by, now=now)


def move_following(
    appointment: UUID, to: NewPlace, *, by: Actor, now: datetime
) -> SeriesView:
    """
    Move an appointment of a series, and all that follow it by as much.

    On the local clock: an hour later stays an hour later when the clocks change.

    :raises InputError: if the end comes before the start
    :raises NotFoundError: if it belongs to no series
    :raises DomainError: the refusal of the first, if not one can be moved
    """
    ids = _following(appointment)
    extra = guard.keys_of([to.resource_id]) if to.resource_id else []
    keys = [*_keys(ids), *extra]
    with guard.acting(keys, appointment, by=by, now=now):
        first = rows.seen(appointment, by)
        rows.for_change(appointment, to.revision, keys)
        # The last one first, when all go later: none stands in another's way.
        later = to.starts_at > first.span.start
        results = []
        with offering.at_the_end(by=by, now=now):
            for each in reversed(ids) if later else ids:
                booking = rows.for_change(each, None, keys)
                if booking.status not in MOVABLE:
                    continue
                place = _likewise(first, booking.during, to)
                results.append(_move(booking, place, by=by, now=now))
        results.sort(key=lambda each: each.starts_at)
        return _done("series.moved", appointment, results, by=by, now=now)


def one(public_id: UUID) -> SeriesView:
    """
    Give a series as it stands, with what could not be booked.

    :raises NotFoundError: if there is no such series
    """
    row = db.session.scalar(
        select(AppointmentSeries).where(AppointmentSeries.public_id == public_id)
    )
    if row is None:
        raise NotFoundError("series", field="series_id")
    bookings = db.session.scalars(
        select(Appointment)
        .where(Appointment.series_id == row.id)
        .order_by(func.lower(Appointment.during))
    ).all()
    booked = [Occurrence(t.span.start, t) for t in rows.views(bookings)]
    skipped = [
        Occurrence(datetime.fromisoformat(each["starts_at"]), code=each["code"])
        for each in row.skipped
    ]
    found = sorted([*booked, *skipped], key=lambda each: each.starts_at)
    return SeriesView(public_id, row.every_weeks, tuple(found))


def _expanded(
    order: NewToken | NewTimed,
) -> tuple[NewToken | NewTimed, teams.Expanded]:
    """Put the members of teams into an order, and give what has to be locked."""
    if isinstance(order, NewToken):
        return order, teams.Expanded((Want(order.resource_id),), {})
    if order.link is not None:
        raise InputError(field="link", reason="no_series")
    whole = teams.expand(order)
    return whole.of(order), whole


def _starts(first: datetime, repeat: Repeat, zone: ZoneInfo) -> Iterator[datetime]:
    """Walk through the starts of a series on the local clock."""
    if not 1 <= repeat.every_weeks <= 52:
        raise InputError(field="every_weeks", reason="between", least=1, most=52)
    if (repeat.occurrences is None) == (repeat.until is None):
        raise InputError(field="occurrences", reason="one_end")
    if repeat.occurrences is not None and not 2 <= repeat.occurrences <= MOST:
        raise InputError(field="occurrences", reason="between", least=2, most=MOST)
    clock, day = first.astimezone(zone).time(), local_date(first, zone)
    if repeat.until is not None and repeat.until < day:
        raise InputError(field="until", reason="before_start")
    for n in range(MOST + 1):
        this = day + timedelta(weeks=n * repeat.every_weeks)
        if n == repeat.occurrences or _beyond(this, repeat.until):
            return
        if n == MOST:
            raise InputError(field="until", reason="between", least=2, most=MOST)
        yield at(this, clock, zone)


def _beyond(day: date, until: date | None) -> bool:
    return until is not None and day > until


def _shifted(order: NewToken | NewTimed, start: datetime) -> NewToken | NewTimed:
    shift = start - order.starts_at
    if isinstance(order, NewToken):
        return replace(order, starts_at=start, once=None)
    wants = tuple(
        Want(
            want.resource_id,
            want.during and Span(want.during.start + shift, want.during.end + shift),
        )
        for want in order.resources
    )
    ends_at = order.ends_at and order.ends_at + shift
    return replace(order, starts_at=start, ends_at=ends_at, resources=wants, once=None)


def _book(
    order: NewToken | NewTimed, row: AppointmentSeries, *, by: Actor, now: datetime
) -> Occurrence:
    try:
        with savepoint():
            draft = _draft(order, by=by, now=now)
            draft.series = (row.id, row.public_id)
            status = drafting.first_status(draft, request=order.request, by=by)
            sides = (Judges.PLACE, Judges.PATIENT)
            placing.judge(draft, sides, by=by, now=now)
            told = placing.place(draft, status, by=by, now=now)
            return Occurrence(order.starts_at, told)
    except _SKIPPED as refused:
        return Occurrence(order.starts_at, refused=refused, code=refused.code)


def _draft(order: NewToken | NewTimed, *, by: Actor, now: datetime) -> Draft:
    if isinstance(order, NewToken):
        return drafting.token(order, uuid4(), by=by, now=now)
    return drafting.timed(order, uuid4(), by=by, now=now)


def _cancel(booking: Appointment, why: str, *, by: Actor, now: datetime) -> Occurrence:
    start = booking.during.start
    try:
        with savepoint():
            return Occurrence(start, ending.call_off(booking, why, by=by, now=now))
    except _SKIPPED as refused:
        db.session.expire_all()
        return Occurrence(start, refused=refused, code=refused.code)


def _move(
    booking: Appointment, to: NewPlace, *, by: Actor, now: datetime
) -> Occurrence:
    start = booking.during.start
    try:
        with savepoint():
            return Occurrence(
                to.starts_at, moving.carry(booking, to, None, by=by, now=now)
            )
    except _SKIPPED as refused:
        db.session.expire_all()
        return Occurrence(start, refused=refused, code=refused.code)


def _likewise(first: AppointmentView, span: Span, to: NewPlace) -> NewPlace:
    """Give the new place of a later one: as far from it as the first one's is."""
    zone = first.facility.zone
    days = local_date(to.starts_at, zone) - local_date(first.span.start, zone)
    clock = to.starts_at.astimezone(zone).time()
    start = at(local_date(span.start, zone) + days, clock, zone)
    ends_at = None if to.ends_at is None else start + (to.ends_at - to.starts_at)
    return NewPlace(start, ends_at, to.resource_id)


def _following(appointment: UUID) -> list[UUID]:
    """Name an appointment of a series and those after it, in order of time."""
    this = db.session.execute(
        select(Appointment.series_id, func.lower(Appointment.during)).where(
            Appointment.public_id == appointment
        )
    ).one_or_none()
    if this is None:
        raise NotFoundError("appointment", field="appointment_id")
    if this[0] is None:
        raise NotFoundError("series", field="appointment_id")
    return list(
        db.session.scalars(
            select(Appointment.public_id)
            .where(
                Appointment.series_id == this[0],
                func.lower(Appointment.during) >= this[1],
            )
            .order_by(func.lower(Appointment.during))
        )
    )


def _keys(ids: Sequence[UUID]) -> list[str]:
    return sorted({key for each in ids for key in rows.lock_keys(each)})


def _refuse_none(results: Sequence[Occurrence]) -> None:
    """Refuse the whole as its first was refused, if nothing came of any."""
    if any(each.appointment is not None for each in results):
        return
    first = next((each.refused for each in results if each.refused), None)
    raise first or StatusError(wanted="changed")


def _done(
    action: str,
    appointment: UUID,
    results: Sequence[Occurrence],
    *,
    by: Actor,
    now: datetime,
) -> SeriesView:
    _refuse_none(results)
    told = rows.one(appointment)
    assert told.series_id is not None
    audit.record(
        action,
        audit.Subject("series", told.series_id, told.facility.id),
        by=by,
        now=now,
        after={
            "changed": sum(each.appointment is not None for each in results),
            "refused": [each.code for each in results if each.code],
        },
    )
    every = one(told.series_id).every_weeks
    return SeriesView(told.series_id, every, tuple(results))
