"""Every kind of conflict is found, and every way out of one ends it."""

import pytest
from msgspec.structs import replace
from sqlalchemy import delete, select

from app.availability import service as availability
from app.availability.views import NewMaintenance
from app.booking import conflicts, resource_queries, service
from app.booking.errors import SlotTakenError, StatusError
from app.booking.kinds import Outcome, Trouble
from app.booking.models import BookingResource, ResourceConflict
from app.booking.states import Status
from app.booking.views import Arrangement, NewPlace, Override, Want
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import InputError
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.jobs.schedule import PERIODIC
from tests import factories as make
from tests.factories import NOW, local

TWINS = Override("twins")


@pytest.fixture
def place(session):
    found = make.facility()
    make.hours(found)
    return found


@pytest.fixture
def visit(session):
    return make.kind()


@pytest.fixture
def rooms(place):
    return [make.resource(place, ResourceKind.ROOM, name=f"Room {n}") for n in (1, 2)]


def book(place, visit, room, at, **fields):
    """Book a fresh doctor with a room, so that only the room can be in the way."""
    doctor = make.resource(place)
    make.hours(place, doctor)
    order = make.timed_order(place, doctor, visit, make.patient(), at)
    order = replace(order, resources=(*order.resources, Want(room.public_id)), **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


def repair(place, what, at=None, minutes=30):
    order = NewMaintenance(
        place.public_id, what.public_id, make.span(at or local(14), minutes)
    )
    availability.add_maintenance(order, by=SYSTEM, now=NOW)


def listed(place, status=None):
    return resource_queries.conflicts(place.public_id, by=SYSTEM, status=status)


def swept():
    return conflicts.sweep(now=NOW)


def flags():
    found = select(BookingResource.overridden).where(BookingResource.active)
    return sorted(db.session.scalars(found))


class TestDoubleBooking:
    def test_is_written_down_with_who_and_why(self, place, visit, rooms):
        first = book(place, visit, rooms[0], local(14))
        second = book(place, visit, rooms[0], local(14, 15), double_book=TWINS)

        [told] = listed(place)

        assert (told.type, told.status) == (
            Trouble.DOUBLE_BOOKING,
            Outcome.OVERRIDE_APPROVED,
        )
        assert (told.first.id, told.second.id) == (second.id, first.id)
        assert told.span == make.span(local(14, 15), 15)
        assert (told.resolved_by, told.resolution) == ("Baari", "twins")
        assert swept() == 0

    def test_counts_as_taken_for_everybody_else(self, place, visit, rooms):
        book(place, visit, rooms[0], local(14))
        book(place, visit, rooms[0], local(14, 15), double_book=TWINS)

        with pytest.raises(SlotTakenError):
            book(place, visit, rooms[0], local(14, 30))

    @pytest.mark.parametrize("leaves", ["cancelled", "moved", "swapped"])
    def test_is_a_plain_booking_again_when_the_last_rival_leaves(
        self, place, visit, rooms, leaves
    ):
        first = book(place, visit, rooms[0], local(14))
        second = book(place, visit, rooms[0], local(14, 15), double_book=TWINS)
        assert flags() == [False, False, False, True]

        if leaves == "cancelled":
            service.cancel(first.id, "ill", by=SYSTEM, now=NOW)
        elif leaves == "moved":
            service.move(first.id, NewPlace(local(10)), by=SYSTEM, now=NOW)
        else:
            to = Arrangement(rooms=(rooms[1].public_id,))
            service.assign(first.id, to, by=SYSTEM, now=NOW)

        assert not any(flags())
        assert service.cancel(second.id, "x", by=SYSTEM, now=NOW)

    def test_of_a_place_for_two_the_third_is_marked_until_one_leaves(
        self, place, visit, rooms
    ):
        directory.change_resource(rooms[0].public_id, by=SYSTEM, now=NOW, capacity=2)
        told = [
            book(place, visit, rooms[0], local(14), double_book=TWINS) for _ in range(3)
        ]

        assert flags().count(True) == 1
        service.cancel(told[0].id, "ill", by=SYSTEM, now=NOW)
        assert flags().count(True) == 0

    def test_that_nobody_wrote_down_is_found_at_night_with_each_rival(
        self, place, visit, rooms
    ):
        told = [
            book(place, visit, rooms[0], local(14, late), double_book=TWINS)
            for late in (0, 5, 10)
        ]
        db.session.execute(delete(ResourceConflict))

        assert [swept(), swept()] == [3, 0]

        found = listed(place, Outcome.UNRESOLVED)
        assert {each.type for each in found} == {Trouble.DOUBLE_BOOKING}
        assert {(each.first.id, each.second.id, each.span.start) for each in found} == {
            (told[1].id, told[0].id, local(14, 5)),
            (told[2].id, told[0].id, local(14, 10)),
            (told[2].id, told[1].id, local(14, 10)),
        }

    def test_reopened_after_the_rival_has_left_is_over(self, place, visit, rooms):
        first = book(place, visit, rooms[0], local(14))
        book(place, visit, rooms[0], local(14), double_book=TWINS)
        [told] = listed(place)
        service.cancel(first.id, "ill", by=SYSTEM, now=NOW)

        again = service.reopen_conflict(told.id, by=SYSTEM, now=NOW)

        assert again.status is Outcome.CANCELLED
        assert again.resolution == "nothing is wrong any more"

    def test_reopened_stands_while_both_are_there(self, place, visit, rooms):
        reopened(place, visit, rooms)

        assert swept() == 0
        [told] = listed(place, Outcome.UNRESOLVED)
        assert told.type is Trouble.DOUBLE_BOOKING


class TestMaintenance:
    def test_over_bookings_puts_each_on_the_list(self, place, visit, rooms):
        told = book(place, visit, rooms[0], local(14))
        book(place, visit, rooms[0], local(15))

        repair(place, rooms[0], local(14, 20))

        [found] = listed(place, Outcome.UNRESOLVED)
        assert found.type is Trouble.MAINTENANCE_OVERLAP
        assert (found.first.id, found.second) == (told.id, None)
        assert found.span == make.span(local(14, 20), 10)
        assert swept() == 0

    def test_and_leave_finds_tokens_through_their_slot(self, place, visit):
        doctor = make.resource(place, token_prefix="A")
        make.hours(place, doctor, make.opd(tokens=3))
        told = {
            service.book_token(
                make.token_order(place, doctor, visit, make.patient(), local(10)),
                by=SYSTEM,
                now=NOW,
            ).id
            for _ in range(2)
        }

        make.away(place, doctor, local(9), 120)

        assert {each.first.id for each in listed(place)} == told
        assert swept() == 0

    def test_leave_of_the_whole_facility_finds_everybody(self, place, visit, rooms):
        book(place, visit, rooms[0], local(14))

        make.away(place, None, local(9), 600)

        kinds = {each.resource.kind for each in listed(place, Outcome.UNRESOLVED)}
        assert kinds == {ResourceKind.PRACTITIONER, ResourceKind.ROOM}
        assert swept() == 0


class TestCapacity:
    def test_lowered_under_bookings_names_what_does_not_fit(self, place, visit, rooms):
        directory.change_resource(rooms[0].public_id, by=SYSTEM, now=NOW, capacity=2)
        first = book(place, visit, rooms[0], local(14))
        second = book(place, visit, rooms[0], local(14))
        book(place, visit, rooms[0], local(15))

        directory.change_resource(rooms[0].public_id, by=SYSTEM, now=NOW, capacity=1)

        [found] = listed(place, Outcome.UNRESOLVED)
        assert found.type is Trouble.CAPACITY_EXCEEDED
        assert (found.first.id, found.second.id) == (second.id, first.id)
        assert swept() == 0

    def test_taken_out_of_use_puts_every_booking_on_the_list(self, place, visit, rooms):
        book(place, visit, rooms[0], local(14))

        directory.change_resource(rooms[0].public_id, by=SYSTEM, now=NOW, active=False)

        [found] = listed(place, Outcome.UNRESOLVED)
        assert found.type is Trouble.MAINTENANCE_OVERLAP
        assert swept() == 0


def in_repair(place, visit, rooms):
    told = book(place, visit, rooms[0], local(14))
    repair(place, rooms[0])
    return told


def too_many(place, visit, rooms):
    directory.change_resource(rooms[0].public_id, by=SYSTEM, now=NOW, capacity=2)
    book(place, visit, rooms[0], local(14))
    told = book(place, visit, rooms[0], local(14))
    directory.change_resource(rooms[0].public_id, by=SYSTEM, now=NOW, capacity=1)
    return told


def reopened(place, visit, rooms):
    """Book twice with leave, and take the leave back."""
    book(place, visit, rooms[0], local(14))
    told = book(place, visit, rooms[0], local(14), double_book=TWINS)
    [found] = listed(place)
    service.reopen_conflict(found.id, by=SYSTEM, now=NOW)
    return told


def unwritten(place, visit, rooms):
    """Book twice with leave, and lose what was written of it until the night."""
    book(place, visit, rooms[0], local(14))
    told = book(place, visit, rooms[0], local(14), double_book=TWINS)
    db.session.execute(delete(ResourceConflict))
    assert swept() == 1
    return told


@pytest.mark.parametrize("trouble", [in_repair, too_many, reopened, unwritten])
class TestResolving:
    def test_by_another_resource(self, place, visit, rooms, trouble):
        told = trouble(place, visit, rooms)
        [found] = listed(place, Outcome.UNRESOLVED)

        solved = service.reassign_conflict(
            found.id, rooms[1].public_id, by=SYSTEM, now=NOW
        )

        assert solved.status is Outcome.REASSIGNED
        assert (solved.resolved_at, solved.resolved_by) == (NOW, SYSTEM.key)
        again = resource_queries.assigned(told.id, by=SYSTEM)
        assert again.resources[1].resource.name == "Room 2"
        assert swept() == 0

    def test_by_approval(self, place, visit, rooms, trouble):
        trouble(place, visit, rooms)
        [found] = listed(place, Outcome.UNRESOLVED)

        with pytest.raises(InputError):
            service.approve_conflict(found.id, " ", by=SYSTEM, now=NOW)
        solved = service.approve_conflict(found.id, "it will do", by=SYSTEM, now=NOW)

        assert (solved.status, solved.resolution) == (
            Outcome.OVERRIDE_APPROVED,
            "it will do",
        )
        assert swept() == 0
        with pytest.raises(StatusError):
            service.approve_conflict(found.id, "twice", by=SYSTEM, now=NOW)

    def test_by_cancelling(self, place, visit, rooms, trouble):
        told = trouble(place, visit, rooms)
        [found] = listed(place, Outcome.UNRESOLVED)

        solved = service.cancel_conflict(found.id, "no room", by=SYSTEM, now=NOW)

        assert (solved.status, solved.resolution) == (Outcome.CANCELLED, "no room")
        again = resource_queries.assigned(told.id, by=SYSTEM)
        assert again.status is Status.CANCELLED
        assert swept() == 0

    def test_by_itself_when_the_appointment_moves_away(
        self, place, visit, rooms, trouble
    ):
        told = trouble(place, visit, rooms)

        service.move(told.id, NewPlace(local(16)), by=SYSTEM, now=NOW)

        assert listed(place, Outcome.UNRESOLVED) == []
        assert swept() == 0


def test_the_sweep_finds_what_nobody_wrote_down(place, visit, rooms):
    book(place, visit, rooms[0], local(14))
    repair(place, rooms[0])
    db.session.execute(delete(ResourceConflict))

    assert [swept(), swept()] == [1, 0]
    assert [each.type for each in listed(place)] == [Trouble.MAINTENANCE_OVERLAP]


@pytest.mark.time_machine(NOW, tick=False)
def test_the_job_of_the_night_sweeps(place, visit, rooms):
    book(place, visit, rooms[0], local(14))
    repair(place, rooms[0])
    db.session.execute(delete(ResourceConflict))

    PERIODIC["conflicts"].act()

    assert [each.type for each in listed(place)] == [Trouble.MAINTENANCE_OVERLAP]
