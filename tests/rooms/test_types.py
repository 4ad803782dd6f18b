"""Types of appointment: changed, longer with one doctor, and what they are given."""

from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.booking import queries, service
from app.booking.errors import NoneFreeError, SlotTakenError
from app.booking.views import Holding, NewPlace
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError, NotFoundError
from app.directory import queries as house
from app.directory import service as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.service import CodeTakenError, TypeChange
from tests import factories as make
from tests.factories import NOW, local


@pytest.fixture
def place(session):
    found = make.facility()
    make.hours(found)
    return found


@pytest.fixture
def rao(place):
    found = make.resource(place)
    make.hours(place, found)
    return found


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


def changed(kind, **fields):
    wanted = TypeChange(kind.code, kind.name, kind.category, kind.minutes)
    order = replace(wanted, **fields)
    return directory.change_type(kind.public_id, order, by=SYSTEM, now=NOW)


def book(place, rao, visit, start, **fields):
    order = make.timed_order(place, rao, visit, make.patient(), start, **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


class TestChange:
    def test_all_of_it_at_once(self, place, visit):
        told = changed(
            visit,
            name="Long visit",
            category=Category.PROCEDURE,
            minutes=45,
            price=Decimal("12.50"),
            buffer_before=5,
            buffer_after=10,
            requires_chair=True,
            requires_room=True,
            room_capability="imaging",
            equipment=("xray",),
            needs_approval=True,
            reminder_hours=48,
        )

        assert told in house.types(by=SYSTEM)
        assert (told.minutes, told.price, told.room_capability) == (
            45,
            Decimal("12.50"),
            "imaging",
        )

    def test_is_in_the_trail_with_what_was(self, visit, session):
        changed(visit, minutes=45, price=Decimal("12.50"))

        found = select(AuditEvent).where(
            AuditEvent.action == "appointment_type.changed"
        )
        (line,) = session.scalars(found)
        assert (line.before, line.after) == (
            {"minutes": 30, "price": None},
            {"minutes": 45, "price": "12.50"},
        )

    def test_new_buffers_hold_for_new_bookings_and_old_ones_stay(
        self, place, rao, visit
    ):
        first = book(place, rao, visit, local(10))
        book(place, rao, visit, local(10, 30))
        wide = changed(visit, buffer_before=10)

        with pytest.raises(SlotTakenError):
            book(place, rao, wide, local(11))

        assert book(place, rao, wide, local(11, 10))
        assert queries.appointment(first.id, by=SYSTEM).span == first.span

    def test_out_of_use_it_is_not_booked_and_what_is_booked_goes_on(
        self, place, rao, visit
    ):
        told = book(place, rao, visit, local(10))
        changed(visit, active=False)

        with pytest.raises(InputError) as refused:
            book(place, rao, visit, local(11))
        order = make.timed_order(place, rao, visit, make.patient(), local(11))
        with pytest.raises(InputError):
            service.hold_timed(order, Holding("k"), by=SYSTEM, now=NOW)

        assert refused.value.params["reason"] == "inactive_type"
        assert visit.code not in [each.code for each in house.types(by=SYSTEM)]
        moved = service.move(told.id, NewPlace(local(12)), by=SYSTEM, now=NOW)
        assert moved.span.start == local(12)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"minutes": 4},
            {"reminder_hours": 337},
            {"reminder_hours": -1},
            {"buffer_after": 241},
            {"price": Decimal(-1)},
            {"name": ""},
            {"room_capability": "imaging"},
            {"equipment": ("",)},
            {"equipment": ("x",) * 11},
            {"code": "Not A Code"},
        ],
    )
    def test_what_cannot_be_right_is_refused(self, visit, wrong):
        with pytest.raises(InputError):
            changed(visit, **wrong)

    def test_a_code_in_use_and_a_type_that_is_not_there(self, visit):
        other = make.kind()
        with pytest.raises(CodeTakenError):
            changed(visit, code=other.code)
        with pytest.raises(NotFoundError):
            changed(replace(visit, public_id=make.facility().public_id))


class TestDurations:
    def test_a_doctor_has_their_own(self, place, rao, visit):
        other = make.resource(place)
        make.hours(place, other)
        directory.set_duration(visit.public_id, rao.public_id, 50, by=SYSTEM, now=NOW)

        assert book(place, rao, visit, local(10)).span.minutes == 50
        assert book(place, other, visit, local(10)).span.minutes == 30
        assert house.durations(visit.public_id, by=SYSTEM) == {rao.public_id: 50}

    def test_is_changed_and_taken_back(self, place, rao, visit, session):
        for minutes in (50, 20, None, None):
            directory.set_duration(
                visit.public_id, rao.public_id, minutes, by=SYSTEM, now=NOW
            )

        assert house.durations(visit.public_id, by=SYSTEM) == {}
        assert book(place, rao, visit, local(10)).span.minutes == 30
        found = select(AuditEvent).where(
            AuditEvent.action == "appointment_type.duration_set"
        )
        told = [
            (line.before["minutes"], line.after["minutes"])
            for line in session.scalars(found.order_by(AuditEvent.id))
        ]
        assert told == [(None, 50), (50, 20), (20, None), (None, None)]

    def test_that_cannot_be_right_is_refused(self, rao, visit):
        with pytest.raises(InputError):
            directory.set_duration(
                visit.public_id, rao.public_id, 2, by=SYSTEM, now=NOW
            )

    def test_only_who_manages_the_directory_there(self, place, rao, visit):
        with pytest.raises(ForbiddenError):
            directory.set_duration(
                visit.public_id,
                rao.public_id,
                20,
                by=make.user(place=place).actor,
                now=NOW,
            )


class TestRooms:
    """A room is given for what it is there for."""

    def test_an_imaging_type_never_gets_a_consulting_room(self, place, rao):
        imaging = make.kind(requires_room=True, room_capability="imaging")
        for name in ({}, {"capabilities": ("consulting",)}):
            make.resource(place, ResourceKind.ROOM, **name)

        with pytest.raises(NoneFreeError) as told:
            book(place, rao, imaging, local(10))
        scanner = make.resource(
            place, ResourceKind.ROOM, name="Z", capabilities=("imaging",)
        )

        assert told.value.params["need"] == "room:imaging"
        claimed = book(place, rao, imaging, local(10)).resources[1]
        assert claimed.resource == scanner

    def test_a_talk_never_gets_a_room_for_something_else(self, place, rao):
        talk = make.kind(requires_room=True)
        make.resource(place, ResourceKind.ROOM, name="A", capabilities=("imaging",))

        with pytest.raises(NoneFreeError):
            book(place, rao, talk, local(10))
        both = make.resource(
            place, ResourceKind.ROOM, name="B", capabilities=("ecg", "consulting")
        )

        assert book(place, rao, talk, local(10)).resources[1].resource == both

    def test_openings_of_a_type_wait_for_its_room(self, place, rao):
        talk = make.kind(minutes=30, requires_room=True)
        room = make.resource(place, ResourceKind.ROOM)
        make.away(place, room, local(9), 90)

        found = queries.openings(
            place, rao, talk.public_id, local(9), by=SYSTEM, now=NOW
        )

        assert found[0].span == make.span(local(10, 30), 30)
        assert book(place, rao, talk, found[0].span.start)
