from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from app.booking import series, service
from app.booking.errors import NotOfferedError
from app.booking.states import Status
from app.booking.views import NewPlace, Once, Repeat, Want
from app.core.actor import SYSTEM
from app.core.errors import InputError, NotFoundError
from tests import factories as make
from tests.factories import MONDAY, NOW, local

WEEK = timedelta(weeks=1)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    rao = make.resource(place, token_prefix="A")
    make.hours(place, rao, make.opd(tokens=2), make.open_time(make.time(14)))
    return rao


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


@pytest.fixture
def order(place, rao, visit):
    return make.timed_order(place, rao, visit, make.patient(), local(14))


def book(order, occurrences=4, **fields):
    repeat = Repeat(occurrences=occurrences, **fields)
    return service.book_series(order, repeat, by=SYSTEM, now=NOW)


def starts(told):
    return [each.starts_at for each in told.occurrences if each.appointment]


def test_a_series_comes_every_week(order):
    told = book(order, 3)

    assert starts(told) == [local(14), local(14) + WEEK, local(14) + 2 * WEEK]
    assert {each.appointment.series_id for each in told.occurrences} == {told.id}


def test_a_series_of_tokens_draws_a_number_each_day(place, rao, visit):
    order = make.token_order(place, rao, visit, make.patient(), local(10))

    told = book(order, 2, every_weeks=2)

    assert [each.appointment.token for each in told.occurrences] == ["A-01", "A-01"]
    assert starts(told) == [local(10), local(10) + 2 * WEEK]


def test_until_a_day_includes_it(order):
    repeat = Repeat(until=MONDAY + 2 * WEEK)

    told = service.book_series(order, repeat, by=SYSTEM, now=NOW)

    assert len(starts(told)) == 3


def test_leave_and_taken_times_are_skipped_and_told(place, rao, visit, order):
    make.away(place, rao, local(13) + WEEK, 180)
    taken = make.timed_order(place, rao, visit, make.patient(), local(14) + 2 * WEEK)
    service.book_timed(taken, by=SYSTEM, now=NOW)

    told = book(order)

    assert [each.code for each in told.occurrences] == [
        None,
        "not_offered",
        "slot_taken",
        None,
    ]
    assert [each.code for each in series.one(told.id).occurrences] == [
        each.code for each in told.occurrences
    ]


def test_a_series_of_which_nothing_can_be_is_refused(place, rao, order):
    make.away(place, rao, local(0), 60 * 24 * 30)

    with pytest.raises(NotOfferedError):
        book(order)


@pytest.mark.parametrize(
    "repeat",
    [
        Repeat(),
        Repeat(occurrences=3, until=date(2026, 4, 1)),
        Repeat(occurrences=1),
        Repeat(every_weeks=0, occurrences=3),
        Repeat(until=date(2026, 1, 1)),
        Repeat(until=date(2036, 1, 1)),
    ],
)
def test_a_repetition_that_cannot_be_right_is_refused(order, repeat):
    with pytest.raises(InputError):
        service.book_series(order, repeat, by=SYSTEM, now=NOW)


def test_the_same_local_time_is_kept_when_the_clocks_change(visit):
    leeds = make.facility(zone="Europe/London")
    doctor = make.resource(leeds)
    make.hours(leeds, doctor)
    start = local(10, day=date(2026, 3, 23), zone=leeds.zone)
    order = make.timed_order(leeds, doctor, visit, make.patient(), start)

    told = book(order, 2)

    clocks = [each.astimezone(leeds.zone).hour for each in starts(told)]
    assert clocks == [10, 10]
    assert starts(told)[1] - starts(told)[0] == WEEK - timedelta(hours=1)


def test_a_part_of_the_time_goes_along(place, rao, visit):
    machine = make.resource(place)
    make.hours(place, machine)
    part = make.span(local(14, 15), 15)
    order = make.timed_order(
        place,
        rao,
        visit,
        make.patient(),
        local(14),
        also=(Want(machine.public_id, part),),
    )

    told = book(order, 2)

    second = told.occurrences[1].appointment.resources[1].during
    assert second == make.span(local(14, 15) + WEEK, 15)


def test_one_key_books_one_series(order):
    order = replace(order, once=Once("key", "body"))

    assert book(order).id == book(order).id


def test_all_following_are_cancelled_and_what_was_before_stays(order):
    booked = [each.appointment for each in book(order).occurrences]

    told = service.cancel_following(booked[1].id, "moved away", by=SYSTEM, now=NOW)

    assert len(starts(told)) == 3
    found = [each.appointment.status for each in series.one(told.id).occurrences]
    assert found == [Status.SCHEDULED] + [Status.CANCELLED] * 3


def test_all_following_move_by_as_much(order):
    booked = [each.appointment for each in book(order).occurrences]
    to = NewPlace(local(15) + WEEK)

    told = service.move_following(booked[1].id, to, by=SYSTEM, now=NOW)

    assert starts(told) == [local(15) + n * WEEK for n in (1, 2, 3)]
    assert series.one(told.id).occurrences[0].starts_at == local(14)


def test_a_move_by_a_week_does_not_meet_itself(order):
    booked = [each.appointment for each in book(order).occurrences]
    to = NewPlace(local(14) + WEEK)

    told = service.move_following(booked[0].id, to, by=SYSTEM, now=NOW)

    assert starts(told) == [local(14) + n * WEEK for n in (1, 2, 3, 4)]


def test_one_that_cannot_move_stays_and_is_told(place, rao, order):
    booked = [each.appointment for each in book(order).occurrences]
    make.away(place, rao, local(16) + WEEK, 60)
    to = NewPlace(local(16))

    told = service.move_following(booked[0].id, to, by=SYSTEM, now=NOW)

    assert [each.code for each in told.occurrences] == [None, "not_offered", None, None]
    stayed = series.one(told.id).occurrences[1]
    assert stayed.starts_at == local(14) + WEEK


def test_what_is_no_series_has_nothing_following(order):
    booked = service.book_timed(order, by=SYSTEM, now=NOW)

    with pytest.raises(NotFoundError):
        service.cancel_following(booked.id, "ill", by=SYSTEM, now=NOW)
