"""A quiet period in listings: what lies just outside of the window counts too."""

from datetime import time, timedelta

import pytest

from app.booking import queries, service
from app.booking.setting import NewRule
from app.core.actor import SYSTEM
from tests import factories as make
from tests.factories import MONDAY, NOW, local

DAY = timedelta(days=1)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def nurse(place):
    nurse = make.resource(place)
    make.hours(
        place,
        nurse,
        make.opd(time(0), time(2), 30, 2),
        make.open_time(time(9), time(17)),
        make.open_time(time(20), time(0)),
    )
    return nurse


def book(place, who, visit, at):
    order = make.timed_order(place, who, visit, make.patient(), at)
    service.book_timed(order, by=SYSTEM, now=NOW)


def test_a_case_that_has_just_ended_keeps_the_next_one_away(place, nurse):
    visit = make.kind()
    book(place, nurse, visit, local(10))
    service.add_rule(NewRule("quiet_period", {"minutes": 20}), by=SYSTEM, now=NOW)

    (found,) = queries.openings(
        place,
        nurse,
        visit.public_id,
        local(10, 30),
        by=SYSTEM,
        now=local(10, 30),
        most=1,
    )

    assert found.span.start == local(10, 50)


def test_a_case_before_midnight_keeps_the_first_slot_of_the_day_away(place, nurse):
    book(place, nurse, make.kind(), local(23, 30))
    service.add_rule(NewRule("quiet_period", {"minutes": 20}), by=SYSTEM, now=NOW)

    told = queries.slots(
        place.public_id, nurse.public_id, MONDAY + DAY, by=SYSTEM, now=NOW
    )

    refused = [slot.refused is not None for slot in told.slots]
    assert refused == [True, False, False, False]
