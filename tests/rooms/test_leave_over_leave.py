"""Leave over leave: whoever lies in both is to be settled until both are over."""

import pytest

from app.booking import leave_queries, ordering, service, working
from app.booking.kinds import Fate, Rebook
from app.booking.models import Rebooking
from app.booking.states import Status
from app.booking.views import Absence
from app.core.actor import SYSTEM
from app.core.db import db
from tests import factories as make
from tests.factories import NOW, local


@pytest.fixture
def clinic(session):
    place, why = make.facility(), make.kind()
    rao = make.resource(place)
    make.hours(place, rao)
    return place, rao, why


def book(clinic, hour):
    place, rao, why = clinic
    order = make.timed_order(place, rao, why, make.patient(), local(hour))
    return service.book_timed(order, by=SYSTEM, now=NOW)


def absent(clinic, start, end):
    place, rao, _ = clinic
    order = Absence(place.public_id, rao.public_id, local(end), local(start))
    return service.mark_absent(order, by=SYSTEM, now=NOW)


def undo(told):
    service.undo_cascade(told.id, by=SYSTEM, now=NOW)
    for each in ordering.due():
        working.step(each, now=NOW)


def fates(told):
    found = leave_queries.cascade(told.id, by=SYSTEM, now=NOW).items
    return {each.appointment.id: each.fate for each in found}


def held(told):
    found = leave_queries.cascade(told.id, by=SYSTEM, now=NOW).items
    return [each.held for item in found for each in item.proposals]


def test_who_lies_in_two_leaves_is_handed_over_when_the_first_is_taken_back(clinic):
    both, first_alone = book(clinic, 11), book(clinic, 9)
    first, second = absent(clinic, 9, 12), absent(clinic, 10, 13)
    assert fates(second) == {}

    undo(first)

    assert fates(second) == {both.id: Fate.WAITING}
    assert held(second) == [True] * 2
    undo(second)
    assert held(second) == []
    assert first_alone.status is Status.SCHEDULED


def test_who_was_settled_by_the_first_is_not_the_seconds_to_settle(clinic):
    booked = book(clinic, 11)
    first, second = absent(clinic, 9, 12), absent(clinic, 10, 13)
    service.leave_to_list(first.id, [booked.id], by=SYSTEM, now=NOW)

    undo(first)

    assert fates(first) == {booked.id: Fate.LISTED}
    assert fates(second) == {}


def test_whoever_is_listed_twice_returns_twice(clinic):
    booked = book(clinic, 11)

    for _ in range(2):
        told = absent(clinic, 10, 12)
        service.leave_to_list(told.id, [booked.id], by=SYSTEM, now=NOW)
        undo(told)
        assert fates(told) == {booked.id: Fate.RETURNED}

    entries = db.session.query(Rebooking).all()
    assert [each.status for each in entries] == [Rebook.BOOKED] * 2
