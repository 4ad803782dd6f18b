"""Visits of UHI that are paid through the buyer's app, or cost nothing, over HTTP."""

from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from app.booking import queries, service
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.receipts import queries as receipts
from beckn.dialects.uhi import UHI
from tests import factories as make
from tests.beckn import schemas
from tests.beckn.buying import show
from tests.beckn.prepaying import DESK, PREPAID, paid_in_uhi, sets
from tests.beckn.uhi_buying import EUA, Patient, joined
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

pytestmark = pytest.mark.time_machine(NOW, tick=False)

AT = "message.order.payment"
BEFORE = {
    "type": "ON-ORDER",
    "status": "NOT-PAID",
    "params": {"amount": "300.00", "currency": "INR"},
}
AFTER = {
    **BEFORE,
    "status": "PAID",
    "params": {**BEFORE["params"], "transaction_id": "UPI-7001"},
}


@pytest.fixture
def clinic(session):
    return opened(Decimal(300))


@pytest.fixture
def network(app, tmp_path):
    with joined(app, tmp_path) as found:
        yield found


def opened(price):
    it = Clinic(tokens=2)
    it.visit = make.kind(minutes=30, price=price)
    show(it.place, it.rao)
    sets(it.place, PREPAID)
    return it


def strict(action):
    return Draft202012Validator(UHI.schemas[action])


def visits(clinic):
    found = queries.appointments(
        clinic.place, make.span(local(0), 24 * 60), by=SYSTEM, limit=100
    )
    return [each for each in found if each.status is not Status.HELD]


def wanted_of(patient, clinic):
    (provider,) = patient.doctors()
    found = patient.slots(provider, provider["fulfillments"][0])
    ours = [e for e in found["items"] if e["id"] == clinic.visit.code]
    return patient.order(ours[0]["fulfillment_id"], clinic.visit.code)


def drafted(network, clinic):
    patient = Patient(network, clinic.place)
    wanted = wanted_of(patient, clinic)
    return patient, wanted, patient.told("init", {"order": wanted})["order"]


def test_what_is_paid_is_told_from_the_draft_on_and_adds_up(network, clinic):
    patient, wanted, draft = drafted(network, clinic)
    given = patient.told("confirm", {"order": draft | wanted | paid_in_uhi()})["order"]
    asked = {"order": {"id": draft["id"]}}
    told = patient.told("status", asked)["order"]
    off = patient.told("cancel", {"order": {"id": draft["id"], "state": "CANCELLED"}})

    orders = [draft, given, told, off["order"]]
    assert [each["payment"] for each in orders] == [BEFORE, AFTER, AFTER, AFTER]
    for each in orders:
        quote = each["quote"]
        parts = [Decimal(part["price"]["value"]) for part in quote["breakup"]]
        assert sum(parts) == Decimal(quote["price"]["value"])
        assert each["payment"]["params"]["amount"] == quote["price"]["value"]
    assert off["order"]["state"] == "CANCELLED"
    (visit,) = visits(clinic)
    kept = receipts.prepaid(visit.id, by=SYSTEM)
    assert (kept.through, kept.transaction_id) == (EUA, "UPI-7001")
    assert (kept.amount, kept.owed_back) == (Decimal(300), True)


def test_what_the_desk_does_is_told_with_what_was_paid(network, clinic):
    patient, wanted, draft = drafted(network, clinic)
    patient.told("confirm", {"order": draft | wanted | paid_in_uhi()})
    (visit,) = visits(clinic)

    service.cancel(visit.id, "The doctor is ill", by=SYSTEM, now=NOW)

    ((path, message),) = patient.hears()
    strict(path[1:]).validate(message)
    assert message["order"]["payment"] == AFTER


@pytest.mark.parametrize(
    ("said", "code", "path"),
    [
        ({"payment": BEFORE}, "UHI-1403", f"{AT}.status"),
        (paid_in_uhi(status="NOT-PAID"), "UHI-1403", f"{AT}.status"),
        (paid_in_uhi(status="FREE"), "UHI-1403", f"{AT}.status"),
        (paid_in_uhi(transaction_id=None), "UHI-1404", f"{AT}.params.transaction_id"),
        (paid_in_uhi(amount=None), "UHI-1404", f"{AT}.params.amount"),
        (paid_in_uhi(amount="299.0"), "UHI-1403", f"{AT}.params.amount"),
        (paid_in_uhi(currency="USD"), "UHI-1403", f"{AT}.params.amount"),
    ],
)
def test_an_order_that_is_not_wholly_paid_is_refused_and_nothing_booked(
    network, clinic, said, code, path
):
    patient, wanted, draft = drafted(network, clinic)

    told = patient.told("confirm", {"order": draft | wanted | said})

    assert (told["code"], told["path"]) == (code, path)
    assert visits(clinic) == []


def test_a_transfer_pays_one_order_of_a_buyer(network, clinic):
    for _ in range(2):
        patient, wanted, draft = drafted(network, clinic)
        told = patient.told("confirm", {"order": draft | wanted | paid_in_uhi()})

    assert (told["code"], told["path"]) == ("UHI-1404", f"{AT}.params.transaction_id")
    assert len(visits(clinic)) == 1


@pytest.mark.parametrize("status", ["FREE", "PAID", "NOT-PAID"])
def test_what_costs_nothing_is_free(network, session, status):
    clinic = opened(Decimal(0))
    patient, wanted, draft = drafted(network, clinic)
    said = {"payment": {"status": status, "params": {"amount": "0.0"}}}

    given = patient.told("confirm", {"order": draft | wanted | said})["order"]

    free = {"amount": "0.00", "currency": "INR"}
    assert draft["payment"] == given["payment"]
    assert given["payment"] == {
        "type": "ON-FULFILLMENT",
        "status": "FREE",
        "params": free,
    }
    strict("on_confirm").validate({"order": given})
    (visit,) = visits(clinic)
    assert receipts.prepaid(visit.id, by=SYSTEM) is None


def test_what_costs_nothing_is_not_paid_for(network, session):
    clinic = opened(Decimal(0))
    patient, wanted, draft = drafted(network, clinic)

    told = patient.told("confirm", {"order": draft | wanted | paid_in_uhi()})

    assert (told["code"], told["path"]) == ("UHI-1403", f"{AT}.params.amount")
    assert visits(clinic) == []


def test_who_pays_at_the_desk_has_paid_nobody_before(network, clinic):
    sets(clinic.place, DESK)
    patient, wanted, draft = drafted(network, clinic)

    told = patient.told("confirm", {"order": draft | wanted | paid_in_uhi()})

    assert (told["code"], told["path"]) == ("UHI-1403", f"{AT}.status")
    assert visits(clinic) == []


def test_every_message_of_a_prepaid_order_is_held_against_the_schema(network, clinic):
    patient, wanted, draft = drafted(network, clinic)
    said = patient.told("confirm", {"order": draft | wanted | paid_in_uhi()})
    off = patient.told("cancel", {"order": {"id": draft["id"]}})

    messages = [("on_init", {"order": draft}), ("on_confirm", said), ("on_cancel", off)]
    for action, message in messages:
        strict(action).validate(message)
    for wrong, least in schemas.WRONG.items():
        tried, noticed = schemas.noticed(messages, wrong, strict)
        assert tried > 100
        assert noticed / tried >= least


def test_what_is_no_abha_address_is_refused_at_once_where_it_is_an_order(
    network, clinic
):
    patient, wanted, _ = drafted(network, clinic)
    wrong = {"order": wanted | {"customer": {"id": "asha@abdm"}}}

    drafted_so = patient.told("init", wrong)
    answer = patient.asks("confirm", wrong)

    path = "message.order.customer.id"
    assert (drafted_so["code"], drafted_so["path"]) == ("UHI-1404", path)
    assert (answer.json["error"]["code"], answer.json["error"]["path"]) == (
        "UHI-1404",
        path,
    )
    assert visits(clinic) == []
