"""Versions of hours: what replaces what, what a preview says, two editors at once."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from app.availability import queries, service
from app.availability.errors import ScheduleOverlapError
from app.availability.kinds import Offered
from app.availability.views import NewException, NewMaintenance, NewSession, Repeat
from app.booking import queries as booking_queries
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import InputError, NotFoundError
from app.core.spans import Span, day_span
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.service import NewPost
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.racing import race

ONE_WEEK = timedelta(weeks=1)
NEXT_MONDAY = MONDAY + ONE_WEEK
EVE = NEXT_MONDAY - timedelta(days=1)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    return make.resource(place)


@pytest.fixture
def other(rao):
    """Give another facility that Dr Rao serves too."""
    found = make.facility()
    directory.post_resource(rao.public_id, NewPost(found.id), by=SYSTEM, now=NOW)
    return found


def on(day, start=9, end=12, **fields):
    return NewSession(Offered.OPEN, (day,), time(start), time(end), **fields)


def dates(place, of):
    found = queries.schedule(place, of, by=SYSTEM)
    return [(each.valid_from, each.valid_till) for each in found]


def replaced(place, of, *sessions, version=-1, **fields):
    """Set hours that name the version they are to end."""
    found = queries.schedule(place, of, by=SYSTEM)[version]
    order = make.schedule_order(place, of, *sessions, **fields)
    order = replace(order, replaces=found.id)
    return service.set_schedule(order, by=SYSTEM, now=NOW)


def opened(place, of, day):
    offer = queries.offered(place, of, day_span(day, place.zone), by=SYSTEM)
    return [each.span.start.astimezone(place.zone).time() for each in offer.open]


def told_of(found):
    return [each.appointment.id for each in found]


class TestReplacing:
    def test_the_old_hours_get_an_end_and_stay_to_be_read(self, place, rao):
        make.hours(place, rao)

        make.hours(place, rao, on(0, 13, 15), valid_from=NEXT_MONDAY)

        assert dates(place, rao) == [(MONDAY, EVE), (NEXT_MONDAY, None)]
        assert opened(place, rao, MONDAY) == [time(9)]
        assert opened(place, rao, NEXT_MONDAY) == [time(13)]

    def test_only_those_of_that_resource_at_that_facility_end(self, place, rao, other):
        menon = make.resource(place)
        make.hours(place, None, on(0))
        make.hours(place, menon, on(0))
        make.hours(place, rao, on(0))
        make.hours(other, rao, on(1))

        make.hours(place, rao, on(2), valid_from=NEXT_MONDAY)

        for where, whose in ((place, None), (place, menon), (other, rao)):
            assert dates(where, whose) == [(MONDAY, None)]
        assert dates(place, rao) == [(MONDAY, EVE), (NEXT_MONDAY, None)]

    def test_hours_that_overlap_are_refused_with_both_named(self, place, rao):
        make.hours(place, rao, valid_from=NEXT_MONDAY)

        with pytest.raises(ScheduleOverlapError) as told:
            make.hours(place, rao)

        named = (told.value.params["new"], told.value.params["old"])
        assert named == (f"{MONDAY}", f"{NEXT_MONDAY}")
        assert dates(place, rao) == [(NEXT_MONDAY, None)]

    def test_hours_elsewhere_are_refused_with_both_named(self, place, rao, other):
        make.hours(place, rao, on(0))

        with pytest.raises(ScheduleOverlapError) as told:
            make.hours(other, rao, on(0, 11, 13))

        named = (told.value.params["new"], told.value.params["old"])
        assert named == (other.name, place.name)

    def test_weeks_that_meet_once_in_two_years_are_found(self, place, rao, other):
        make.hours(place, rao, on(0, every_weeks=11))

        with pytest.raises(ScheduleOverlapError) as told:
            make.hours(
                other, rao, on(0, every_weeks=10), valid_from=MONDAY + 9 * ONE_WEEK
            )

        assert told.value.params["clash"].startswith("2028-01-24")

    def test_a_night_goes_on_into_the_first_day_of_the_new_hours(self, place, rao):
        make.hours(place, rao, on(6, 22, 6))

        with pytest.raises(ScheduleOverlapError):
            make.hours(place, rao, on(0, 5, 8), valid_from=NEXT_MONDAY)
        make.hours(place, rao, on(0, 6, 8), valid_from=NEXT_MONDAY)

        assert opened(place, rao, NEXT_MONDAY) == [time(0), time(6)]


class TestOnTheFirstDay:
    def test_hours_are_put_right_by_who_names_them(self, place, rao):
        make.hours(place, rao)

        replaced(place, rao, on(0, 13, 15))

        assert dates(place, rao) == [
            (MONDAY, MONDAY - timedelta(days=1)),
            (MONDAY, None),
        ]
        assert opened(place, rao, MONDAY) == [time(13)]
        assert opened(place, rao, MONDAY + timedelta(days=1)) == []

    def test_again_and_again(self, place, rao):
        make.hours(place, rao)
        for hour in (10, 11, 12):
            replaced(place, rao, on(0, hour, 15))

        make.hours(place, rao, on(0, 8, 9), valid_from=NEXT_MONDAY)

        assert opened(place, rao, MONDAY) == [time(12)]
        assert opened(place, rao, NEXT_MONDAY) == [time(8)]

    def test_not_by_who_does_not_know_of_them(self, place, rao):
        make.hours(place, rao)

        with pytest.raises(ScheduleOverlapError) as told:
            make.hours(place, rao, on(0))

        assert (told.value.field, len(dates(place, rao))) == ("valid_from", 1)

    def test_not_when_others_were_set_meanwhile(self, place, rao):
        make.hours(place, rao)
        replaced(place, rao, on(0))

        for fields in ({}, {"valid_from": NEXT_MONDAY}):
            with pytest.raises(ScheduleOverlapError):
                replaced(place, rao, on(1), version=0, **fields)

        assert opened(place, rao, MONDAY) == [time(9)]
        assert opened(place, rao, MONDAY + timedelta(days=1)) == []

    def test_what_is_not_there_is_not_replaced(self, place, rao):
        order = make.schedule_order(place, rao)

        with pytest.raises(ScheduleOverlapError) as told:
            service.set_schedule(replace(order, replaces=uuid4()), by=SYSTEM, now=NOW)

        assert (told.value.field, dates(place, rao)) == ("replaces", [])

    def test_two_sessions_of_one_day_are_edited_one_after_the_other(self, place, rao):
        make.hours(place, rao, on(0, 9, 12), on(0, 14, 17))

        for hour in (10, 15):
            weekly = queries.schedule(place, rao, by=SYSTEM)[-1].sessions
            one = next(e for e in weekly if e.session.start == time(hour - 1))
            service.edit_session(
                one.id, on(0, hour, hour + 1), NEXT_MONDAY, by=SYSTEM, now=NOW
            )

        assert opened(place, rao, NEXT_MONDAY) == [time(10), time(15)]
        assert opened(place, rao, MONDAY) == [time(9), time(14)]

    def test_who_is_booked_keeps_the_session_it_came_from(self, place, rao):
        make.hours(place, rao, make.opd())
        order = make.token_order(place, rao, make.kind(), make.patient(), local(10))
        booked = booking.book_token(order, by=SYSTEM, now=NOW)
        before = make.source_of(booked.id)

        replaced(place, rao, make.opd(minutes=20))

        assert make.source_of(booked.id) == before is not None
        slot = text("SELECT availability_id FROM token_slots")
        assert db.session.scalar(slot) == before


class TestPreview:
    def test_hours_with_an_end_strand_who_is_booked_after_it_too(self, place, rao):
        make.hours(place, rao)
        late = local(10, day=MONDAY + 4 * ONE_WEEK)
        order = make.timed_order(place, rao, make.kind(), make.patient(), late)
        booked = booking.book_timed(order, by=SYSTEM, now=NOW)
        change = make.schedule_order(
            place, rao, valid_from=NEXT_MONDAY, valid_till=NEXT_MONDAY + ONE_WEEK
        )

        seen = booking_queries.impact(change, by=SYSTEM, now=NOW)
        service.set_schedule(change, by=SYSTEM, now=NOW)

        window = Span(NOW, late + ONE_WEEK)
        stranded = booking_queries.stranded(place, window, by=SYSTEM, now=NOW)
        assert told_of(seen) == told_of(stranded) == [booked.id]

    def test_a_first_schedule_strands_nobody_before_it_begins(self, place):
        room = make.resource(place, ResourceKind.ROOM)
        make.hours(place)
        order = make.timed_order(place, room, make.kind(), make.patient(), local(10))
        booking.book_timed(order, by=SYSTEM, now=NOW)

        make.hours(place, room, on(0, 13, 15), valid_from=NEXT_MONDAY)

        window = day_span(MONDAY, place.zone)
        assert booking_queries.stranded(place, window, by=SYSTEM, now=NOW) == []

    def test_maintenance_keeps_the_clock_of_who_orders_it(self, session):
        leeds, kochi = make.facility(zone="Europe/London"), make.facility()
        machine = make.resource(leeds, ResourceKind.EQUIPMENT)
        directory.post_resource(
            machine.public_id, NewPost(kochi.id), by=SYSTEM, now=NOW
        )
        make.hours(kochi, machine, make.open_time(time(0), time(0)))
        # Ten o'clock in Leeds: an hour sooner in Kochi once summer has come.
        first = local(10, zone=leeds.zone)
        summer = local(10, day=MONDAY + 5 * ONE_WEEK, zone=leeds.zone)
        visit = make.kind()
        orders = [
            make.timed_order(kochi, machine, visit, make.patient(), at)
            for at in (first + 5 * ONE_WEEK - timedelta(minutes=30), summer)
        ]
        booked = [booking.book_timed(each, by=SYSTEM, now=NOW) for each in orders]
        repair = NewMaintenance(
            leeds.public_id,
            machine.public_id,
            make.span(first, 30),
            "Filter",
            Repeat(MONDAY + 6 * ONE_WEEK),
        )

        seen = booking_queries.impact(repair, by=SYSTEM, now=NOW)

        assert told_of(seen) == [booked[1].id]

    def test_what_could_not_be_done_is_refused_before_it_is_tried(
        self, place, rao, other
    ):
        make.hours(place, rao, on(0), valid_from=NEXT_MONDAY)
        stranger = make.resource(make.facility())
        added = {"is_available": True, "during": make.span(local(9), 60)}

        def exception(**fields):
            return NewException(place.public_id, rao.public_id, **added | fields)

        for change, kind in (
            (make.schedule_order(place, rao), ScheduleOverlapError),
            (make.schedule_order(other, rao, on(0)), ScheduleOverlapError),
            (make.schedule_order(place, stranger), NotFoundError),
            (exception(kind=Offered.BREAK), InputError),
            (exception(kind=Offered.TOKENS), InputError),
            (exception(during=make.span(local(9), 60 * 24 * 40)), InputError),
        ):
            with pytest.raises(kind):
                booking_queries.impact(change, by=SYSTEM, now=NOW)


@pytest.mark.timeout(120)
class TestAtOnce:
    RIVALS = 8

    def test_of_many_who_set_hours_for_one_day_one_does(self, hospital):
        place = make.facility()
        rao = make.resource(place)
        make.hours(place, rao)

        def attempt(hour):
            return lambda: make.hours(
                place, rao, on(0, hour, 20), valid_from=NEXT_MONDAY
            )

        outcomes = race(hospital, [attempt(8 + n) for n in range(self.RIVALS)])

        assert outcomes.count("schedule_overlap") == self.RIVALS - 1
        assert dates(place, rao) == [(MONDAY, EVE), (NEXT_MONDAY, None)]

    def test_of_many_who_replace_one_version_one_does(self, hospital):
        place = make.facility()
        rao = make.resource(place)
        version = make.hours(place, rao)
        order = replace(make.schedule_order(place, rao, on(0)), replaces=version)

        outcomes = race(
            hospital,
            [lambda: service.set_schedule(order, by=SYSTEM, now=NOW)] * self.RIVALS,
        )

        assert outcomes.count("schedule_overlap") == self.RIVALS - 1
        assert len(dates(place, rao)) == 2

    def test_two_facilities_never_have_one_doctor_at_the_same_hours(self, hospital):
        places = [make.facility() for _ in range(self.RIVALS)]
        rao = make.resource(places[0])
        for each in places[1:]:
            directory.post_resource(rao.public_id, NewPost(each.id), by=SYSTEM, now=NOW)

        outcomes = race(
            hospital, [lambda at=at: make.hours(at, rao, on(0)) for at in places]
        )

        assert outcomes.count("schedule_overlap") == self.RIVALS - 1

    def test_no_edit_is_lost(self, hospital):
        place = make.facility()
        rao = make.resource(place)
        make.hours(place, rao, *(on(day) for day in range(5)))
        (version,) = queries.schedule(place, rao, by=SYSTEM)

        def attempt(one):
            change = on(one.weekday, 13, 15)
            return lambda: service.edit_session(
                one.id, change, NEXT_MONDAY, by=SYSTEM, now=NOW
            )

        outcomes = race(hospital, [attempt(one) for one in version.sessions])

        assert outcomes.count("invalid") == 4
        changed = [
            opened(place, rao, NEXT_MONDAY + timedelta(days=n)) for n in range(5)
        ]
        assert sorted(changed) == [[time(9)]] * 4 + [[time(13)]]
