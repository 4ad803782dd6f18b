"""Listings: what a rule refuses, how full a month is, and whom a change strands."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import event

from app.accounts.permissions import Role
from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import (
    NewException,
    NewMaintenance,
    NewSession,
    Repeat,
)
from app.booking import queries, service
from app.booking.setting import NewRule
from app.booking.views import Holding
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError
from app.core.spans import day_span
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import MONDAY, NOW, local

TUESDAY = MONDAY + timedelta(days=1)
HOURS_TABLES = (
    "schedules",
    "availabilities",
    "availability_exceptions",
    "maintenances",
)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    rao = make.resource(place)
    make.hours(place, rao, make.opd(tokens=2), make.open_time(make.time(14)))
    return rao


@pytest.fixture
def visit(session):
    return make.kind()


@pytest.fixture
def asha(session):
    return make.patient()


@pytest.fixture
def token(place, rao, visit, asha):
    order = make.token_order(place, rao, visit, asha, local(10))
    return service.book_token(order, by=SYSTEM, now=NOW)


@pytest.fixture
def timed(place, rao, visit, asha):
    order = make.timed_order(place, rao, visit, asha, local(14))
    return service.book_timed(order, by=SYSTEM, now=NOW)


def rule(kind, **settings):
    return service.add_rule(NewRule(kind, settings), by=SYSTEM, now=NOW)


def slots(place, rao, day=MONDAY, **fields):
    return queries.slots(
        place.public_id, rao.public_id, day, by=SYSTEM, now=NOW, **fields
    )


def free(place, rao, visit, by=SYSTEM, most=3):
    found = queries.openings(
        place, rao, visit.public_id, NOW, by=by, now=NOW, most=most
    )
    return [each.span.start for each in found]


def statements(act):
    """Give the statements an act sends."""
    sent = []

    def note(*args):
        sent.append(args[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return [each for each in sent if "SAVEPOINT" not in each]


class TestRulesInListings:
    @pytest.mark.parametrize(
        ("kind", "settings", "refused"),
        [
            ("lead_time", {"minutes": 120}, [True, False, False, False]),
            ("horizon", {"dates": ["2026-03-03"]}, [True] * 4),
            ("allowed_days", {"weekdays": [0]}, [False] * 4),
            ("allowed_days", {"weekdays": [1]}, [True] * 4),
            ("daily_limit", {"limit": 0}, [True] * 4),
            ("required_role", {"roles": ["admin"]}, [True] * 4),
        ],
    )
    def test_a_slot_carries_its_refusal(self, place, rao, kind, settings, refused):
        rule(kind, **settings)

        found = [each.refused for each in slots(place, rao).slots]

        assert [each is not None for each in found] == refused
        for each in filter(None, found):
            assert each.params["rule"] == kind
            assert each.params["override"] == "booking:override_rules"

    def test_openings_leave_out_what_a_rule_refuses(self, place, rao, visit):
        rule("lead_time", minutes=120)

        assert free(place, rao, visit)[0] == local(10, 30)

    def test_open_time_begins_where_the_rule_lets_it(self, place, visit):
        doctor = make.resource(place)
        make.hours(place, doctor, make.open_time(make.time(8)))
        rule("lead_time", minutes=95)

        assert free(place, doctor, visit, most=1) == [local(10, 5)]

    def test_a_full_day_is_passed_over(self, place, rao, visit, token):
        rule("daily_limit", limit=1)

        assert free(place, rao, visit, most=1) == [local(10, day=TUESDAY)]

    def test_a_hold_that_ran_out_counts_nowhere(self, place, rao, visit, asha):
        rule("daily_limit", limit=1)
        order = make.token_order(place, rao, visit, asha, local(10))
        service.hold_token(order, Holding("k"), by=SYSTEM, now=NOW)
        assert free(place, rao, visit, most=1) == [local(10, day=TUESDAY)]

        later = NOW + timedelta(minutes=11)
        told = queries.slots(
            place.public_id, rao.public_id, MONDAY, by=SYSTEM, now=later
        )

        assert [(s.left, s.refused) for s in told.slots] == [(2, None)] * 4

    def test_a_quiet_period_keeps_open_time_apart(self, place, rao, visit, timed):
        rule("quiet_period", minutes=20)

        afternoon = [s for s in free(place, rao, visit, most=20) if s > local(13)]

        assert afternoon[0] == local(14, 50)

    def test_slots_of_some_types_say_which_and_hide_from_others(self, place, visit):
        doctor = make.resource(place)
        only = NewSession(
            Offered.TOKENS, (0,), time(10), time(11), 30, 1, types=(visit.id,)
        )
        make.hours(place, doctor, only)

        every = slots(place, doctor).slots
        other = slots(place, doctor, type_id=make.kind().public_id).slots

        assert [each.allowed_ids for each in every] == [(visit.public_id,)] * 2
        assert other == ()


class TestMonth:
    def test_counts_each_day(self, place, rao, token, timed):
        (told,) = queries.month(place, [rao], MONDAY, by=SYSTEM, now=NOW)

        first, second = told.days[:2]
        assert len(told.days) == 31
        assert (first.tokens, first.tokens_free) == (8, 7)
        assert (first.minutes, first.minutes_free) == (180, 150)
        assert (second.tokens_free, second.minutes_free) == (8, 180)

    @pytest.mark.parametrize(
        ("kind", "settings", "refused"),
        [
            ("horizon", {"days": 1}, [False, False, True]),
            ("allowed_days", {"weekdays": [1]}, [True, False, True]),
            ("daily_limit", {"limit": 2}, [True, False, False]),
            # Another type may have room, and an earlier place be near in time.
            ("daily_limit", {"limit": 2, "per_type": True}, [False] * 3),
            ("lead_time", {"minutes": 120}, [False] * 3),
            ("lead_time", {"minutes": 1440}, [True, False, False]),
            ("required_role", {"roles": ["admin"]}, [True] * 3),
        ],
    )
    def test_a_day_carries_the_rule_that_refuses_all_of_it(
        self, place, rao, token, timed, kind, settings, refused
    ):
        rule(kind, **settings)

        (told,) = queries.month(place, [rao], MONDAY, by=SYSTEM, now=NOW, days=3)

        found = [each.refused for each in told.days]
        assert [each is not None for each in found] == refused
        assert [each.tokens_free for each in told.days] == [7, 8, 8]
        for each in told.days:
            column = slots(place, rao, each.day)
            left = [slot.refused for slot in column.slots if slot.left]
            assert all(left) if each.refused else not all(left)

    def test_a_day_that_is_over_or_full_carries_none(self, place, rao):
        rule("lead_time", minutes=1440)

        (told,) = queries.month(place, [rao], MONDAY, by=SYSTEM, now=local(23), days=3)

        assert [each.refused is not None for each in told.days] == [False, True, False]

    def test_agrees_with_the_days(self, place, rao, token, timed):
        make.away(place, rao, local(10, day=TUESDAY), 300)

        (told,) = queries.month(place, [rao], MONDAY, by=SYSTEM, now=NOW, days=9)

        for each in told.days:
            column = slots(place, rao, each.day)
            assert each.tokens_free == column.tokens_left
            assert each.minutes_free == sum(span.minutes for span in column.free)

    def test_what_has_gone_by_is_not_free(self, place, rao):
        (told,) = queries.month(place, [rao], MONDAY, by=SYSTEM, now=local(14, 30))

        assert (told.days[0].tokens, told.days[0].tokens_free) == (8, 0)
        assert told.days[0].minutes_free == 150

    @pytest.mark.parametrize(
        ("zone", "day", "minutes"),
        [
            ("Europe/London", date(2026, 3, 29), 23 * 60),
            ("Europe/London", date(2026, 10, 25), 25 * 60),
            ("Asia/Kathmandu", date(2026, 3, 29), 24 * 60),
        ],
    )
    def test_a_day_is_as_long_as_its_clocks_make_it(self, session, zone, day, minutes):
        there = make.facility(zone=zone)
        nurse = make.resource(there)
        make.hours(there, nurse, make.open_time(time(0), time(0)))

        (told,) = queries.month(there, [nurse], day, by=SYSTEM, now=NOW, days=2)

        assert [each.minutes for each in told.days] == [minutes, 24 * 60]


class TestStatements:
    def test_slots_of_a_day_take_four(self, place, rao, token, timed):
        meena = make.user(Role.RECEPTION, place).actor
        rule("lead_time", minutes=5)

        sent = statements(
            lambda: queries.slots(
                place.public_id, rao.public_id, MONDAY, by=meena, now=NOW
            )
        )

        assert len(sent) <= 4, sent

    def test_a_month_takes_three_for_any_number(self, place, rao, token, timed):
        meena = make.user(Role.RECEPTION, place).actor
        other = make.resource(place)

        sent = statements(
            lambda: queries.month(place, [rao, other], MONDAY, by=meena, now=NOW)
        )

        assert len(sent) <= 3, sent


class TestImpact:
    def change(self, place, rao, start=None, minutes=60, **fields):
        fields = {"is_available": False} | fields
        during = make.span(start or local(9), minutes)
        return NewException(
            place.public_id, rao.public_id if rao else None, during=during, **fields
        )

    def refs(self, found):
        return [(each.appointment.id, each.reason) for each in found]

    def test_a_leave_strands_who_is_booked_then(self, place, rao, token, timed):
        leave = self.change(place, rao, minutes=90, reason="Ill")

        before = queries.impact(leave, by=SYSTEM, now=NOW)
        assert self.after(place) == []
        availability.add_exception(leave, by=SYSTEM, now=NOW)

        assert self.refs(before) == [(token.id, "away")]
        assert before == self.after(place)
        assert before[0].why == "Ill"
        assert queries.impact(leave, by=SYSTEM, now=NOW) == []

    def after(self, place):
        window = day_span(MONDAY, place.zone)
        return queries.stranded(place, window, by=SYSTEM, now=NOW)

    def test_a_holiday_strands_everybody(self, place, rao, token, timed):
        holiday = self.change(place, None, minutes=10 * 60)

        found = queries.impact(holiday, by=SYSTEM, now=NOW)
        availability.add_exception(holiday, by=SYSTEM, now=NOW)

        assert self.refs(found) == [(token.id, "away"), (timed.id, "away")]
        assert found == self.after(place)

    def test_a_new_schedule_strands_what_it_leaves_out(self, place, rao, token, timed):
        order = make.schedule_order(place, rao, make.opd(minutes=60))

        found = queries.impact(order, by=SYSTEM, now=NOW)

        assert self.refs(found) == [(token.id, "token_slot"), (timed.id, "hours")]

    def test_fewer_tokens_strand_the_last(self, place, rao, visit, token):
        order = make.token_order(place, rao, visit, make.patient("Ravi"), local(10))
        last = service.book_token(order, by=SYSTEM, now=NOW)
        change = make.schedule_order(
            place, rao, make.opd(tokens=1), make.open_time(make.time(14))
        )

        found = queries.impact(change, by=SYSTEM, now=NOW)

        assert self.refs(found) == [(last.id, "capacity")]

    def test_repeated_maintenance_strands_later_weeks_too(self, place, visit, asha):
        room = make.resource(place, ResourceKind.ROOM)
        make.hours(place)
        later = local(10, day=MONDAY + timedelta(weeks=2))
        order = make.timed_order(place, room, visit, asha, later)
        booked = service.book_timed(order, by=SYSTEM, now=NOW)
        repair = NewMaintenance(
            place.public_id,
            room.public_id,
            make.span(local(9), 120),
            "Filter",
            Repeat(MONDAY + timedelta(weeks=4), every_weeks=2),
        )

        found = queries.impact(repair, by=SYSTEM, now=NOW)

        assert self.refs(found) == [(booked.id, "maintenance")]

    def test_what_is_over_or_off_is_not_stranded(self, place, rao, token, timed):
        service.cancel(timed.id, "ill", by=SYSTEM, now=NOW)
        holiday = self.change(place, None, minutes=10 * 60)

        assert queries.impact(holiday, by=SYSTEM, now=local(12)) == []

    def test_time_added_strands_nobody(self, place, rao, token):
        extra = self.change(place, rao, is_available=True)

        assert queries.impact(extra, by=SYSTEM, now=NOW) == []

    def test_only_who_may_change_hours_may_ask(self, place, rao, token):
        meena = make.user(Role.RECEPTION, place).actor

        for change in (self.change(place, rao), self.change(place, None)):
            with pytest.raises(ForbiddenError):
                queries.impact(change, by=meena, now=NOW)


def test_no_other_room_names_the_tables_of_hours(place, rao, visit, token, timed):
    """Whatever booking reads and writes, only availability's files name its tables."""
    import traceback  # noqa: PLC0415 - wanted here alone

    found = []

    def note(*args):
        if any(f" {table} " in f" {args[2]} " for table in HOURS_TABLES):
            frames = [f.filename for f in traceback.extract_stack()]
            rooms = [f.split("/app/")[1] for f in frames if "/app/" in f]
            # What is nearest to the database, core's own machinery aside.
            near = [each for each in rooms if not each.startswith("core/")]
            found.append((near[-1] if near else "", args[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        slots(place, rao)
        queries.day(place, [rao], MONDAY, by=SYSTEM, now=NOW)
        queries.month(place, [rao], MONDAY, by=SYSTEM, now=NOW)
        free(place, rao, visit)
        holiday = NewException(
            place.public_id, None, is_available=False, during=make.span(local(9), 60)
        )
        queries.impact(holiday, by=SYSTEM, now=NOW)
        order = make.token_order(place, rao, visit, make.patient("Ravi"), local(11))
        again = service.book_token(order, by=SYSTEM, now=NOW)
        service.cancel(again.id, "ill", by=SYSTEM, now=NOW)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert found
    assert [each for each in found if not each[0].startswith("availability/")] == []
