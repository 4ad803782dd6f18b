"""Rivals at the desk: who books while their patient is merged, who writes receipts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from app.booking import queries as bookings
from app.booking import service as booking
from app.booking import waitlist
from app.booking.views import NewWaiting
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from app.core.errors import InputError
from app.doors.words import say
from app.patients import service as patients
from app.patients.errors import PatientMergedError
from app.patients.views import NewPatient
from app.receipts import service as receipts
from app.receipts.views import Method, NewReceipt
from tests import factories as make
from tests.factories import EVERYWHERE, MONDAY, NOW, local
from tests.racing import race

pytestmark = [pytest.mark.timeout(120)]

RIVALS = 8
_WAITS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
)


@pytest.fixture
def place(hospital):
    return make.facility()


def register(name):
    order = NewPatient(name)
    return patients.register(order, by=SYSTEM, now=NOW, scope=EVERYWHERE)


def merge(kept, gone):
    return patients.merge(
        kept.public_id, gone.public_id, by=SYSTEM, now=NOW, scope=EVERYWHERE
    )


def visit_of(place, who, hour=10):
    doctor = make.resource(place)
    make.hours(place, doctor)
    return make.timed_order(place, doctor, make.kind(), who, local(hour))


def somebody_waits():
    # Who is connected is told as it was at the first look, unless that is forgotten.
    db.session.execute(text("SELECT pg_stat_clear_snapshot()"))
    return db.session.scalar(_WAITS) > 0


def test_who_books_as_their_patient_is_merged_is_told_so(hospital, place):
    kept, gone = register("Asha Nair"), register("Asha N")
    order = visit_of(place, gone)

    def book():
        with hospital.app_context():
            return booking.book_timed(order, by=SYSTEM, now=NOW)

    with ThreadPoolExecutor(1) as desk:
        with transaction():
            merge(kept, gone)
            told = desk.submit(book)
            while not told.done() and not somebody_waits():
                pass
        refused = told.exception()

    assert isinstance(refused, PatientMergedError)
    assert "Search for them again" in say(refused, place.zone)
    assert booking.book_timed(visit_of(place, kept), by=SYSTEM, now=NOW)


def test_what_was_booked_just_before_a_merge_goes_along(hospital, place):
    kept, gone = register("Asha Nair"), register("Asha N")
    orders = [visit_of(place, gone, 9 + n) for n in range(RIVALS)]

    told = race(
        hospital,
        [
            lambda: merge(kept, gone),
            *(lambda o=o: booking.book_timed(o, by=SYSTEM, now=NOW) for o in orders),
        ],
    )[1:]

    assert {e for e in told if isinstance(e, str)} <= {"patient_merged", "not_found"}
    for made in (each for each in told if not isinstance(each, str)):
        now_of = bookings.appointment(made.id, by=SYSTEM).patient
        assert now_of.public_id == kept.public_id


def test_desks_that_write_at_once_leave_no_number_out(hospital, place):
    other = make.facility()
    visits = [
        booking.book_timed(visit_of(at, make.patient()), by=SYSTEM, now=NOW)
        for at in (place, other)
    ]

    def take(number):
        # Every fourth one fails after its number was drawn, and gives it back.
        order = NewReceipt(
            uuid4(),
            visits[number % 2].id,
            Decimal(100),
            Method.CASH,
            "Asha",
            "rupees" if number % 4 == 3 else "INR",
        )
        return lambda: receipts.take(order, by=SYSTEM, now=NOW)

    told = race(hospital, [take(n) for n in range(2 * RIVALS)])

    assert told.count(InputError.code) == RIVALS // 2
    for at, wrote in ((place, RIVALS), (other, RIVALS // 2)):
        numbers = [
            each.number
            for each in told
            if not isinstance(each, str) and each.appointment.facility.id == at.id
        ]
        assert sorted(numbers) == list(range(1, wrote + 1))


def test_who_is_put_on_the_waitlist_by_several_clicks_waits_once(hospital, place):
    who, kind = register("Asha Nair"), make.kind()
    order = NewWaiting(
        facility_id=place.public_id,
        patient_id=who.public_id,
        type_id=kind.public_id,
        first_day=MONDAY,
        last_day=MONDAY,
    )

    def put(wish):
        return lambda: booking.join_waitlist(wish, by=SYSTEM, now=NOW)

    told = race(hospital, [put(order)] * RIVALS)

    assert len({each.id for each in told}) == 1
    (known,) = waitlist.entries(place, by=SYSTEM)
    later = replace(order, last_day=MONDAY + timedelta(days=1))
    assert put(later)().id != known.id
    # Who has left may wait anew.
    booking.leave_waitlist(known.id, by=SYSTEM, now=NOW)
    assert put(order)().id != known.id
