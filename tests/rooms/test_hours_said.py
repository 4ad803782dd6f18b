"""What the requirements say of hours and limits, through to the booking."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import text

from app.availability import service
from app.availability.views import NewException
from app.booking import queries as booking_queries
from app.booking import service as booking
from app.booking.errors import NotOfferedError, SlotTakenError
from app.booking.setting import NewRule
from app.booking.views import Override
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import RuleError
from app.core.spans import Span, local_date
from app.directory import service as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.service import NewPost
from tests import factories as make
from tests.factories import MONDAY, NOW, local
from tests.rooms.weekly import added, listed, on, starts, timed, token, tokens

DAY = timedelta(days=1)
WEDNESDAY = MONDAY + 2 * DAY
ONE_WEEK = timedelta(weeks=1)
THINGS = (ResourceKind.ROOM, ResourceKind.CHAIR, ResourceKind.EQUIPMENT)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    return make.resource(place)


@pytest.fixture
def visit(session):
    return make.kind()


class TestSessions:
    def test_follow_ups_are_given_only_on_wednesdays(self, place, rao, visit):
        again = make.kind(category=Category.FOLLOW_UP)
        make.hours(place, rao, tokens(0), tokens(2, types=(again.id,)), on(2, 14, 16))
        ten = local(10, day=WEDNESDAY)

        with pytest.raises(NotOfferedError) as told:
            token(place, rao, visit, ten)

        assert told.value.params["reason"] == "type"
        assert token(place, rao, again, ten).span.start == ten
        assert listed(place, rao, WEDNESDAY, type_id=visit.public_id).slots == ()
        assert len(listed(place, rao, WEDNESDAY, type_id=again.public_id).slots) == 6

    def test_adjoining_sessions_have_no_seam(self, place, rao, visit):
        make.hours(place, rao, on(0, 9, 13), on(0, 13, 17))

        across = timed(place, rao, visit, local(12, 45), ends_at=local(13, 15))

        assert (across.span.start, across.span.minutes) == (local(12, 45), 30)

    @pytest.mark.parametrize(("minutes", "number"), [(1, 1440), (5, 288), (30, 48)])
    def test_a_session_has_any_number_of_slots(
        self, place, rao, visit, minutes, number
    ):
        make.hours(place, rao, tokens(0, 0, 0, minutes))

        assert len(listed(place, rao).slots) == number
        last = local(0, day=MONDAY + DAY) - timedelta(minutes=minutes)
        assert token(place, rao, visit, last).span.minutes == minutes

    def test_a_night_is_booked_after_midnight_on_the_next_day(self, place, rao, visit):
        make.hours(place, rao, tokens(0, 22, 2))
        night = local(1, 30, day=MONDAY + DAY)

        booked = token(place, rao, visit, night)

        assert booked.span == make.span(night, 30)
        (month,) = booking_queries.month(
            place, [rao], MONDAY, by=SYSTEM, now=NOW, days=2
        )
        assert [(e.tokens, e.tokens_free) for e in month.days] == [(12, 12), (12, 11)]
        days = "SELECT day FROM daily_loads WHERE used > 0"
        assert set(db.session.scalars(text(days))) == {MONDAY + DAY}


class TestClocksThatChange:
    @pytest.mark.parametrize(
        ("zone", "day", "first", "number"),
        [
            # From one to three it is one hour there, or three, or whole.
            ("Europe/London", date(2026, 3, 29), 1, 2),
            ("Europe/London", date(2026, 10, 25), 1, 6),
            ("America/New_York", date(2026, 3, 8), 1, 2),
            ("America/New_York", date(2026, 11, 1), 1, 6),
            ("Asia/Kolkata", date(2026, 3, 29), 1, 4),
            ("Asia/Kathmandu", date(2026, 3, 29), 1, 4),
            ("Australia/Lord_Howe", date(2026, 4, 5), 1, 5),
        ],
    )
    def test_every_slot_of_such_a_night_is_booked_once(
        self, session, visit, zone, day, first, number
    ):
        place = make.facility(zone=zone)
        nurse = make.resource(place)
        make.hours(
            place,
            nurse,
            tokens(day.weekday(), first, first + 2, number=1),
            valid_from=date(2026, 1, 1),
        )

        found = [slot.span for slot in listed(place, nurse, day).slots]
        booked = [token(place, nurse, visit, span.start).span for span in found]

        assert len(found) == number
        assert booked == found
        assert {local_date(span.start, place.zone) for span in found} == {day}
        assert [slot.left for slot in listed(place, nurse, day).slots] == [0] * number

    def test_new_hours_over_a_change_keep_the_clock_on_the_wall(self, session, visit):
        leeds = make.facility(zone="Europe/London")
        nurse = make.resource(leeds)
        make.hours(leeds, nurse, make.open_time())

        make.hours(
            leeds,
            nurse,
            make.open_time(time(10), time(12)),
            valid_from=date(2026, 3, 29),
        )

        assert starts(leeds, nurse, date(2026, 3, 28)) == [time(9)]
        assert starts(leeds, nurse, date(2026, 3, 29)) == [time(10)]
        ten = local(10, day=date(2026, 3, 29), zone=leeds.zone)
        assert ten.hour == 9
        assert timed(leeds, nurse, visit, ten).span.start == ten

    def test_a_session_the_clocks_jump_over_is_not_there(self, session, visit):
        leeds = make.facility(zone="Europe/London")
        nurse = make.resource(leeds)
        sunday = date(2026, 3, 29)
        make.hours(leeds, nurse, tokens(6, 1, 2), on(6, 3, 5))

        jumped = listed(leeds, nurse, sunday)

        assert (jumped.slots, starts(leeds, nurse, sunday)) == ((), [time(3)])
        assert len(listed(leeds, nurse, sunday + 7 * DAY).slots) == 2
        (month,) = booking_queries.month(
            leeds, [nurse], sunday, by=SYSTEM, now=NOW, days=1
        )
        assert month.days[0].tokens == 0


class TestTwoFacilities:
    @pytest.fixture
    def dubai(self, rao):
        found = make.facility(zone="Asia/Dubai")
        directory.post_resource(rao.public_id, NewPost(found.id), by=SYSTEM, now=NOW)
        return found

    def test_one_doctor_has_one_timeline(self, place, rao, dubai, visit):
        make.hours(place, rao, on(0, 9, 12))
        make.hours(dubai, rao, on(0, 14, 17))
        added(dubai, rao, local(10), 60)
        timed(place, rao, visit, local(10))

        with pytest.raises(SlotTakenError):
            timed(dubai, rao, visit, local(10))

        free = listed(dubai, rao).free
        assert free[0].start == local(10, 30)

    def test_a_visit_let_in_beside_a_token_leaves_its_slot_the_other_places(
        self, place, rao, dubai, visit
    ):
        make.hours(place, rao, tokens(0, number=2))
        added(dubai, rao, local(9), 60)
        first = token(place, rao, visit, local(9))
        beside = Override("twins")
        timed(dubai, rao, visit, local(9), double_book=beside)

        seen = listed(place, rao).slots[0]
        token(place, rao, visit, local(9))

        assert (seen.taken, seen.left) == (1, 1)
        assert listed(place, rao).slots[0].left == 0
        # Nobody keeps the next slot's claim: there the visit is in the way.
        timed(dubai, rao, visit, local(9, 30))
        assert listed(place, rao).slots[1].left == 0
        with pytest.raises(SlotTakenError):
            token(place, rao, visit, local(9, 30))
        assert first.span == seen.span

    def test_leave_everywhere_is_everywhere_and_leave_here_is_here(
        self, place, rao, dubai
    ):
        make.hours(place, rao, on(0, 9, 12), on(1, 9, 12))
        make.hours(dubai, rao, on(0, 14, 17), on(1, 14, 17))
        whole = {"is_available": False}
        during = Span(local(0), local(0, day=MONDAY + DAY))
        service.add_exception(
            NewException(None, rao.public_id, during=during, **whole),
            by=SYSTEM,
            now=NOW,
        )
        tomorrow = Span(during.end, during.end + DAY)
        added(place, rao, NOW, during=tomorrow, **whole)

        assert (starts(place, rao), starts(dubai, rao)) == ([], [])
        assert starts(place, rao, MONDAY + DAY) == []
        assert starts(dubai, rao, MONDAY + DAY) == [time(14)]


class TestLimits:
    """Each limit refuses at booking exactly where the listing says it will."""

    @pytest.mark.parametrize(
        ("kind", "settings", "open_days"),
        [
            ("horizon", {"days": 1}, 2),
            ("horizon", {"days": 0}, 1),
            ("horizon", {"dates": [f"{MONDAY + DAY}", f"{MONDAY + 2 * DAY}"]}, 2),
            ("horizon", {"days": 1, "dates": [f"{MONDAY + DAY}", f"{WEDNESDAY}"]}, 1),
            ("lead_time", {"minutes": 48 * 60}, 3),
            ("daily_limit", {"limit": 0}, 0),
        ],
    )
    def test_days_that_are_listed_are_booked_and_no_others(
        self, place, rao, visit, kind, settings, open_days
    ):
        make.hours(place, rao, make.opd())
        booking.add_rule(NewRule(kind, settings), by=SYSTEM, now=NOW)
        week = [MONDAY + n * DAY for n in range(5)]

        shown = [listed(place, rao, day).slots[0].refused for day in week]
        refused = [self.refusal(place, rao, visit, local(10, day=day)) for day in week]

        assert [e and e.params for e in refused] == [e and e.params for e in shown]
        assert refused.count(None) == open_days
        for each in filter(None, refused):
            assert each.params["rule"] == kind
            assert each.params["override"] == "booking:override_rules"

    def refusal(self, *order):
        try:
            token(*order)
        except RuleError as refused:
            return refused
        return None

    def test_of_a_type_are_shown_for_that_type_alone(self, place, rao, visit):
        make.hours(place, rao, make.opd())
        other = make.kind()
        limit = NewRule("daily_limit", {"limit": 1, "per_type": True})
        booking.add_rule(limit, by=SYSTEM, now=NOW)
        token(place, rao, visit, local(10))

        shown = {
            why.id: listed(place, rao, type_id=why.public_id).slots[0].refused
            for why in (visit, other)
        }

        assert shown[other.id] is None
        assert shown[visit.id].params["per_type"] is True
        with pytest.raises(RuleError):
            token(place, rao, visit, local(10, 30))
        assert token(place, rao, other, local(10)).span.start == local(10)
