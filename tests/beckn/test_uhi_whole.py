"""A buyer of UHI books: who is there, when, a draft with its id, and the visit."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from app.booking import queries, service
from app.booking.states import Status
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from beckn import working
from beckn.dialects.uhi import UHI
from beckn.trust.signatures import parse_uhi
from tests import factories as make
from tests.beckn.buying import show
from tests.beckn.uhi_buying import Patient, joined
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

pytestmark = pytest.mark.time_machine(NOW, tick=False)

TEN = "2026-03-02T10:00:00"
LATER = NOW + timedelta(seconds=2)


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=1)
    it.visit = make.kind(minutes=30, price=Decimal(300))
    show(it.place, it.rao)
    return it


@pytest.fixture
def network(app, tmp_path):
    with joined(app, tmp_path) as found:
        yield found


def slots(patient, clinic):
    """Ask as a patient does, and give the places of the visit by their times."""
    (provider,) = patient.doctors()
    (doctor,) = provider["fulfillments"]
    found = patient.slots(provider, doctor)
    item = {each["fulfillment_id"]: each["id"] for each in found["items"]}
    return {
        each["start"]["time"]["timestamp"]: each["id"]
        for each in found["fulfillments"]
        if item[each["id"]] == clinic.visit.code
    }


def slot_at_ten(patient, clinic):
    return slots(patient, clinic)[TEN]


def booked(clinic):
    found = queries.appointments(
        clinic.place, make.span(local(0), 24 * 60), by=SYSTEM, limit=100
    )
    return [each for each in found if each.status is not Status.HELD]


def test_from_a_doctor_to_a_token_and_off_again(network, clinic):
    patient = Patient(network, clinic.place)

    (provider,) = patient.doctors()
    (doctor,) = provider["fulfillments"]
    assert provider["id"] == clinic.place.slug
    assert doctor["agent"]["name"] == clinic.rao.name
    assert doctor["start"]["time"]["timestamp"] == "2026-03-02T00:00:00"
    assert doctor["end"]["time"]["timestamp"] == "2026-03-02T23:59:59"
    slot = slot_at_ten(patient, clinic)
    order = patient.order(slot, clinic.visit.code)

    draft = patient.told("init", {"order": order})["order"]
    assert clinic.slot(10).taken == 1
    assert draft["quote"]["price"] == {"currency": "INR", "value": "300.00"}
    paid = {"payment": {"status": "NOT-PAID", "params": {"amount": "300.00"}}}
    confirmed = patient.told("confirm", {"order": draft | order | paid})["order"]

    (visit,) = booked(clinic)
    assert (confirmed["state"], confirmed["id"]) == ("CONFIRMED", draft["id"])
    assert confirmed["fulfillment"]["start"]["authorization"]["token"]
    assert visit.patient.name == "Asha Nair"
    assert visit.patient.birth_year == 1990
    asked = {"order": {"id": draft["id"]}}
    assert patient.told("status", asked)["order"]["state"] == "CONFIRMED"

    by_patient = {"tags": {"@abdm/gov.in/cancelledby": "patient"}}
    off = {"id": draft["id"], "state": "CANCELLED", "fulfillment": by_patient}
    cancelled = patient.told("cancel", {"order": off})["order"]
    assert cancelled["state"] == "CANCELLED"
    assert cancelled["fulfillment"]["tags"]["@abdm/gov.in/cancelledby"] == "patient"
    assert clinic.slot(10).taken == 0
    # The same question by the same id, but at another time, is another question.
    later = patient.told("status", asked, LATER)["order"]
    assert later["state"] == "CANCELLED"


def test_what_others_do_is_told_unasked_in_uhi(network, clinic):
    patient = Patient(network, clinic.place)
    slot = slot_at_ten(patient, clinic)
    patient.told("confirm", {"order": patient.order(slot, clinic.visit.code)})
    (visit,) = booked(clinic)

    service.move(visit.id, NewPlace(local(11)), by=SYSTEM, now=LATER)
    service.attend(visit.id, Status.CHECKED_IN, by=SYSTEM, now=LATER)
    service.cancel(visit.id, "The doctor is ill", by=SYSTEM, now=LATER)

    told = patient.hears(LATER)
    assert [path for path, _ in told] == ["/on_update", "/on_status", "/on_cancel"]
    for path, message in told:
        Draft202012Validator(UHI.schemas[path[1:]]).validate(message)
    moved, seen, off = (message["order"] for _, message in told)
    assert seen["fulfillment"]["state"]["descriptor"]["code"] == "CHECKED_IN"
    start = moved["fulfillment"]["start"]["time"]["timestamp"]
    assert start == "2026-03-02T11:00:00"
    assert off["state"] == "CANCELLED"
    assert off["fulfillment"]["tags"]["@abdm/gov.in/cancelledby"] == "doctor"


def test_the_registry_of_uhi_is_asked_and_by_its_signature(network, clinic):
    Patient(network, clinic.place).doctors()

    ((path, raw, headers),) = network.lookups
    assert path == "/lookup"
    parse_uhi(headers["Authorization"]).check(raw, network.public, now=NOW)


def test_an_id_that_was_not_drafted_here_confirms_nothing(network, clinic):
    patient, other = (Patient(network, clinic.place) for _ in range(2))
    slot = slot_at_ten(patient, clinic)
    order = patient.order(slot, clinic.visit.code)
    draft = patient.told("init", {"order": order})["order"]

    theirs = {"order": {**order, "id": draft["id"]}}
    refused = other.told("confirm", theirs)

    assert (refused["code"], refused["path"]) == ("UHI-1403", "message.order.id")
    assert booked(clinic) == []


def test_another_choice_by_the_same_ids_moves_the_hold(network, clinic):
    patient = Patient(network, clinic.place)
    found = slots(patient, clinic)
    ten = found.pop(TEN)
    other = next(iter(found.values()))
    first = patient.told("init", {"order": patient.order(other, clinic.visit.code)})

    second = patient.told("init", {"order": patient.order(ten, clinic.visit.code)})

    assert clinic.slot(10).taken == 1
    assert first["order"]["fulfillment"]["id"] != second["order"]["fulfillment"]["id"]


def test_the_loser_of_the_last_token_is_told_so(network, clinic):
    first, second = (Patient(network, clinic.place) for _ in range(2))
    slot = slot_at_ten(first, clinic)
    first.told("confirm", {"order": first.order(slot, clinic.visit.code)})

    lost = second.told("confirm", {"order": second.order(slot, clinic.visit.code)})

    assert (lost["code"], lost["type"]) == ("UHI-1403", "DOMAIN-ERROR")
    assert lost["message"].startswith("that place is taken")
    assert len(booked(clinic)) == 1


def test_nobody_is_offered_over_the_wire(network, clinic):
    patient = Patient(network, clinic.place)

    assert patient.doctors(fulfillment={"type": "Online"}) == []
    slot = slot_at_ten(patient, clinic)
    order = patient.order(slot, clinic.visit.code)
    order["fulfillment"]["type"] = "Online"
    refused = patient.told("init", {"order": order})

    assert refused["path"] == "message.order.fulfillment.type"
    assert clinic.slot(10) is None or clinic.slot(10).taken == 0


def test_an_order_may_be_answered_only_in_what_uhi_knows(network, clinic):
    patient = Patient(network, clinic.place)

    answer = patient.asks("select", {"order": {}})

    assert answer.json["error"] == {
        "type": "CONTEXT-ERROR",
        "code": "UHI-1404",
        "path": "context.action",
        "message": "nobody asks for select in uhi",
    }
    assert not working.work_one(now=NOW)


def test_a_core_signature_under_a_message_of_uhi_is_refused(network, clinic):
    patient = Patient(network, clinic.place)
    body = {"context": patient.context("search"), "message": {"intent": {}}}
    raw = json.dumps(body).encode()
    header = network.signer.header(raw, now=NOW, lasts=timedelta(seconds=10))

    answer = network.app.test_client().post(
        "/beckn/search", data=raw, headers={"Authorization": header}
    )

    assert (answer.status_code, answer.json["error"]["code"]) == (401, "UHI-1408")


def test_a_domain_that_is_not_served_is_refused(app, tmp_path, clinic):
    with joined(app, tmp_path, domains=("dhp:",)) as network:
        patient = Patient(network, clinic.place)
        answer = patient.asks("search", {"intent": {}})

    error = answer.json["error"]
    assert (error["code"], error["path"]) == ("UHI-1404", "context.domain")
