"""Time added, whose hours are followed, and maintenance, through to the booking."""

from datetime import time, timedelta

import pytest
from sqlalchemy import text

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.availability import queries, service
from app.availability.kinds import Offered
from app.availability.views import NewMaintenance, Repeat
from app.booking import conflicts
from app.booking import queries as booking_queries
from app.booking.errors import NotOfferedError
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError, InputError
from app.core.spans import day_span
from app.directory import service as directory
from app.directory.kinds import ResourceKind
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


class TestTimeAdded:
    def test_is_booked_outside_of_the_pattern_and_taken_back(self, place, rao, visit):
        make.hours(place, rao, on(0))
        sunday = MONDAY + 6 * DAY
        extra = added(place, rao, local(9, day=sunday))
        booked = timed(place, rao, visit, local(9, day=sunday))

        service.revoke_exception(extra, by=SYSTEM, now=NOW)

        with pytest.raises(NotOfferedError):
            timed(place, rao, visit, local(9, 30, day=sunday))
        found = booking_queries.stranded(
            place, day_span(sunday, place.zone), by=SYSTEM, now=NOW
        )
        assert [each.appointment.id for each in found] == [booked.id]
        assert conflicts.sweep(now=NOW) == 0

    def test_said_twice_it_is_offered_once(self, place, rao):
        make.hours(place, rao, on(0))
        for _ in range(2):
            added(
                place,
                rao,
                local(15),
                kind=Offered.TOKENS,
                slot_minutes=30,
                tokens_per_slot=2,
            )

        assert [slot.left for slot in listed(place, rao).slots] == [2, 2]

    def test_leave_said_twice_is_taken_back_twice(self, place, rao):
        make.hours(place, rao, on(0))
        first, second = (make.away(place, rao, local(9), 180) for _ in range(2))

        service.revoke_exception(first, by=SYSTEM, now=NOW)
        assert starts(place, rao) == []
        service.revoke_exception(second, by=SYSTEM, now=NOW)

        assert starts(place, rao) == [time(9)]

    def test_slots_and_tokens_keep_the_exception_they_came_from(
        self, place, rao, visit
    ):
        extra = added(
            place,
            rao,
            local(15),
            kind=Offered.TOKENS,
            slot_minutes=30,
            tokens_per_slot=2,
        )
        token(place, rao, visit, local(15))

        service.revoke_exception(extra, by=SYSTEM, now=NOW)

        for table in ("appointments", "token_slots"):
            came = text(
                f"SELECT e.public_id FROM {table} a JOIN availability_exceptions e"
                " ON e.id = a.exception_id WHERE a.availability_id IS NULL"
            )
            assert db.session.scalars(came).all() == [extra]

    def test_who_manages_a_department_takes_back_what_they_set(self, place):
        ward = directory.add_department(place, "Dermatology", by=SYSTEM, now=NOW)
        menon = make.resource(place, department_id=ward.id)
        make.hours(place, menon)
        head = make.user(role=None)
        reach = Reach(place.id, department_id=ward.id)
        accounts.give_role(
            head.username, Role.LOCATION_MANAGER, reach, by=SYSTEM, now=NOW
        )

        leave = added(place, menon, local(9), by=head.actor, is_available=False)
        service.revoke_exception(leave, by=head.actor, now=NOW)

        assert starts(place, menon) == [time(9)]
        with pytest.raises(ForbiddenError):
            added(place, make.resource(place), local(9), by=head.actor)


class TestTokensAdded:
    def size(self, place, of, day):
        (found,) = queries.exceptions(
            place, day_span(day, place.zone), by=SYSTEM, resource=of
        )
        return found.slot_minutes, found.tokens_per_slot

    def test_without_a_size_take_that_of_the_weekday(self, place, rao):
        make.hours(place, rao, tokens(0, minutes=20, number=5), tokens(1))

        added(place, rao, local(17), kind=Offered.TOKENS)

        assert self.size(place, rao, MONDAY) == (20, 5)
        assert [slot.tokens for slot in listed(place, rao).slots[-3:]] == [5] * 3

    def test_of_the_session_that_is_on_that_very_day(self, place, rao):
        make.hours(
            place,
            rao,
            tokens(0, 9, nth=(1, 3)),
            tokens(0, 10, minutes=20, number=5, nth=(2, 4)),
        )
        second = MONDAY + ONE_WEEK

        added(place, rao, local(17, day=second), kind=Offered.TOKENS)

        assert self.size(place, rao, second) == (20, 5)

    def test_of_a_week_that_is_not_its_turn_all_the_same(self, place, rao):
        make.hours(place, rao, tokens(0, every_weeks=2))
        second = MONDAY + ONE_WEEK

        added(place, rao, local(9, day=second), kind=Offered.TOKENS)

        assert self.size(place, rao, second) == (30, 3)

    def test_of_the_facility_that_a_room_follows(self, place):
        room = make.resource(place, ResourceKind.ROOM)
        make.hours(place, None, tokens(0))

        added(place, room, local(17), kind=Offered.TOKENS)

        assert self.size(place, room, MONDAY) == (30, 3)

    @pytest.mark.parametrize(
        ("fields", "field", "reason"),
        [
            ({}, "slot_minutes", "no_tokens_that_weekday"),
            ({"slot_minutes": 10}, "tokens_per_slot", "required"),
            ({"tokens_per_slot": 3}, "slot_minutes", "required"),
            ({"kind": Offered.OPEN, "slot_minutes": 10}, "slot_minutes", "only_tokens"),
        ],
    )
    def test_with_none_to_take_or_half_a_size_are_refused(
        self, place, rao, fields, field, reason
    ):
        make.hours(place, rao, tokens(1), on(0))

        with pytest.raises(InputError) as told:
            added(place, rao, local(17), **{"kind": Offered.TOKENS} | fields)

        assert (told.value.field, told.value.params["reason"]) == (field, reason)
        kept = text("SELECT count(*) FROM availability_exceptions")
        assert db.session.scalar(kept) == 0


class TestWhoFollowsTheFacility:
    @pytest.mark.parametrize("kind", THINGS)
    def test_what_has_no_hours_of_its_own(self, place, kind):
        make.hours(place, None, on(0))
        thing = make.resource(place, kind)

        assert starts(place, thing) == [time(9)]

    @pytest.mark.parametrize("kind", THINGS)
    def test_not_what_is_marked_schedule_only(self, place, kind, visit):
        make.hours(place, None, on(0))
        thing = make.resource(place, kind)
        marked = make.resource(place, kind, schedule_only=True)

        changed = directory.change_resource(
            thing.public_id, by=SYSTEM, now=NOW, schedule_only=True
        )

        assert changed.schedule_only
        assert starts(place, thing) == starts(place, marked) == []
        with pytest.raises(NotOfferedError):
            timed(place, marked, visit, local(9))
        make.hours(place, marked, on(0, 10))
        assert starts(place, marked) == [time(10)]

    def test_who_is_booked_when_it_is_marked_is_put_on_the_list(self, place, visit):
        make.hours(place, None, on(0))
        room = make.resource(place, ResourceKind.ROOM)
        timed(place, room, visit, local(9))
        listed_as = (
            "SELECT count(*) FROM resource_conflicts WHERE status = 'UNRESOLVED'"
        )

        directory.change_resource(
            room.public_id, by=SYSTEM, now=NOW, schedule_only=True
        )
        assert db.session.scalar(text(listed_as)) == 1
        directory.change_resource(
            room.public_id, by=SYSTEM, now=NOW, schedule_only=False
        )

        assert db.session.scalar(text(listed_as)) == 0
        assert conflicts.sweep(now=NOW) == 0

    def test_never_a_doctor(self, place, rao):
        make.hours(place, None, on(0))

        assert starts(place, rao) == []

    def test_until_its_own_hours_begin_and_not_when_they_have_ended(self, place):
        make.hours(place, None, on(0), on(1))
        room = make.resource(place, ResourceKind.ROOM)
        second = MONDAY + ONE_WEEK
        make.hours(place, room, on(0, 10), valid_from=second, valid_till=second)
        for day in (MONDAY, second):
            added(place, None, local(18, day=day))

        assert starts(place, room) == [time(9), time(18)]
        assert starts(place, room, MONDAY + DAY) == [time(9)]
        assert starts(place, room, second) == [time(10)]
        assert starts(place, room, second + DAY) == []


@pytest.mark.parametrize(
    "kind", [k for k in ResourceKind if k is not ResourceKind.TEAM]
)
@pytest.mark.parametrize("repeat", [None, Repeat(MONDAY + 2 * ONE_WEEK)])
def test_maintenance_closes_whatever_it_is_once_or_again(place, visit, kind, repeat):
    thing = make.resource(place, kind)
    make.hours(place, thing, on(0))
    service.add_maintenance(
        NewMaintenance(
            place.public_id, thing.public_id, make.span(local(9), 60), "Oil", repeat
        ),
        by=SYSTEM,
        now=NOW,
    )
    weeks = [MONDAY + n * ONE_WEEK for n in range(4)]

    open_at = [starts(place, thing, day) for day in weeks]

    shut, usual = [time(10)], [time(9)]
    assert open_at == ([shut] * 3 + [usual] if repeat else [shut] + [usual] * 3)
    with pytest.raises(NotOfferedError) as told:
        timed(place, thing, visit, local(9, 30))
    assert told.value.params["reason"] == "maintenance"
