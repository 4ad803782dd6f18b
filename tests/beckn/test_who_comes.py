"""Who comes is corrected through the network, by who said it and while they may."""

import pytest

from app.booking import queries, service
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.patients import service as patients
from beckn.problems import Code, Problem
from tests import factories as make
from tests.beckn.buying import Buyer, show
from tests.factories import EVERYWHERE, NOW, local
from tests.rooms.clinic import Clinic

SOMEBODY = {"person": {"name": "Somebody Else"}}


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=4)
    it.visit = make.kind(minutes=30)
    show(it.place, it.rao)
    return it


def ordered(clinic):
    """Book as a buyer of its own; give it, and the id of its order."""
    buyer = Buyer(place=clinic.place)
    first, *_ = buyer.finds(item={"id": clinic.visit.code})
    wanted = buyer.order(first["id"], clinic.visit.code)
    return buyer, buyer.one("confirm", order=wanted)["order"]["id"]


@pytest.fixture
def buyer(clinic):
    buyer, buyer.given = ordered(clinic)
    return buyer


def correct(buyer, customer):
    slot = {"customer": customer} if customer else {}
    order = {"id": buyer.given, "fulfillments": [slot]}
    target = "order.fulfillments[0].customer"
    told = buyer.one("update", update_target=target, order=order)["order"]
    return told["fulfillments"][0]["customer"]


def visit_of(clinic):
    day = make.span(local(0), 24 * 60)
    (visit,) = queries.appointments(clinic.place, day, by=SYSTEM)
    return visit


def refused(code):
    return pytest.raises(Problem, match=rf"^{code}:")


def test_it_is_so_on_the_books_and_what_is_not_said_stays(clinic, buyer):
    before = visit_of(clinic).patient

    told = correct(buyer, {"person": {"name": "Asha K Nair"}})

    patient = visit_of(clinic).patient
    assert told["person"]["name"] == patient.name == "Asha K Nair"
    assert told["contact"]["phone"] == patient.phone == before.phone
    assert patient.birth_year == before.birth_year is not None
    assert patient.sex is before.sex


def test_an_age_and_a_phone_are_corrected_too(clinic, buyer):
    person, contact = {"age": "P40Y"}, {"phone": "+919847054321"}
    correct(buyer, {"person": person, "contact": contact})

    patient = visit_of(clinic).patient
    assert patient.birth_year == NOW.year - 40
    assert patient.phone == "+919847054321"


def test_that_nobody_is_named_is_refused(buyer):
    with refused(Code.UPDATE_INCONSISTENT):
        correct(buyer, None)


def test_whom_the_desk_found_to_be_another_it_corrects_itself(clinic, buyer):
    known, theirs = make.patient(), visit_of(clinic).patient
    patients.merge(
        known.public_id, theirs.public_id, by=SYSTEM, now=NOW, scope=EVERYWHERE
    )

    with refused(Code.NO_UPDATE):
        correct(buyer, SOMEBODY)

    assert visit_of(clinic).patient.name == known.name


def test_who_is_here_is_known_to_the_desk(clinic, buyer):
    visit = visit_of(clinic)
    service.attend(visit.id, Status.CHECKED_IN, by=SYSTEM, now=local(10))

    with refused(Code.NO_UPDATE):
        correct(buyer, SOMEBODY)

    assert visit_of(clinic).patient.name == visit.patient.name
