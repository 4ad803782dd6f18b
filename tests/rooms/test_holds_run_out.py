"""A hold that has run out refuses nobody, on whatever way they come to its place."""

from datetime import timedelta

import pytest

from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import NewException
from app.booking import queries, service
from app.booking.states import Status
from app.booking.views import Holding, NewPlace, NewWaiting
from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.service import NewPost
from tests import factories as make
from tests.factories import MONDAY, NOW, local, span

LATER = NOW + timedelta(minutes=11)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    """Give a doctor with one token at ten, and half an hour of open time at two."""
    rao = make.resource(place, token_prefix="A")
    make.hours(
        place,
        rao,
        make.opd(end=make.time(10, 30), tokens=1),
        make.open_time(make.time(14), make.time(14, 30)),
    )
    return rao


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


@pytest.fixture
def run_out(place, rao, visit):
    """Have both places held, by holds whose time is over at LATER."""
    token = make.token_order(place, rao, visit, None, local(10))
    timed = make.timed_order(place, rao, visit, None, local(14))
    return (
        service.hold_token(token, Holding("t"), by=SYSTEM, now=NOW),
        service.hold_timed(timed, Holding("o"), by=SYSTEM, now=NOW),
    )


def offered(place, rao, now):
    """Give what each listing offers: tokens left, and minutes of open time."""
    lean = queries.slots(place.public_id, rao.public_id, MONDAY, by=SYSTEM, now=now)
    (board,) = queries.day(place, [rao], MONDAY, by=SYSTEM, now=now)
    (month,) = queries.month(place, [rao], MONDAY, by=SYSTEM, now=now, days=1)
    told = [
        (column.tokens_left, sum(gap.minutes for gap in column.free))
        for column in (lean, board)
    ]
    return [*told, (month.days[0].tokens_free, month.days[0].minutes_free)]


def test_listings_offer_its_place(place, rao, visit, run_out):
    assert offered(place, rao, NOW) == [(0, 0)] * 3
    assert offered(place, rao, LATER) == [(1, 30)] * 3

    found = queries.openings(place, rao, visit.public_id, LATER, by=SYSTEM, now=LATER)

    assert [each.span.start for each in found[:2]] == [local(10), local(14)]


def test_somebody_else_may_hold_it(place, rao, visit, run_out):
    token = make.token_order(place, rao, visit, None, local(10))
    timed = make.timed_order(place, rao, visit, None, local(14))

    anew = [
        service.hold_token(token, Holding("x"), by=SYSTEM, now=LATER),
        service.hold_timed(timed, Holding("y"), by=SYSTEM, now=LATER),
    ]

    assert [each.status for each in anew] == [Status.HELD] * 2


def test_a_booking_may_move_there(place, rao, visit, run_out):
    day = MONDAY + timedelta(days=1)
    token = make.token_order(place, rao, visit, make.patient(), local(10, day=day))
    timed = make.timed_order(place, rao, visit, make.patient(), local(14, day=day))
    booked = [
        service.book_token(token, by=SYSTEM, now=NOW),
        service.book_timed(timed, by=SYSTEM, now=NOW),
    ]

    moved = [
        service.move(each.id, NewPlace(to), by=SYSTEM, now=LATER)
        for each, to in zip(booked, (local(10), local(14)), strict=True)
    ]

    assert [each.span.start for each in moved] == [local(10), local(14)]


def test_a_cancel_may_be_undone_there(place, rao, visit):
    order = make.token_order(place, rao, visit, make.patient(), local(10))
    booked = service.book_token(order, by=SYSTEM, now=NOW)
    service.cancel(booked.id, "mistake", by=SYSTEM, now=NOW)
    token = make.token_order(place, rao, visit, None, local(10))
    service.hold_token(token, Holding("t", 1), by=SYSTEM, now=NOW)

    later = NOW + timedelta(minutes=2)
    undone = service.undo(booked.id, by=SYSTEM, now=later)

    assert undone.status is Status.SCHEDULED


def test_who_did_come_after_all_may_be_taken_back_there(place, rao, visit):
    order = make.timed_order(place, rao, visit, make.patient(), local(14))
    told = service.book_timed(order, by=SYSTEM, now=NOW)
    service.no_show(told.id, by=SYSTEM, now=NOW)
    again = make.timed_order(place, rao, visit, None, local(14))
    service.hold_timed(again, Holding("o", 5), by=SYSTEM, now=NOW)

    back = service.undo(told.id, by=SYSTEM, now=NOW + timedelta(minutes=6))

    assert back.status is Status.SCHEDULED


def test_a_longer_hold_beside_it_gets_longer_still(place, rao, visit):
    timed = make.timed_order(place, rao, visit, None, local(14))
    service.hold_timed(timed, Holding("o", 1), by=SYSTEM, now=NOW)
    later = NOW + timedelta(minutes=2)
    mine = service.hold_timed(timed, Holding("mine", 5), by=SYSTEM, now=later)

    longer = service.extend(mine.id, 30, by=SYSTEM, now=later)

    assert longer.hold_expires_at == later + timedelta(minutes=30)


def test_who_waits_is_offered_it(place, rao, visit, run_out):
    for _ in run_out:
        wish = NewWaiting(
            place.public_id,
            make.patient().public_id,
            visit.public_id,
            first_day=MONDAY,
            last_day=MONDAY,
            resource_id=rao.public_id,
        )
        service.join_waitlist(wish, by=SYSTEM, now=NOW)

    assert service.offer_freed(by=SYSTEM, now=NOW) == 0
    assert service.offer_freed(by=SYSTEM, now=LATER) == 2


@pytest.fixture
def aluva(session):
    return make.facility()


@pytest.fixture
def there(aluva, rao):
    """Let the doctor give tokens in another place at the time she is open in this."""
    post = NewPost(aluva.id, token_prefix="B")
    there = directory.post_resource(rao.public_id, post, by=SYSTEM, now=NOW)
    order = NewException(
        facility_id=aluva.public_id,
        resource_id=rao.public_id,
        is_available=True,
        during=span(local(14), 30),
        kind=Offered.TOKENS,
        slot_minutes=30,
        tokens_per_slot=1,
    )
    availability.add_exception(order, by=SYSTEM, now=NOW)
    return there


def test_the_slot_of_another_place_leaves_its_time_too(place, rao, visit, aluva, there):
    order = make.token_order(aluva, there, visit, None, local(14))
    service.hold_token(order, Holding("t"), by=SYSTEM, now=NOW)

    assert offered(place, rao, NOW) == [(1, 0)] * 3
    assert offered(place, rao, LATER) == [(1, 30)] * 3


def test_a_time_booked_in_one_place_blocks_the_empty_slot_of_another(
    place, rao, visit, aluva, there
):
    assert offered(aluva, there, NOW) == [(1, 0)] * 3
    order = make.timed_order(place, rao, visit, make.patient(), local(14))

    service.book_timed(order, by=SYSTEM, now=NOW)

    assert offered(aluva, there, NOW) == [(0, 0)] * 3
