import pytest

from app.accounts.permissions import Role
from app.booking import queries, service
from app.booking.errors import (
    NotOfferedError,
    OverError,
    SlotFullError,
    SlotTakenError,
    StatusError,
)
from app.booking.states import Status
from app.booking.views import NewPlace, Once, Want
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import NOW, local


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    return make.resource(place, token_prefix="A")


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


@pytest.fixture
def asha(session):
    return make.patient()


def book_token(place, rao, visit, who, starts_at, **fields):
    order = make.token_order(place, rao, visit, who, starts_at, **fields)
    return service.book_token(order, by=SYSTEM, now=NOW)


def book_timed(place, rao, visit, who, starts_at, **fields):
    order = make.timed_order(place, rao, visit, who, starts_at, **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


class TestToken:
    def test_draws_the_next_number_of_the_day(self, place, rao, visit):
        make.hours(place, rao, make.opd())

        first = book_token(place, rao, visit, make.patient(), local(10))
        second = book_token(place, rao, visit, make.patient(), local(10, 30))

        assert (first.token, second.token) == ("A-01", "A-02")
        assert first.status is Status.SCHEDULED

    def test_refuses_when_every_token_is_given(self, place, rao, visit):
        make.hours(place, rao, make.opd(tokens=1))
        book_token(place, rao, visit, make.patient(), local(10))

        with pytest.raises(SlotFullError):
            book_token(place, rao, visit, make.patient(), local(10))

    def test_gives_the_place_but_not_the_number_back(self, place, rao, visit):
        make.hours(place, rao, make.opd(tokens=1))
        first = book_token(place, rao, visit, make.patient(), local(10))
        service.cancel(first.id, "ill", by=SYSTEM, now=NOW)

        again = book_token(place, rao, visit, make.patient(), local(10))

        assert again.token == "A-02"

    def test_refuses_a_start_no_slot_has(self, place, rao, visit, asha):
        make.hours(place, rao, make.opd())

        with pytest.raises(NotOfferedError):
            book_token(place, rao, visit, asha, local(10, 15))

    def test_refuses_a_slot_that_has_ended(self, place, rao, visit, asha):
        make.hours(place, rao, make.opd(start=local(8).time(), end=local(9).time()))
        early = make.opd(start=make.time(7), end=make.time(8))
        other = make.resource(place)
        make.hours(place, other, early)

        with pytest.raises(OverError):
            book_token(place, other, visit, asha, local(7))

    def test_books_once_for_one_key(self, place, rao, visit, asha):
        make.hours(place, rao, make.opd())
        once = Once(key="k1", fingerprint="f")

        first = book_token(place, rao, visit, asha, local(10), once=once)
        again = book_token(place, rao, visit, asha, local(10), once=once)

        assert again == first


class TestTimed:
    def test_refuses_a_time_that_overlaps_another(self, place, rao, visit, asha):
        make.hours(place, rao)
        book_timed(place, rao, visit, asha, local(9))

        with pytest.raises(SlotTakenError) as refused:
            book_timed(place, rao, visit, make.patient(), local(9, 15))

        clash = refused.value.params["clashes"][0]
        assert (clash.patient, clash.resource) == ("Asha", rao.name)

    def test_allows_a_time_that_only_touches_another(self, place, rao, visit, asha):
        make.hours(place, rao)
        book_timed(place, rao, visit, asha, local(9))

        after = book_timed(place, rao, visit, asha, local(9, 30))

        assert after.status is Status.SCHEDULED

    def test_refuses_an_empty_token_slot(self, place, rao, visit, asha):
        make.hours(place, rao, make.opd())

        with pytest.raises(NotOfferedError) as refused:
            book_timed(place, rao, visit, asha, local(10))

        assert refused.value.params["reason"] == "token_slot"

    def test_takes_each_resource_for_its_own_part(self, place, rao, visit, asha):
        make.hours(place)
        make.hours(place, rao)
        theatre = make.resource(place, ResourceKind.LOCATION)
        longer = Want(theatre.public_id, make.span(local(13, 30), 180))

        booked = book_timed(
            place, rao, visit, asha, local(14), ends_at=local(16), also=(longer,)
        )

        assert [c.during.minutes for c in booked.resources] == [120, 180]

    def test_refuses_all_when_one_resource_is_taken(self, place, rao, visit, asha):
        make.hours(place)
        make.hours(place, rao)
        theatre = make.resource(place, ResourceKind.LOCATION)
        book_timed(place, theatre, visit, asha, local(14))

        with pytest.raises(SlotTakenError):
            book_timed(
                place, rao, visit, asha, local(14), also=(Want(theatre.public_id),)
            )

        [column] = queries.day(place, [rao], make.MONDAY, by=SYSTEM, now=NOW)
        assert column.visits == ()


class TestCapacity:
    def test_fits_as_many_as_there_are_units(self, place, visit, asha):
        make.hours(place)
        chairs = make.resource(place, ResourceKind.CHAIR, capacity=2)
        book_timed(place, chairs, visit, asha, local(9))
        book_timed(place, chairs, visit, asha, local(9))

        with pytest.raises(SlotTakenError):
            book_timed(place, chairs, visit, asha, local(9))

    def test_numbers_units_anew_rather_than_refuse(self, place, visit, asha):
        make.hours(place)
        chairs = make.resource(place, ResourceKind.CHAIR, capacity=2)
        # 9-10 takes unit 1, 9:30-11 unit 2, 10:30-12 unit 1: 10-10:30 has one place
        # left, but on unit 1, and 11-12 on unit 2. A booking of 10-10:30 is simple;
        # one of 12-13 after a gap is too; 10:00-10:30 and then 11-12 must both fit.
        book_timed(place, chairs, visit, asha, local(9), ends_at=local(10))
        book_timed(place, chairs, visit, asha, local(9, 30), ends_at=local(11))
        book_timed(place, chairs, visit, asha, local(11, 30), ends_at=local(12, 30))
        book_timed(place, chairs, visit, asha, local(12), ends_at=local(13))

        fits = book_timed(place, chairs, visit, asha, local(10, 30), ends_at=local(12))

        assert fits.status is Status.SCHEDULED


class TestMove:
    def test_moves_onto_part_of_its_own_time(self, place, rao, visit, asha):
        make.hours(place, rao)
        booked = book_timed(place, rao, visit, asha, local(9))

        moved = service.move(booked.id, NewPlace(local(9, 15)), by=SYSTEM, now=NOW)

        assert moved.span == make.span(local(9, 15), 30)
        assert moved.revision == booked.revision + 1

    def test_stays_where_it_is_when_the_new_place_is_taken(
        self, place, rao, visit, asha
    ):
        make.hours(place, rao)
        booked = book_timed(place, rao, visit, asha, local(9))
        book_timed(place, rao, visit, asha, local(10))

        with pytest.raises(SlotTakenError):
            service.move(booked.id, NewPlace(local(10)), by=SYSTEM, now=NOW)

        assert queries.appointment(booked.id, by=SYSTEM).span == booked.span

    def test_keeps_the_number_on_the_same_day(self, place, rao, visit, asha):
        make.hours(place, rao, make.opd())
        booked = book_token(place, rao, visit, asha, local(10))

        moved = service.move(booked.id, NewPlace(local(11)), by=SYSTEM, now=NOW)

        assert moved.token == booked.token

    def test_is_refused_once_cancelled(self, place, rao, visit, asha):
        make.hours(place, rao)
        booked = book_timed(place, rao, visit, asha, local(9))
        service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)

        with pytest.raises(StatusError):
            service.move(booked.id, NewPlace(local(10)), by=SYSTEM, now=NOW)


class TestDay:
    def test_shows_slots_with_what_is_left(self, place, rao, visit, asha):
        make.hours(place, rao, make.opd(), make.open_time(make.time(14)))
        book_token(place, rao, visit, asha, local(10))
        book_timed(place, rao, visit, asha, local(15))

        [column] = queries.day(place, [rao], make.MONDAY, by=SYSTEM, now=NOW)

        assert [slot.left for slot in column.slots] == [9, 10, 10, 10]
        assert [visit.patient for visit in column.visits] == ["Asha"]
        assert column.free == (
            make.span(local(14), 60),
            make.span(local(15, 30), 90),
        )

    def test_names_nobody_to_who_may_see_the_calendar_alone(
        self, place, rao, visit, asha
    ):
        make.hours(place, rao)
        booked = book_timed(place, rao, visit, asha, local(9), note="limps")
        analyst = make.user(Role.ANALYST, place).actor

        [column] = queries.day(place, [rao], make.MONDAY, by=analyst, now=NOW)
        told = queries.appointment(booked.id, by=analyst)

        assert [visit.patient for visit in column.visits] == [None]
        assert (told.patients, told.note) == ((), "")

    def test_names_the_nearest_openings(self, place, rao, visit, asha):
        make.hours(place, rao, make.opd(), make.open_time(make.time(14)))

        found = queries.openings(
            place, rao, visit.public_id, local(11), by=SYSTEM, now=NOW
        )

        assert [o.span.start for o in found] == [local(11), local(11, 30), local(14)]
