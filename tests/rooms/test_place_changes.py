"""Places change, and whoever stands on them is asked first."""

from datetime import timedelta

import pytest

from app.booking import service as booking
from app.booking.errors import SlotTakenError
from app.booking.views import NewWaiting
from app.core.errors import InputError, NotFoundError
from app.directory import internal as directory_rows
from app.directory import service as directory
from app.directory.service import InUseError, Standing
from tests import factories as make
from tests.factories import MONDAY, NOW, SYSTEM, local

ASKED = {"by": SYSTEM, "now": NOW}


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def ward(place):
    return directory.add_department(place, "Medicine", **ASKED)


def closed(place, ward):
    return directory.change_department(place, ward.public_id, active=False, **ASKED)


class TestDepartment:
    def test_stays_while_something_in_it_is_booked(self, place, ward):
        rao = make.resource(place, department_id=ward.id, name="Dr Rao")

        with pytest.raises(InUseError) as refused:
            closed(place, ward)

        assert refused.value.params["names"] == ["Dr Rao"]
        directory.change_resource(rao.public_id, active=False, **ASKED)
        assert not closed(place, ward).active

    def test_stays_while_somebody_waits_for_it(self, place, ward):
        order = NewWaiting(
            facility_id=place.public_id,
            patient_id=make.patient().public_id,
            type_id=make.kind().public_id,
            department_id=ward.public_id,
            first_day=MONDAY,
            last_day=MONDAY + timedelta(days=7),
        )
        booking.join_waitlist(order, **ASKED)

        with pytest.raises(InUseError) as refused:
            closed(place, ward)

        assert refused.value.params == {"of": "waitlist", "count": 1}

    def test_takes_nothing_new_while_out_of_use(self, place, ward):
        chair = make.resource(place)
        closed(place, ward)

        for act in (
            lambda: make.resource(place, department_id=ward.id),
            lambda: directory.change_resource(
                chair.public_id, at=Standing(place, ward.id, "Hall"), **ASKED
            ),
            lambda: directory_rows.open_department(ward.public_id),
        ):
            with pytest.raises(InputError):
                act()
        directory.change_department(place, ward.public_id, active=True, **ASKED)
        assert make.resource(place, department_id=ward.id).department == "Medicine"

    def test_lets_nothing_back_into_use_before_itself(self, place, ward):
        rao = make.resource(place, department_id=ward.id)
        directory.change_resource(rao.public_id, active=False, **ASKED)
        closed(place, ward)

        with pytest.raises(InputError):
            directory.change_resource(rao.public_id, active=True, **ASKED)


def test_the_clock_changes_only_while_nobody_is_booked(place):
    rao, visit = make.resource(place), make.kind()
    make.hours(place, rao)
    order = make.timed_order(place, rao, visit, make.patient(), local(14))
    told = booking.book_timed(order, **ASKED)
    call = {"name": "Kochi", "address": "", "phone": "", "zone": "Asia/Dubai"}

    with pytest.raises(InUseError):
        directory.change_facility(place, **call, **ASKED)

    booking.cancel(told.id, "moved away", **ASKED)
    assert directory.change_facility(place, **call, **ASKED).zone.key == "Asia/Dubai"


def test_buffers_hold_for_what_is_booked_from_then_on(place):
    rao, visit = make.resource(place), make.kind()
    make.hours(place, rao)
    first, second = (
        make.timed_order(place, rao, visit, make.patient(), local(at, minute))
        for at, minute in ((10, 0), (10, 30))
    )
    booking.book_timed(first, **ASKED)
    changed = directory.change_resource(rao.public_id, buffer_before=10, **ASKED)

    assert changed.buffer_before == timedelta(minutes=10)
    with pytest.raises(SlotTakenError):
        booking.book_timed(second, **ASKED)


def test_a_chair_moves_to_another_department_of_its_own_facility_only(place, ward):
    chair = make.resource(place)
    elsewhere = directory.add_department(make.facility(), "ENT", **ASKED)

    moved = directory.change_resource(
        chair.public_id, at=Standing(place, ward.id, "Hall 2"), **ASKED
    )

    assert (moved.department, moved.place) == ("Medicine", "Hall 2")
    with pytest.raises(NotFoundError):
        directory.change_resource(
            chair.public_id, at=Standing(place, elsewhere.id, "Hall"), **ASKED
        )
