"""Where nothing is free: why, what else there is, and waiting for a place."""

from datetime import time, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from app.availability import service as hours
from app.availability.views import NewException
from app.booking import queries
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.spans import Span
from app.directory import service as places
from tests import factories as make
from tests.doors import people
from tests.doors.online import BOOK, PHONE, prove, words
from tests.doors.world import NOW, local
from tests.factories import MONDAY

pytestmark = pytest.mark.time_machine(NOW, tick=False)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def hospital(world):
    """Give a doctor with one token, on the Monday alone, and a colleague."""
    doctor, other = (
        make.resource(world.kochi, department_id=world.medicine.id) for _ in range(2)
    )
    one = make.opd(end=time(10, 30), tokens=1, weekdays=(MONDAY.weekday(),))
    make.hours(world.kochi, doctor, one)
    make.hours(world.kochi, other, make.opd(tokens=2))
    for each in (doctor, other):
        places.show_online(world.kochi, each.public_id, public=True, by=SYSTEM, now=NOW)
    visit = make.kind()
    return SimpleNamespace(
        world=world,
        doctor=doctor,
        other=other,
        visit=visit,
        days=f"{BOOK}/with/{doctor.code}/{visit.code}",
        wait=f"{BOOK}/wait/{doctor.code}/{visit.code}",
    )


@pytest.fixture
def patient(app, hospital):
    return people.stranger(app)


@pytest.fixture
def taken(hospital):
    return [
        booking.book_token(
            make.token_order(
                hospital.world.kochi, hospital.doctor, hospital.visit, who, at
            ),
            by=SYSTEM,
            now=NOW,
        )
        for who, at in (
            (make.patient("First"), local(10)),
            (make.patient("Second"), local(10) + timedelta(days=7)),
        )
    ]


def waits(hospital):
    return queries.waitlist(hospital.world.kochi, by=SYSTEM)


class TestADay:
    def test_says_whether_it_is_full_or_has_no_hours_or_the_doctor_is_away(
        self, patient, hospital, taken
    ):
        times = patient.get(f"{hospital.days}/{MONDAY}")
        assert "Every place is taken" in words(times)
        assert hospital.other.name in words(times)
        assert f'href="{hospital.wait}?on={MONDAY}"' in times.text
        assert "There are no hours then" in words(
            patient.get(f"{hospital.days}/{TUESDAY}")
        )

        booking.cancel(taken[0].id, "ill", by=SYSTEM, now=NOW)
        leave(hospital, local(0), local(23))
        away = words(patient.get(f"{hospital.days}/{MONDAY}"))

        assert "The doctor is away then" in away
        assert "waiting list" not in away

    def test_whose_hours_are_over_is_neither_full_nor_waited_for(
        self, patient, hospital, taken
    ):
        booking.cancel(taken[1].id, "ill", by=SYSTEM, now=NOW)
        with time_machine.travel(local(22), tick=False):
            times = words(patient.get(f"{hospital.days}/{MONDAY}"))
            days = words(patient.get(hospital.days))

        assert "The hours of this day are over" in times
        assert "waiting list" not in times
        assert "Over for the day" in days

    def test_is_marked_among_the_days(self, patient, hospital, taken):
        booking.cancel(taken[1].id, "ill", by=SYSTEM, now=NOW)

        days = words(patient.get(hospital.days))

        assert "Full: wait for a place" in days
        assert "No hours" in days


def test_weeks_that_are_full_offer_to_wait_for_any_of_their_days(
    patient, hospital, taken
):
    page = patient.get(hospital.days)

    assert "No free time in the next two weeks" in words(page)
    assert "Every place is taken" in words(page)
    assert hospital.other.name in words(page)
    assert f'href="{hospital.wait}"' in page.text


class TestWaiting:
    def test_is_for_who_proves_their_phone_and_once_for_a_day(
        self, patient, hospital, taken
    ):
        there = f"{hospital.wait}?on={MONDAY}"
        back = prove(patient, PHONE, patient.get(there))
        assert back == there
        wrong = patient.post(there, name="", born="34")
        assert wrong.status_code == 422
        assert 'value="34"' in wrong.text

        for name in ("Devi Pillai", "Manu Pillai"):
            sent = patient.post(there, who="new", name=name, born="34")
            assert sent.status_code == 303

        (entry,) = waits(hospital)
        assert entry.patient.name == "Devi Pillai"
        assert (entry.first_day, entry.last_day) == (MONDAY, MONDAY)
        page = words(patient.get(there))
        assert "You are on the waiting list" in page
        assert "We send a message as soon as a place is free" in page

    def test_ends_in_an_offer_that_is_answered_on_the_page_of_the_visit(
        self, patient, hospital, taken
    ):
        there = f"{hospital.wait}?on={MONDAY}"
        prove(patient, PHONE, patient.get(there))
        patient.post(there, name="Devi Pillai", born="34")

        booking.cancel(taken[0].id, "ill", by=SYSTEM, now=NOW)

        page = patient.get(there)
        assert "A place is free: answer" in words(page)
        visit = page.text.split('href="/a/')[1].split('"')[0]
        assert "Yes, I take it" in words(patient.get(f"/a/{visit}"))

    def test_is_ended_by_who_waits_and_by_nobody_else(
        self, app, patient, hospital, taken
    ):
        there = f"{hospital.wait}?on={MONDAY}"
        prove(patient, PHONE, patient.get(there))
        patient.post(there, name="Devi Pillai", born="34")
        leave = f"{hospital.wait}/leave/{waits(hospital)[0].id}"
        rival = people.stranger(app)

        assert rival.post(leave).location.startswith("/prove")
        prove(rival, "+919847066666", rival.get(there))
        assert rival.post(leave).status_code == 404
        assert len(waits(hospital)) == 1
        assert patient.post(leave).status_code == 303
        assert not waits(hospital)


def leave(hospital, start, end):
    order = NewException(
        None,
        hospital.doctor.public_id,
        is_available=False,
        during=Span(start, end),
        reason="Conference",
    )
    hours.add_exception(order, by=SYSTEM, now=NOW)
