"""The register says what is so: hours that go, tokens that shrink, and all back."""

from datetime import time, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from app.availability import queries as hours_queries
from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import NewException, NewMaintenance
from app.booking import conflicts, resource_queries, service
from app.booking.kinds import Outcome, Trouble
from app.booking.models import ResourceConflict
from app.booking.states import Status
from app.booking.views import Want
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import MONDAY, NOW, local

DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY


@pytest.fixture
def place(session):
    found = make.facility()
    make.hours(found)
    return found


@pytest.fixture
def visit(session):
    return make.kind()


@pytest.fixture
def rao(place):
    found = make.resource(place, token_prefix="A")
    make.hours(place, found, make.opd(tokens=3), make.open_time(time(14)))
    return found


@pytest.fixture
def room(place):
    return make.resource(place, ResourceKind.ROOM)


def token(place, rao, visit, day=TUESDAY):
    order = make.token_order(place, rao, visit, make.patient(), local(10, day=day))
    return service.book_token(order, by=SYSTEM, now=NOW)


def timed(place, rao, visit, day=TUESDAY, hour=15):
    order = make.timed_order(place, rao, visit, make.patient(), local(hour, day=day))
    return service.book_timed(order, by=SYSTEM, now=NOW)


def in_room(place, visit, room, at):
    doctor = make.resource(place)
    make.hours(place, doctor)
    order = make.timed_order(place, doctor, visit, make.patient(), at)
    order = replace(order, resources=(*order.resources, Want(room.public_id)))
    return service.book_timed(order, by=SYSTEM, now=NOW)


def listed(place, status=Outcome.UNRESOLVED):
    found = resource_queries.conflicts(place.public_id, by=SYSTEM, status=status)
    return [(each.type, each.first.id) for each in found]


def closed(place):
    found = resource_queries.conflicts(place.public_id, by=SYSTEM, status=None)
    return [(e.status, e.resolution) for e in found if e.resolved_at is not None]


def swept():
    return conflicts.sweep(now=NOW)


class TestTokensLowered:
    def test_by_a_new_schedule(self, place, rao, visit):
        told = [token(place, rao, visit) for _ in range(3)]

        fewer = make.opd(tokens=1), make.open_time(time(14))
        make.hours(place, rao, *fewer, valid_from=TUESDAY)

        assert listed(place) == [
            (Trouble.CAPACITY_EXCEEDED, told[1].id),
            (Trouble.CAPACITY_EXCEEDED, told[2].id),
        ]
        assert swept() == 0

    def test_by_an_edited_session(self, place, rao, visit):
        told = [token(place, rao, visit) for _ in range(3)]
        (version,) = hours_queries.schedule(place, rao, by=SYSTEM)
        tuesday = next(
            each
            for each in version.sessions
            if each.weekday == 1 and each.session.kind is Offered.TOKENS
        )
        change = make.opd(tokens=2, weekdays=(1,))

        availability.edit_session(tuesday.id, change, TUESDAY, by=SYSTEM, now=NOW)

        assert listed(place) == [(Trouble.CAPACITY_EXCEEDED, told[2].id)]
        assert swept() == 0

    def test_by_another_exception_in_place_of_the_first(self, place, rao, visit):
        evening = NewException(
            place.public_id,
            rao.public_id,
            is_available=True,
            during=make.span(local(18, day=TUESDAY), 30),
            kind=Offered.TOKENS,
            slot_minutes=30,
            tokens_per_slot=2,
        )
        first = availability.add_exception(evening, by=SYSTEM, now=NOW)
        at = local(18, day=TUESDAY)
        told = [
            service.book_token(
                make.token_order(place, rao, visit, make.patient(), at),
                by=SYSTEM,
                now=NOW,
            )
            for _ in range(2)
        ]

        availability.revoke_exception(first, by=SYSTEM, now=NOW)
        assert listed(place) == [
            (Trouble.MAINTENANCE_OVERLAP, each.id) for each in told
        ]
        smaller = replace(evening, tokens_per_slot=1)
        availability.add_exception(smaller, by=SYSTEM, now=NOW)

        assert listed(place) == [(Trouble.CAPACITY_EXCEEDED, told[1].id)]
        assert swept() == 0

    def test_into_shorter_slots_with_fewer_places(self, place, rao, visit):
        told = [token(place, rao, visit) for _ in range(3)]

        shorter = make.opd(minutes=15, tokens=1), make.open_time(time(14))
        make.hours(place, rao, *shorter, valid_from=TUESDAY)

        assert listed(place) == [(Trouble.CAPACITY_EXCEEDED, told[2].id)]
        assert swept() == 0

    def test_and_the_last_fits_when_another_leaves(self, place, rao, visit):
        told = [token(place, rao, visit) for _ in range(3)]
        fewer = make.opd(tokens=2), make.open_time(time(14))
        make.hours(place, rao, *fewer, valid_from=TUESDAY)

        service.cancel(told[0].id, "Well again", by=SYSTEM, now=NOW)

        assert listed(place) == []
        assert swept() == 0

    def test_but_one_who_leaves_does_not_hide_that_another_is_too_many(
        self, place, rao, visit
    ):
        told = [token(place, rao, visit) for _ in range(3)]
        fewer = make.opd(tokens=1), make.open_time(time(14))
        make.hours(place, rao, *fewer, valid_from=TUESDAY)

        service.cancel(told[0].id, "Well again", by=SYSTEM, now=NOW)

        assert listed(place) == [(Trouble.CAPACITY_EXCEEDED, told[2].id)]
        assert swept() == 0

    def test_and_raised_again(self, place, rao, visit):
        wednesday = TUESDAY + DAY
        [token(place, rao, visit, wednesday) for _ in range(3)]
        fewer = make.opd(tokens=1), make.open_time(time(14))
        make.hours(place, rao, *fewer, valid_from=TUESDAY)
        assert len(listed(place)) == 2
        version = hours_queries.schedule(place, rao, by=SYSTEM)[-1]
        session = next(
            each
            for each in version.sessions
            if each.weekday == 2 and each.session.kind is Offered.TOKENS
        )

        change = make.opd(tokens=3, weekdays=(2,))
        availability.edit_session(session.id, change, wednesday, by=SYSTEM, now=NOW)

        assert listed(place) == []
        assert closed(place) == [(Outcome.CANCELLED, "other hours")] * 2
        assert swept() == 0


class TestHoursRemoved:
    def test_by_a_new_schedule(self, place, rao, visit):
        first, second = token(place, rao, visit), timed(place, rao, visit)
        stays = timed(place, rao, visit, hour=16)

        make.hours(
            place, rao, make.open_time(time(15, 15), time(17)), valid_from=TUESDAY
        )

        assert listed(place) == [
            (Trouble.MAINTENANCE_OVERLAP, first.id),
            (Trouble.MAINTENANCE_OVERLAP, second.id),
        ]
        assert stays.id not in {number for _, number in listed(place)}
        assert swept() == 0

    def test_of_the_facility_under_a_room_that_follows_them(self, place, visit, room):
        told = in_room(place, visit, room, local(15, day=TUESDAY))

        make.hours(place, None, make.open_time(end=time(12)), valid_from=TUESDAY)

        assert listed(place) == [(Trouble.MAINTENANCE_OVERLAP, told.id)]
        assert swept() == 0

    def test_is_no_trouble_where_the_time_is_offered_otherwise(self, place, rao, visit):
        timed(place, rao, visit)

        make.hours(place, rao, make.opd(time(9), time(17)), valid_from=TUESDAY)

        assert listed(place) == []
        assert swept() == 0


class TestGivenBack:
    def test_leave_that_is_revoked(self, place, rao, visit):
        token(place, rao, visit)
        leave = make.away(place, rao, local(9, day=TUESDAY), 120)

        availability.revoke_exception(leave, by=SYSTEM, now=NOW)

        assert listed(place) == []
        assert closed(place) == [(Outcome.CANCELLED, "it was revoked")]
        assert swept() == 0

    def test_maintenance_that_is_revoked(self, place, visit, room):
        in_room(place, visit, room, local(15))
        order = NewMaintenance(
            place.public_id, room.public_id, make.span(local(14), 120)
        )
        repair = availability.add_maintenance(order, by=SYSTEM, now=NOW)

        availability.revoke_maintenance(repair, by=SYSTEM, now=NOW)

        assert listed(place) == []
        assert closed(place) == [(Outcome.CANCELLED, "it was revoked")]
        assert swept() == 0

    def test_a_holiday_that_is_revoked(self, place, rao, visit):
        timed(place, rao, visit)
        holiday = make.away(place, None, local(9, day=TUESDAY), 600)

        availability.revoke_exception(holiday, by=SYSTEM, now=NOW)

        assert listed(place) == []
        assert swept() == 0

    def test_hides_nothing_that_lies_in_other_leave_too(self, place, rao, visit):
        told = token(place, rao, visit)
        whole = make.away(place, rao, local(9, day=TUESDAY), 120)
        part = make.away(place, rao, local(10, 15, day=TUESDAY), 60)

        availability.revoke_exception(whole, by=SYSTEM, now=NOW)

        assert listed(place) == [(Trouble.MAINTENANCE_OVERLAP, told.id)]
        assert swept() == 0
        availability.revoke_exception(part, by=SYSTEM, now=NOW)
        assert listed(place) == []

    def test_a_resource_that_is_in_use_again(self, place, visit, room):
        in_room(place, visit, room, local(15))
        change = {"by": SYSTEM, "now": NOW}
        directory.change_resource(room.public_id, active=False, **change)
        assert len(listed(place)) == 1

        directory.change_resource(room.public_id, active=True, **change)

        assert listed(place) == []
        assert closed(place) == [(Outcome.CANCELLED, "it is in use again")]
        assert swept() == 0

    def test_a_resource_in_use_again_that_is_in_repair_still(self, place, visit, room):
        told = in_room(place, visit, room, local(15))
        change = {"by": SYSTEM, "now": NOW}
        directory.change_resource(room.public_id, active=False, **change)
        order = NewMaintenance(
            place.public_id, room.public_id, make.span(local(15, 10), 60)
        )
        availability.add_maintenance(order, by=SYSTEM, now=NOW)

        directory.change_resource(room.public_id, active=True, **change)

        assert listed(place) == [(Trouble.MAINTENANCE_OVERLAP, told.id)]
        assert swept() == 0

    def test_a_capacity_that_is_raised_again(self, place, visit, room):
        change = {"by": SYSTEM, "now": NOW}
        directory.change_resource(room.public_id, capacity=3, **change)
        told = [in_room(place, visit, room, local(15)) for _ in range(3)]
        directory.change_resource(room.public_id, capacity=1, **change)
        assert len(listed(place)) == 2

        directory.change_resource(room.public_id, capacity=2, **change)

        assert listed(place) == [(Trouble.CAPACITY_EXCEEDED, told[2].id)]
        assert closed(place) == [(Outcome.CANCELLED, "it holds more again")]
        assert swept() == 0

    def test_what_was_approved_stands_and_is_listed_once(self, place, rao, visit):
        token(place, rao, visit)
        leave = make.away(place, rao, local(9, day=TUESDAY), 120)
        row = db.session.scalars(select(ResourceConflict.public_id)).one()
        service.approve_conflict(row, "They will do", by=SYSTEM, now=NOW)

        make.away(place, rao, local(16, day=TUESDAY), 60)
        availability.revoke_exception(leave, by=SYSTEM, now=NOW)

        assert listed(place) == []
        assert [status for status, _ in closed(place)] == [Outcome.OVERRIDE_APPROVED]
        assert swept() == 0


def test_a_no_show_that_is_taken_back_stands_on_the_list_again(place, visit, room):
    told = in_room(place, visit, room, local(9))
    late = local(9, 10)
    service.no_show(told.id, by=SYSTEM, now=late)
    order = NewMaintenance(place.public_id, room.public_id, make.span(local(9), 60))
    availability.add_maintenance(order, by=SYSTEM, now=late)
    assert listed(place) == []

    again = service.undo(told.id, by=SYSTEM, now=late)

    assert again.status is Status.SCHEDULED
    assert listed(place) == [(Trouble.MAINTENANCE_OVERLAP, told.id)]
    assert conflicts.sweep(now=late) == 0
