"""A browser that is remembered books the same doctor again in three taps."""

import re
from types import SimpleNamespace

import pytest

from app.booking import queries
from app.booking import service as booking
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.directory import service as places
from app.patients import device_queries
from app.patients import service as patients
from app.public import booking_proof
from app.public.phone_proof import ByCode
from app.public.proving import COOKIE
from tests import factories as make
from tests.doors import people
from tests.doors.online import BOOK, PHONE, bookings, chosen, prove, words
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(local(12), tick=False)
# The proof is over by then, and the browser is only remembered.
LATER = local(12, 40)


@pytest.fixture
def hospital(app, world):
    """Let Devi have been seen by Dr Rao; her son comes under the same phone."""
    booking_proof.use(app, ByCode())
    places.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    visit = make.kind()
    devi, manu = (make.patient(name, PHONE) for name in ("Devi Pillai", "Manu Pillai"))
    order = make.token_order(world.kochi, world.rao, visit, devi, local(10))
    told = booking.book_token(order, by=SYSTEM, now=NOW)
    for step in (Status.CHECKED_IN, Status.IN_PROGRESS, Status.COMPLETED):
        booking.attend(told.id, step, by=SYSTEM, now=NOW)
    return SimpleNamespace(world=world, visit=visit, devi=devi, manu=manu)


@pytest.fixture
def patient(app, hospital, time_machine):
    """Give a browser that is remembered."""
    it = people.stranger(app)
    page = it.get(f"{BOOK}/wait/rao/{hospital.visit.code}")
    prove(it, PHONE, page, remember=True)
    time_machine.move_to(LATER, tick=False)
    return it


def again(page):
    """Read the form behind a choice."""
    form = page.text.split("/again")[1].split("</form>")[0]
    found = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', form))
    found.pop("csrf_token")
    return found


def test_it_takes_a_choice_and_a_confirmation(patient, hospital):
    landing = patient.get(BOOK)
    told = words(landing)
    assert "Again with Dr Vivek Rao" in told
    assert "Devi P." in told
    assert "Pillai" not in told
    assert "Manu" not in told

    kept = patient.post(f"{BOOK}/again", **again(landing))
    check = patient.get(kept.location)
    assert "Devi P." in words(check)
    assert "is kept for you" in words(check)
    done = patient.post(f"{BOOK}/check", chosen=chosen(check))

    assert done.location == f"{BOOK}/done"
    (made,) = bookings(hospital)
    told = queries.appointment(made.public_id, by=SYSTEM)
    assert [each.id for each in told.patients] == [hospital.devi.id]


def test_a_browser_that_is_not_remembered_learns_nothing(app, patient, hospital):
    form = again(patient.get(BOOK))
    stranger = people.stranger(app)

    assert "Again with" not in words(stranger.get(BOOK))
    assert stranger.post(f"{BOOK}/again", **form).location == BOOK
    assert not bookings(hospital, Status.HELD)


def test_copies_of_its_cookie_hold_one_place_among_them(app, patient, hospital):
    copied = patient.client.get_cookie(COOKIE).value
    copies = [people.stranger(app) for _ in range(3)]
    for each in copies:
        each.client.set_cookie(COOKIE, copied)
        each.post(f"{BOOK}/again", **again(each.get(BOOK)))

    assert len(bookings(hospital, Status.HELD)) == 1


def test_nobody_of_another_phone_is_booked(patient, hospital):
    form = again(patient.get(BOOK)) | {"patient": str(make.patient().public_id)}

    assert patient.post(f"{BOOK}/again", **form).location == BOOK
    assert not bookings(hospital, Status.HELD)


def test_a_browser_that_is_revoked_on_the_way_books_nothing(patient, hospital):
    kept = patient.post(f"{BOOK}/again", **again(patient.get(BOOK)))
    check = patient.get(kept.location)

    (device,) = device_queries.devices(PHONE, by=SYSTEM, now=LATER)
    patients.revoke_device(device.id, PHONE, by=SYSTEM, now=LATER)
    refused = patient.post(f"{BOOK}/check", chosen=chosen(check))

    assert refused.location.startswith("/prove")
    assert not bookings(hospital)
