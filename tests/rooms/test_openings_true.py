"""What is found can be booked, and nothing that could be booked is hidden."""

from datetime import timedelta
from random import Random

import pytest

from app.booking import queries, service
from app.booking.errors import SlotTakenError
from app.booking.views import Member, Seeking, Want
from app.core.actor import SYSTEM
from app.core.errors import DomainError
from app.core.spans import Span
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms.test_first_opening import first, take

STEP = timedelta(minutes=5)


def small_hospital(chance):
    """Give a doctor and two rooms with buffers of their own, taken by chance."""
    place = make.facility()
    make.hours(place)
    doctor = make.resource(place, buffer_after=5 * chance.randrange(3))
    make.hours(place, doctor, make.open_time(make.time(9), make.time(13)))
    rooms = [
        make.resource(place, ResourceKind.ROOM, buffer_before=5 * chance.randrange(3))
        for _ in range(2)
    ]
    for _ in range(14):
        what = chance.choice([doctor, *rooms])
        start = local(9) + timedelta(minutes=5 * chance.randrange(40))
        try:
            take(place, what, start, 5 * chance.randrange(1, 8))
        except SlotTakenError:
            continue
    return place, doctor, rooms


def busy_doctor(chance):
    """Give a doctor with tokens between open time, taken off the clock by chance."""
    place = make.facility()
    doctor = make.resource(
        place,
        token_prefix="A",
        buffer_before=chance.randrange(9),
        buffer_after=chance.randrange(9),
    )
    make.hours(
        place,
        doctor,
        make.open_time(make.time(9), make.time(10)),
        make.opd(make.time(10), make.time(11), 30, 2),
        make.open_time(make.time(11), make.time(13)),
    )
    for _ in range(4):
        start = local(9) + timedelta(minutes=chance.randrange(230))
        try:
            take(place, doctor, start, chance.randrange(3, 15))
        except DomainError:
            continue
    return place, doctor


def bookable(place, doctor, kind, start):
    order = make.timed_order(place, doctor, kind, None, start)
    try:
        told = service.book_timed(order, by=SYSTEM, now=NOW)
    except DomainError:
        return False
    service.cancel(told.id, "tried", by=SYSTEM, now=NOW)
    return True


def buffers(chance, step):
    return {
        "buffer_before": step * chance.randrange(15 // step),
        "buffer_after": step * chance.randrange(15 // step),
    }


@pytest.mark.parametrize("seed", range(6))
def test_what_is_found_is_booked_and_nothing_sooner_could_be(session, seed):
    """Try every five minutes before what is found, in every room."""
    chance = Random(seed)
    place, doctor, rooms = small_hospital(chance)
    kind = make.kind(**buffers(chance, 5))
    offset, minutes = 5 * chance.randrange(-2, 3), 5 * chance.randrange(2, 7)
    room = Member(kind=ResourceKind.ROOM, offset=offset, minutes=minutes)
    asked = Seeking((Member(doctor.public_id), room), kind.public_id, 30)

    def book(start, room):
        part = make.span(start + timedelta(minutes=offset), minutes)
        order = make.timed_order(
            place,
            doctor,
            kind,
            None,
            start,
            ends_at=start + timedelta(minutes=30),
            also=(Want(room.public_id, part),),
        )
        return service.book_timed(order, by=SYSTEM, now=NOW)

    found = first(place, asked)

    moment = local(8, 50)
    while moment < found.span.start:
        for each in rooms:
            with pytest.raises(DomainError):
                book(moment, each)
        moment += STEP
    assert book(found.span.start, found.parts[1].resource)


@pytest.mark.parametrize("seed", range(6))
def test_openings_of_one_are_bookable_and_hide_nothing(session, seed):
    """A type's own buffers count: what is offered is never refused when booked."""
    chance = Random(seed)
    place, doctor = busy_doctor(chance)
    kind = make.kind(minutes=20, **buffers(chance, 1))

    found = queries.openings(
        place, doctor, kind.public_id, local(9), by=SYSTEM, now=NOW, most=50
    )
    column = queries.slots(
        place.public_id,
        doctor.public_id,
        MONDAY,
        by=SYSTEM,
        now=NOW,
        type_id=kind.public_id,
    )

    timed = [e.span for e in found if e.kind == "timed" and e.span.start < local(13)]
    assert all(bookable(place, doctor, kind, each.start) for each in timed)
    moments = [local(9) + timedelta(minutes=n) for n in range(240)]
    length = timedelta(minutes=20)
    free = {m for m in moments if covered(column.free, Span(m, m + length))}
    tried = chance.sample(moments, 40)
    can = {m for m in tried if bookable(place, doctor, kind, m)}
    assert can == free & set(tried)


def covered(free, span):
    return any(each.covers(span) for each in free)
