"""Booking somebody of the waitlist: their wish ends with the booking, and only then."""

from datetime import time

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.audit.models import AuditEvent
from app.booking import service, waitlist
from app.booking.errors import SlotTakenError, WishFulfilledError
from app.booking.kinds import Waiting
from app.booking.models import WaitlistEntry
from app.booking.states import Status
from app.booking.views import NewWaiting, Repeat
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError, NotFoundError
from app.directory import service as directory
from tests import factories as make
from tests.factories import MONDAY, NOW, local


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    medicine = directory.add_department(place, "Medicine", by=SYSTEM, now=NOW)
    rao = make.resource(place, department_id=medicine.id)
    make.hours(place, rao, make.open_time(time(14), time(15)))
    return rao


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


@pytest.fixture
def asha(session):
    return make.patient("Asha")


@pytest.fixture
def entry(place, rao, visit, asha):
    order = NewWaiting(
        place.public_id, asha.public_id, visit.public_id, MONDAY, MONDAY, rao.public_id
    )
    return service.join_waitlist(order, by=SYSTEM, now=NOW)


def state(entry):
    found = select(WaitlistEntry.status).where(WaitlistEntry.public_id == entry.id)
    return db.session.scalar(found)


def book(entry, place, of, why, who, start=None, **fields):
    start = start or local(14)
    order = make.timed_order(place, of, why, who, start, entry_id=entry.id, **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


def test_ends_the_wish_and_says_so_in_the_trail(place, rao, visit, asha, entry):
    book(entry, place, rao, visit, asha)

    said = select(AuditEvent.action).where(AuditEvent.object_id == str(entry.id))
    assert state(entry) is Waiting.BOOKED
    assert waitlist.entries(place, by=SYSTEM) == []
    assert db.session.scalars(said.order_by(AuditEvent.id)).all() == [
        "waitlist.joined",
        "waitlist.booked",
    ]


def test_of_a_token_with_another_doctor_and_type_ends_it_too(place, asha, entry):
    other, kind = make.resource(place), make.kind()
    make.hours(place, other, make.opd())
    order = make.token_order(place, other, kind, asha, local(10), entry_id=entry.id)

    service.book_token(order, by=SYSTEM, now=NOW)

    assert state(entry) is Waiting.BOOKED


def test_of_a_series_ends_it(place, rao, visit, asha, entry):
    order = make.timed_order(place, rao, visit, asha, local(14), entry_id=entry.id)

    service.book_series(order, Repeat(occurrences=2), by=SYSTEM, now=NOW)

    assert state(entry) is Waiting.BOOKED


def test_that_is_refused_leaves_the_wish_and_what_is_held(
    place, rao, visit, asha, entry
):
    first = make.timed_order(place, rao, visit, make.patient(), local(14))
    service.book_timed(first, by=SYSTEM, now=NOW)
    service.offer_freed(by=SYSTEM, now=NOW)

    with pytest.raises(SlotTakenError):
        book(entry, place, rao, visit, asha)

    (told,) = waitlist.entries(place, by=SYSTEM)
    assert told.offer.appointment.span.start == local(14, 30)


def test_takes_the_very_place_that_is_held_for_them(place, rao, visit, asha, entry):
    service.offer_freed(by=SYSTEM, now=NOW)

    told = book(entry, place, rao, visit, asha)

    assert (told.status, told.span.start) == (Status.SCHEDULED, local(14))
    assert state(entry) is Waiting.BOOKED


def test_frees_what_is_held_for_them_elsewhere(place, rao, visit, asha, entry):
    service.offer_freed(by=SYSTEM, now=NOW)
    other = make.resource(place)
    make.hours(place, other, make.open_time())

    book(entry, place, other, visit, asha)

    someone = make.timed_order(place, rao, visit, make.patient(), local(14))
    assert service.book_timed(someone, by=SYSTEM, now=NOW)


def test_for_somebody_else_ends_no_wish(place, rao, visit, entry):
    book(entry, place, rao, visit, make.patient("Ravi"))

    assert state(entry) is Waiting.WAITING


def test_that_needs_approval_ends_it_no_sooner(place, rao, visit, asha, entry):
    told = book(entry, place, rao, visit, asha, request=True)

    assert told.status is Status.REQUESTED
    assert state(entry) is Waiting.WAITING


def test_who_was_booked_already_is_not_booked_twice(place, rao, visit, asha, entry):
    book(entry, place, rao, visit, asha)

    with pytest.raises(WishFulfilledError):
        book(entry, place, rao, visit, asha, local(14, 30))


def test_who_was_taken_off_the_list_is_booked_all_the_same(
    place, rao, visit, asha, entry
):
    service.leave_waitlist(entry.id, by=SYSTEM, now=NOW)

    book(entry, place, rao, visit, asha)

    assert state(entry) is Waiting.WITHDRAWN


def test_that_is_called_off_puts_nobody_back(place, rao, visit, asha, entry):
    told = book(entry, place, rao, visit, asha)

    service.cancel(told.id, "ill", by=SYSTEM, now=NOW)

    assert state(entry) is Waiting.BOOKED


def test_ends_no_wish_of_another_house(visit, asha, entry):
    elsewhere = make.facility()
    doctor = make.resource(elsewhere)
    make.hours(elsewhere, doctor, make.open_time())

    with pytest.raises(NotFoundError):
        book(entry, elsewhere, doctor, visit, asha)


def test_is_not_for_who_has_no_say_over_the_list(place, rao, visit, asha, entry):
    """Whose role is for one doctor books with them, and ends nobody's wish."""
    meena = make.user(None)
    reach = Reach(place.id, resource_id=rao.id)
    accounts.give_role(meena.username, Role.RECEPTION, reach, by=SYSTEM, now=NOW)
    order = make.timed_order(place, rao, visit, asha, local(14), entry_id=entry.id)

    with pytest.raises(ForbiddenError):
        service.book_timed(order, by=meena.actor, now=NOW)

    assert state(entry) is Waiting.WAITING
