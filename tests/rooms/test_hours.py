"""Hours as they are kept: versions, sessions that take turns, exceptions, repairs."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from app.accounts.permissions import Role
from app.availability import queries, service
from app.availability.errors import ScheduleOverlapError
from app.availability.kinds import Offered
from app.availability.views import NewException, NewMaintenance, NewSession, Repeat
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError, NotFoundError
from app.core.spans import Span, day_span
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import MONDAY, NOW, local

ONE_WEEK = timedelta(weeks=1)
NEXT_MONDAY = MONDAY + ONE_WEEK


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    return make.resource(place)


def on(day, start=9, end=12, **fields):
    return NewSession(Offered.OPEN, (day,), time(start), time(end), **fields)


def opened(place, rao, day):
    zone = place.zone
    offer = queries.offered(place, rao, day_span(day, zone), by=SYSTEM)
    return [
        (o.span.start.astimezone(zone).time(), o.span.end.astimezone(zone).time())
        for o in offer.open
    ]


def sessions(place, rao):
    return queries.schedule(place, rao, by=SYSTEM)[-1].sessions


class TestTurns:
    def test_first_and_third_do_not_meet_second_and_fourth(self, place, rao):
        make.hours(place, rao, on(0, nth=(1, 3)), on(0, 10, 14, nth=(2, 4)))

        starts = [opened(place, rao, MONDAY + n * ONE_WEEK) for n in range(5)]

        odd, even = [(time(9), time(12))], [(time(10), time(14))]
        assert starts == [odd, even, odd, even, []]

    def test_the_last_may_be_the_fourth(self, place, rao):
        with pytest.raises(InputError) as told:
            make.hours(place, rao, on(0, nth=(4,)), on(0, nth=(-1,)))

        assert told.value.params["reason"] == "overlap"

    def test_every_other_week_meets_every_third(self, place, rao):
        with pytest.raises(InputError):
            make.hours(place, rao, on(0, every_weeks=2), on(0, every_weeks=3))

    def test_a_night_meets_the_morning_only_in_weeks_where_both_are_on(
        self, place, rao
    ):
        night = NewSession(Offered.OPEN, (6,), time(22), time(6), every_weeks=2)
        morning = on(0, 5, 8, every_weeks=2)
        # Sundays of the first week, Mondays of the same: the night ends in the second.
        make.hours(place, rao, night, morning)

        with pytest.raises(InputError):
            make.hours(place, make.resource(place), night, on(0, 5, 8))

    def test_a_third_session_is_compared_with_all_before_it(self, place, rao):
        long, short = on(0, 9, 17, nth=(1,)), on(0, 10, 11, nth=(2,))

        with pytest.raises(InputError) as told:
            make.hours(place, rao, long, short, on(0, 12, 13, nth=(1,)))

        assert told.value.field == "sessions[2]"

    def test_they_never_meet_within_dates_that_end_before(self, place, rao):
        both = on(0, every_weeks=1, nth=(5,)), on(0, nth=(-1,))

        make.hours(place, rao, *both, valid_till=MONDAY + 3 * ONE_WEEK)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [({"every_weeks": 0}, "every_weeks"), ({"nth": (6,)}, "nth")],
    )
    def test_turns_must_be_right(self, place, rao, fields, field):
        with pytest.raises(InputError) as told:
            make.hours(place, rao, on(0, **fields))

        assert told.value.field == f"sessions[0].{field}"

    def test_another_facility_may_have_the_weeks_between(self, place, rao):
        other = make.facility()
        make.directory.post_resource(
            rao.public_id, make.NewPost(other.id), by=SYSTEM, now=NOW
        )
        make.hours(place, rao, on(0, nth=(1, 3)))

        make.hours(other, rao, on(0, nth=(2, 4)))

        with pytest.raises(ScheduleOverlapError):
            make.hours(other, rao, on(0, nth=(3,)), valid_from=NEXT_MONDAY)


class TestEdit:
    def test_changes_one_session_from_a_day_on_and_keeps_the_rest(self, place, rao):
        make.hours(place, rao, on(0), on(1))
        monday = sessions(place, rao)[0]

        service.edit_session(monday.id, on(0, 13, 15), NEXT_MONDAY, by=SYSTEM, now=NOW)

        assert opened(place, rao, MONDAY) == [(time(9), time(12))]
        assert opened(place, rao, NEXT_MONDAY) == [(time(13), time(15))]
        tuesday = NEXT_MONDAY + timedelta(days=1)
        assert opened(place, rao, tuesday) == [(time(9), time(12))]
        old, new = queries.schedule(place, rao, by=SYSTEM)
        assert old.valid_till == NEXT_MONDAY - timedelta(days=1)
        assert (new.valid_from, new.valid_till) == (NEXT_MONDAY, None)

    def test_leaves_a_session_out(self, place, rao):
        make.hours(place, rao, on(0), on(1))

        service.edit_session(
            sessions(place, rao)[0].id, None, NEXT_MONDAY, by=SYSTEM, now=NOW
        )

        assert opened(place, rao, NEXT_MONDAY) == []
        assert [each.weekday for each in sessions(place, rao)] == [1]

    def test_counts_the_weeks_on(self, place, rao):
        make.hours(place, rao, on(0, every_weeks=2), on(1))
        tuesday = sessions(place, rao)[1]

        service.edit_session(tuesday.id, on(1, 13, 15), NEXT_MONDAY, by=SYSTEM, now=NOW)

        mondays = [opened(place, rao, MONDAY + n * ONE_WEEK) for n in range(5)]
        assert [bool(each) for each in mondays] == [True, False, True, False, True]

    def test_keeps_the_end_of_its_version(self, place, rao):
        last = MONDAY + 3 * ONE_WEEK
        make.hours(place, rao, on(0), valid_till=last)

        service.edit_session(
            sessions(place, rao)[0].id, on(0, 13, 15), NEXT_MONDAY, by=SYSTEM, now=NOW
        )

        assert queries.schedule(place, rao, by=SYSTEM)[-1].valid_till == last

    @pytest.mark.parametrize("day", [MONDAY - ONE_WEEK, MONDAY + 9 * ONE_WEEK])
    def test_only_within_its_version(self, place, rao, day):
        make.hours(place, rao, on(0), valid_till=MONDAY + 3 * ONE_WEEK)

        with pytest.raises(InputError) as told:
            service.edit_session(
                sessions(place, rao)[0].id, on(0), day, by=SYSTEM, now=NOW
            )

        assert told.value.params["reason"] == "not_in_version"

    def test_refuses_what_overlaps_the_others(self, place, rao):
        make.hours(place, rao, on(0), on(1))

        with pytest.raises(InputError):
            service.edit_session(
                sessions(place, rao)[0].id,
                on(1, 11, 13),
                NEXT_MONDAY,
                by=SYSTEM,
                now=NOW,
            )

        assert len(queries.schedule(place, rao, by=SYSTEM)) == 1

    def test_an_appointment_keeps_the_session_it_came_from(self, place, rao):
        visit, asha = make.kind(), make.patient()
        make.hours(place, rao, make.opd())
        order = make.token_order(place, rao, visit, asha, local(10))
        booked = booking.book_token(order, by=SYSTEM, now=NOW)
        before = make.source_of(booked.id)

        service.edit_session(
            sessions(place, rao)[0].id, None, NEXT_MONDAY, by=SYSTEM, now=NOW
        )

        assert make.source_of(booked.id) == before is not None


def test_what_stands_is_what_holds_on_that_day_or_later(place, rao):
    make.hours(place, rao, on(0), valid_till=MONDAY + timedelta(days=6))
    make.hours(place, rao, on(1), valid_from=NEXT_MONDAY)
    make.hours(place, None, on(2))

    now = queries.standing(place, MONDAY, by=SYSTEM)
    later = queries.standing(place, NEXT_MONDAY, by=SYSTEM)

    assert [(each.resource_id, each.valid_from) for each in now] == [
        (rao.public_id, MONDAY),
        (None, MONDAY),
        (rao.public_id, NEXT_MONDAY),
    ]
    assert {each.sessions[0].weekday for each in later} == {1, 2}


class TestTakingBack:
    def test_a_revoked_exception_no_longer_holds(self, place, rao):
        make.hours(place, rao, on(0))
        leave = make.away(place, rao, local(9), 180)
        assert opened(place, rao, MONDAY) == []

        for _ in range(2):
            service.revoke_exception(leave, by=SYSTEM, now=NOW)

        assert opened(place, rao, MONDAY) == [(time(9), time(12))]
        window = day_span(MONDAY, place.zone)
        assert queries.exceptions(place, window, by=SYSTEM) == []

    def test_what_is_not_there_is_not_found(self, session):
        nothing = uuid4()

        for act in (service.revoke_exception, service.revoke_maintenance):
            with pytest.raises(NotFoundError):
                act(nothing, by=SYSTEM, now=NOW)
        with pytest.raises(NotFoundError):
            service.edit_session(nothing, None, MONDAY, by=SYSTEM, now=NOW)

    def test_another_doctor_may_not(self, place, rao):
        make.hours(place, rao, on(0))
        leave = make.away(place, rao, local(9), 180)
        stranger = make.user(Role.DOCTOR, make.facility()).actor

        with pytest.raises(ForbiddenError):
            service.revoke_exception(leave, by=stranger, now=NOW)


class TestHolidays:
    def test_a_holiday_closes_everybody_and_is_listed_apart(self, place, rao):
        room = make.resource(place, ResourceKind.ROOM)
        make.hours(place)
        make.hours(place, rao, on(0))
        make.away(place, rao, local(11), 60)
        service.add_exception(
            NewException(
                place.public_id,
                None,
                is_available=False,
                during=day_span(MONDAY, place.zone),
                reason="Holi",
            ),
            by=SYSTEM,
            now=NOW,
        )

        window = day_span(MONDAY, place.zone)
        (holiday,) = queries.exceptions(place, window, by=SYSTEM, holidays=True)

        assert (holiday.reason, holiday.resource_id) == ("Holi", None)
        assert opened(place, rao, MONDAY) == opened(place, room, MONDAY) == []
        assert len(queries.exceptions(place, window, by=SYSTEM)) == 2
        of_rao = queries.exceptions(place, window, by=SYSTEM, resource=rao)
        assert [each.resource_id for each in of_rao] == [rao.public_id]


class TestMaintenance:
    def order(self, place, room, day=MONDAY, hours=(9, 2), **repeat):
        start = local(hours[0], day=day, zone=place.zone)
        return NewMaintenance(
            place.public_id,
            room.public_id,
            make.span(start, hours[1] * 60),
            "Service",
            Repeat(**repeat) if repeat else None,
        )

    def starts(self, place, room, until):
        window = Span(local(0, zone=place.zone), local(0, day=until, zone=place.zone))
        return [
            each.span.start.astimezone(place.zone)
            for each in queries.maintenance(place, window, by=SYSTEM, resource=room)
        ]

    def test_every_second_week(self, place):
        room = make.resource(place, ResourceKind.ROOM)
        until = MONDAY + 5 * ONE_WEEK

        service.add_maintenance(
            self.order(place, room, until=until, every_weeks=2), by=SYSTEM, now=NOW
        )

        found = [each.date() for each in self.starts(place, room, until)]
        assert found == [MONDAY + n * ONE_WEEK for n in (0, 2, 4)]

    def test_the_first_and_the_last_monday_of_the_month(self, place):
        room = make.resource(place, ResourceKind.ROOM)
        until = date(2026, 5, 1)

        service.add_maintenance(
            self.order(place, room, until=until, nth=(1, -1)), by=SYSTEM, now=NOW
        )

        found = [each.date() for each in self.starts(place, room, until)]
        assert found == [
            date(2026, m, d) for m, d in ((3, 2), (3, 30), (4, 6), (4, 27))
        ]

    def test_keeps_its_clock_when_the_clocks_change(self, session):
        leeds = make.facility(zone="Europe/London")
        room = make.resource(leeds, ResourceKind.ROOM)
        until = date(2026, 4, 14)

        service.add_maintenance(
            self.order(leeds, room, hours=(22, 8), until=until), by=SYSTEM, now=NOW
        )

        found = self.starts(leeds, room, until)
        assert len(found) == 7
        assert {each.hour for each in found} == {22}

    def test_one_of_a_series_or_all_that_follow_are_taken_back(self, place):
        room = make.resource(place, ResourceKind.ROOM)
        until = MONDAY + 4 * ONE_WEEK
        service.add_maintenance(
            self.order(place, room, until=until), by=SYSTEM, now=NOW
        )
        window = Span(local(0), local(0, day=until))
        series = queries.maintenance(place, window, by=SYSTEM)

        service.revoke_maintenance(series[0].id, by=SYSTEM, now=NOW)
        assert len(self.starts(place, room, until)) == 3
        service.revoke_maintenance(series[2].id, by=SYSTEM, now=NOW, following=True)

        left = queries.maintenance(place, window, by=SYSTEM)
        assert [each.id for each in left] == [series[1].id]

    @pytest.mark.parametrize(
        ("repeat", "reason"),
        [
            ({"until": MONDAY - ONE_WEEK}, "before_start"),
            ({"until": date(2036, 1, 1)}, "too_long_series"),
            ({"until": NEXT_MONDAY, "nth": (5,)}, "never"),
            ({"until": NEXT_MONDAY, "every_weeks": 0}, "between"),
        ],
    )
    def test_a_repeat_must_be_right(self, place, repeat, reason):
        room = make.resource(place, ResourceKind.ROOM)

        with pytest.raises(InputError) as told:
            service.add_maintenance(
                self.order(place, room, **repeat), by=SYSTEM, now=NOW
            )

        assert told.value.params["reason"] == reason
