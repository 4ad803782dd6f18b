"""What reports count: every kind of visit, each where it belongs, in few statements."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from app.accounts.permissions import Role
from app.booking import service as booking
from app.booking.measuring import Ahead, Kept
from app.booking.rated import Rated
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.core.errors import InputError, NotFoundError
from app.directory import service as directory
from app.queues import service as queues
from app.reports import queries
from app.reports.views import Asked, TokenUse
from tests import factories as make
from tests.doors.statements import statements
from tests.doors.visits import secret_of
from tests.factories import MONDAY, NOW, local
from tests.rooms import acts_queues

DAY = Asked(MONDAY, MONDAY)
TOMORROW = Asked(MONDAY + timedelta(days=1), MONDAY + timedelta(days=1))
EVENING = local(20)


def book(cast, at, now=NOW):
    order = replace(cast.timed, patient_id=make.patient().public_id, starts_at=at)
    return booking.book_timed(order, by=SYSTEM, now=now)


def test_who_came_who_did_not_and_who_called_off(cast):
    visits = [book(cast, local(14, m)) for m in (0, 30)] + [book(cast, local(15))]
    booking.no_show(visits[0].id, by=SYSTEM, now=local(14, 30))
    booking.cancel(visits[1].id, "ill", by=SYSTEM, now=NOW)
    booking.attend(visits[2].id, Status.CHECKED_IN, by=SYSTEM, now=local(15))
    # Who walks in was never expected; who comes tomorrow is not missed yet.
    acts_queues.walk_in(cast)
    book(cast, local(14, day=MONDAY + timedelta(days=1)))

    week = replace(DAY, last=MONDAY + timedelta(days=6))
    found = queries.no_shows(cast.place, week, by=SYSTEM, now=EVENING)

    assert found.total == Kept(came=1, missed=1, cancelled=1)
    assert found.total.share == 0.5
    assert found.weekdays == {0: found.total}
    assert found.hours == {14: Kept(0, 1, 1), 15: Kept(1, 0, 0)}
    assert found.steps == {0: found.total}
    assert list(found.resources.values()) == [found.total]
    assert list(found.types.values()) == [found.total]


def test_how_far_ahead_by_the_facilitys_calendar(cast):
    # Late on Saturday evening for Monday: two days, though not 48 hours.
    for hour, now in ((14, NOW), (15, local(23) - timedelta(days=2))):
        book(cast, local(hour), now=now)

    found = queries.lead_times(cast.place, DAY, by=SYSTEM)

    assert found.total == Ahead(2, 1.0, 1.8)
    assert {step: each.number for step, each in found.steps.items()} == {0: 1, 2: 1}


def test_what_patients_said_of_their_visits(cast):
    for minute, stars in ((0, 5), (30, 2)):
        visit = book(cast, local(14, minute))
        for to in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
            booking.attend(visit.id, to, by=SYSTEM, now=local(15))
        booking.rate_own(secret_of(visit), stars, "", now=local(15))

    found = queries.ratings(cast.place, DAY, by=SYSTEM)

    assert found.total == Rated((0, 1, 0, 0, 1))
    assert found.total.average == 3.5
    assert list(found.resources.values()) == [found.total]
    assert queries.ratings(cast.place, TOMORROW, by=SYSTEM).total.average is None


def test_tokens_offered_given_and_used(cast):
    other = replace(cast.token, patient_id=make.patient().public_id)
    first, gone = (
        booking.book_token(order, by=SYSTEM, now=NOW) for order in (cast.token, other)
    )
    booking.cancel(gone.id, "ill", by=SYSTEM, now=NOW)
    booking.no_show(first.id, by=SYSTEM, now=local(11))

    found = queries.tokens(cast.place, DAY, by=SYSTEM)

    assert found.total == TokenUse(offered=40, given=1, missed=1)
    assert found.hours[10] == TokenUse(offered=20, given=1, missed=1)
    assert found.resources == {cast.rao: found.total}


def test_waits_run_from_being_here_to_the_first_call(cast):
    came = [acts_queues.walk_in(cast) for _ in range(2)]
    queues.call(came[0].id, by=SYSTEM, now=NOW + timedelta(minutes=10))
    queues.recall(came[0].id, by=SYSTEM, now=NOW + timedelta(minutes=12))
    queues.start(came[1].id, by=SYSTEM, now=NOW + timedelta(minutes=30))
    # Who is still waiting has no wait yet.
    acts_queues.walk_in(cast)

    found = queries.waiting(cast.place, DAY, by=SYSTEM)

    assert (found.total.number, found.total.p50, found.total.p90) == (2, 1200, 1680)
    assert found.walked_in == found.total
    assert found.booked.number == 0
    assert found.hours == {8: found.total}
    told = found.total
    assert told.told == told.sooner + told.within + told.later


def test_time_lost_to_no_shows_and_late_cancels(cast):
    visits = [book(cast, local(hour)) for hour in (14, 15, 16)]
    booking.no_show(visits[0].id, by=SYSTEM, now=local(14, 30))
    booking.cancel(visits[1].id, "ill", by=SYSTEM, now=local(13, 30))
    booking.cancel(visits[2].id, "ill", by=SYSTEM, now=local(13, 30))

    lost = queries.utilization(cast.place, DAY, by=SYSTEM).lost

    assert (lost.no_shows, lost.late_cancels) == (30, 30)


def test_what_is_used_now_and_as_long_before(cast):
    book(cast, local(14))
    tomorrow = MONDAY + timedelta(days=1)
    book(cast, local(14, day=tomorrow))
    book(cast, local(15, day=tomorrow))

    found = queries.utilization(cast.place, Asked(tomorrow, tomorrow), by=SYSTEM)

    assert found.week[1, 14].booked == 30
    assert found.resources[cast.rao].booked == 60
    assert found.before[cast.rao.id] == pytest.approx(30 / 300)
    assert list(found.weeks) == [MONDAY]
    assert found.weeks[MONDAY].booked == 90


def test_by_department_and_kind_only_what_is_theirs(cast):
    eye = directory.add_department(cast.place, "Eye", by=SYSTEM, now=NOW)
    mine = make.resource(cast.place, department_id=eye.id)
    make.hours(cast.place, mine)

    asked = replace(DAY, department_id=eye.public_id)

    found = queries.utilization(cast.place, asked, by=SYSTEM)
    assert list(found.resources) == [mine]
    elsewhere = directory.add_department(make.facility(), "Eye", by=SYSTEM, now=NOW)
    with pytest.raises(NotFoundError):
        queries.tokens(
            cast.place, replace(DAY, department_id=elsewhere.public_id), by=SYSTEM
        )


def test_days_the_wrong_way_round_or_too_many_are_refused(cast):
    for days in (-1, 92):
        asked = replace(DAY, last=MONDAY + timedelta(days=days))
        with pytest.raises(InputError) as refused:
            queries.waiting(cast.place, asked, by=SYSTEM)
        assert refused.value.field == "last"


def test_a_facility_of_another_zone_counts_in_its_own_hours(session):
    place = make.facility(zone="America/New_York")
    rao, visit = make.resource(place), make.kind()
    make.hours(place, rao)
    at = local(9, zone=place.zone)
    order = make.timed_order(place, rao, visit, make.patient(), at)
    told = booking.book_timed(order, by=SYSTEM, now=NOW)
    booking.no_show(told.id, by=SYSTEM, now=at + timedelta(hours=1))

    found = queries.no_shows(place, DAY, by=SYSTEM, now=at + timedelta(hours=1))

    assert found.hours == {9: Kept(missed=1)}


def test_each_report_costs_few_statements_however_many_visits(cast):
    for minute in (0, 30):
        book(cast, local(14, minute))
    by = make.user(Role.ANALYST, cast.place).actor
    place = cast.place

    sent = {
        "waiting": statements(lambda: queries.waiting(place, DAY, by=by)),
        "lead": statements(lambda: queries.lead_times(place, DAY, by=by)),
        "tokens": statements(lambda: queries.tokens(place, DAY, by=by)),
        "use": statements(lambda: queries.utilization(place, DAY, by=by)),
    }

    assert max(sent.values()) <= 16, sent
