"""Who comes through the network joins a record by a confirmed ABHA number alone."""

import pytest
from sqlalchemy import select

from app.booking import queries
from app.core.actor import SYSTEM
from app.core.db import db
from app.patients import abha
from app.patients import service as patients
from app.patients.abha_demo import HOLDERS, DemoRegistry
from app.patients.models import PatientIdentifier
from app.patients.views import Details, NewPatient
from beckn.dialects.uhi import UHI
from beckn.problems import Code, Problem
from tests import factories as make
from tests.beckn.buying import Buyer, show
from tests.factories import EVERYWHERE, NOW, local
from tests.rooms.clinic import Clinic

ANITHA = HOLDERS[0]
AGE = f"P{NOW.year - ANITHA.birth_year}Y"
ALL = {"by": SYSTEM, "now": NOW, "scope": EVERYWHERE}
# Well formed, and nobody's.
NOBODYS = "91-0000-0000-9073"


@pytest.fixture(autouse=True)
def registry():
    before = abha.verifier()
    abha.use(DemoRegistry())
    yield
    abha.use(before)


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=4)
    it.visit = make.kind(minutes=30)
    show(it.place, it.rao)
    return it


def known(name=ANITHA.name, born=ANITHA.birth_year, number=ANITHA.number):
    """Register somebody of old, under the phone that the network says as well."""
    order = NewPatient(name, ANITHA.phone, birth_year=born)
    patient = patients.register(order, **ALL)
    if number:
        patients.identify(patient.public_id, number, **ALL)
    return patient


def booked(clinic, *creds, action="confirm", **person):
    """Book for who shows these credentials; give the buyer, and the patient."""
    buyer = Buyer(place=clinic.place)
    first, *_ = buyer.finds(item={"id": clinic.visit.code})
    order = buyer.order(
        first["id"], clinic.visit.code, name=ANITHA.name, phone=ANITHA.phone
    )
    shown = {"age": AGE, "creds": list(creds)} | person
    order["fulfillments"][0]["customer"]["person"] |= shown
    buyer.given = buyer.one(action, order=order)["order"]
    visits = queries.appointments(
        clinic.place, make.span(local(0), 24 * 60), by=SYSTEM, limit=100
    )
    return buyer, visits[-1].patient


def shows(number):
    return {"id": number, "type": "ABHA"}


def kept_of(patient):
    found = select(PatientIdentifier).where(PatientIdentifier.patient_id == patient.id)
    return db.session.scalar(found)


@pytest.mark.parametrize("age", [AGE, f"P{NOW.year - ANITHA.birth_year - 1}Y"])
def test_who_has_a_confirmed_number_is_who_they_were(clinic, age):
    before = known()

    _, patient = booked(clinic, shows(abha.shown(ANITHA.number)), age=age)

    assert patient.public_id == before.public_id


def test_a_phone_and_a_name_alone_join_nobody(clinic):
    before = known()

    _, patient = booked(clinic)

    assert patient.public_id != before.public_id
    assert (patient.name, patient.phone) == (before.name, before.phone)


@pytest.mark.parametrize(
    ("cred", "person"),
    [
        (shows(NOBODYS), {}),
        (shows("91-0000-0000-1016"), {}),
        (shows("anitha@abdm"), {}),
        ({"id": ANITHA.number, "type": "VoterId"}, {}),
        (shows(ANITHA.number), {"name": "Ravi Menon"}),
        (shows(ANITHA.number), {"age": "P20Y"}),
        (shows(ANITHA.number), {"age": ""}),
    ],
)
def test_a_number_that_is_not_confirmed_of_who_comes_joins_nobody(clinic, cred, person):
    before = known()

    _, patient = booked(clinic, cred, **person)

    assert patient.public_id != before.public_id
    assert kept_of(patient) is None


def test_nobody_is_joined_where_nobody_confirms_numbers(clinic):
    before = known()
    abha.use(abha.ChecksumOnly())

    _, patient = booked(clinic, shows(ANITHA.number))

    assert patient.public_id != before.public_id


def test_a_number_that_was_typed_for_somebody_else_joins_nobody(clinic):
    before = known("Babu Thomas", 1959)
    assert kept_of(before).verified_at is None

    _, patient = booked(clinic, shows(ANITHA.number))

    assert patient.public_id != before.public_id
    assert kept_of(patient) is None


def test_who_is_new_keeps_a_confirmed_number_and_is_known_by_it_next_time(clinic):
    _, first = booked(clinic, shows(ANITHA.number))
    _, again = booked(clinic, shows(ANITHA.number))

    assert kept_of(first).verified_at == NOW
    assert first.birth_year == ANITHA.birth_year
    assert again.public_id == first.public_id


def test_what_stands_in_the_record_is_told_to_no_buyer_and_corrected_by_none(clinic):
    before = known()
    patients.correct(before.public_id, Details("Anitha Das", "+919847099999"), **ALL)

    buyer, patient = booked(clinic, shows(ANITHA.number))

    assert patient.public_id == before.public_id
    told = buyer.given["fulfillments"][0]["customer"]
    assert told["contact"]["phone"] == ANITHA.phone
    slot = {"customer": {"person": {"name": "Somebody Else"}}}
    order = {"id": buyer.given["id"], "fulfillments": [slot]}
    with pytest.raises(Problem, match=f"^{Code.NO_UPDATE}:"):
        buyer.one("update", update_target="order.fulfillments[0].customer", order=order)


def test_uhi_says_the_number_as_the_customers_id():
    order = {
        "provider": {"id": "clinic"},
        "item": {"id": "visit"},
        "fulfillment": {"id": "x"},
        "customer": {"id": ANITHA.number, "person": {"yearOfBirth": 1986}},
        "billing": {"name": ANITHA.name},
    }

    person = UHI.command("init", {"order": order}).person

    assert (person.abha, person.birth_year) == (ANITHA.number, 1986)
