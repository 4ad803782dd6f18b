"""Who has an ABHA number proves it instead of a phone, where somebody verifies them."""

import re
from types import SimpleNamespace

import pytest

from app.accounts import outbox_queries
from app.accounts.views import EVERYWHERE
from app.booking import queries
from app.core import clock
from app.core.actor import SYSTEM
from app.directory import service as places
from app.patients import abha, phones
from app.patients import queries as patients
from app.patients.abha_demo import HOLDERS, DemoRegistry
from app.patients.models import PatientIdentifier
from app.public import booking_proof
from app.public.phone_proof import ByCode
from tests import factories as make
from tests.doors import people
from tests.doors.online import BOOK, bookings, chosen, form_of, token, words
from tests.doors.world import NOW
from tests.factories import MONDAY

pytestmark = pytest.mark.time_machine(NOW, tick=False)
ANITHA = HOLDERS[0]
NOBODYS = "91-0000-0000-9073"


@pytest.fixture
def registry():
    before = abha.verifier()
    abha.use(DemoRegistry())
    yield
    abha.use(before)


@pytest.fixture
def hospital(app, world):
    booking_proof.use(app, ByCode())
    places.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    return SimpleNamespace(world=world, reason=make.kind())


@pytest.fixture
def patient(app, hospital):
    """Give somebody who has chosen a time and said who comes."""
    it = people.stranger(app)
    it.post(f"{BOOK}/with/rao/{hospital.reason.code}/{MONDAY}", at=token(10))
    who = {"name": ANITHA.name, "born": str(ANITHA.birth_year), "sex": "female"}
    it.post(f"{BOOK}/who", **who, phone="98470 77777")
    return it


def ask(patient, number):
    """Go to the page of the number and send one; give the page of the code."""
    phone = patient.get(patient.get(f"{BOOK}/check").location)
    there = re.search(r'href="(/prove/abha[^"]+)"', phone.text)[1]
    page = patient.get(there.replace("&amp;", "&"))
    sent = patient.post(form_of(page), abha_number=number)
    return patient.get(sent.location) if sent.status_code == 303 else sent


def code():
    return outbox_queries.codes(now=clock.now())[0].code


@pytest.mark.usefixtures("registry")
def test_it_stands_for_the_code_to_a_phone_and_is_kept_of_its_holder(patient, hospital):
    known = make.patient(ANITHA.name, ANITHA.phone)
    page = ask(patient, abha.shown(ANITHA.number))
    assert "phone it is registered with" in words(page)

    back = patient.post(form_of(page), code=code())
    check = patient.get(back.location)
    patient.post(f"{BOOK}/check", chosen=chosen(check))

    assert phones.shown(ANITHA.phone, region="IN") in words(check)
    (made,) = bookings(hospital)
    told = queries.appointment(made.public_id, by=SYSTEM)
    assert [each.id for each in told.patients] == [known.id]


@pytest.mark.usefixtures("registry")
def test_a_holder_who_is_new_is_verified(patient, hospital, session):
    page = ask(patient, ANITHA.number)
    back = patient.post(form_of(page), code=code())
    patient.post(f"{BOOK}/check", chosen=chosen(patient.get(back.location)))

    (found,) = patients.search(ANITHA.phone, by=SYSTEM, scope=EVERYWHERE)
    (kept,) = session.query(PatientIdentifier).filter_by(patient_id=found.id)
    assert (kept.value, kept.verified_at) == (ANITHA.number, NOW)


@pytest.mark.usefixtures("registry")
def test_a_number_that_nobody_has_is_answered_alike_and_proves_nothing(
    app, patient, hospital
):
    right = ask(patient, ANITHA.number)
    wrong = ask(patient, NOBODYS)
    assert words(wrong) == words(right)

    refused = patient.post(form_of(wrong), code=code())

    assert refused.status_code == 422
    assert patient.get(f"{BOOK}/check").location.startswith("/prove")
    assert "no ABHA number" in words(ask(patient, "91-0000-0000-1016"))


@pytest.mark.usefixtures("registry")
def test_without_a_registry_it_is_not_offered(patient, hospital):
    abha.use(abha.ChecksumOnly())
    phone = patient.get(patient.get(f"{BOOK}/check").location)
    step = re.search(r"step=([^&\"]+)", phone.text)[1]

    assert "ABHA" not in words(phone)
    assert patient.get(f"/prove/abha?step={step}").status_code == 404


@pytest.mark.usefixtures("registry")
def test_the_outbox_of_a_demo_shows_whom_to_try(app):
    outbox = words(people.stranger(app).get("/prove/outbox"))

    assert abha.shown(ANITHA.number) in outbox
