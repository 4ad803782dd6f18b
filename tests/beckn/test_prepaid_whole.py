"""Visits that are paid through the buyer's app before they are booked, over HTTP."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.booking import queries, service
from app.booking.states import Status
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.service import TypeChange
from app.receipts import queries as receipts
from tests import factories as make
from tests.beckn import schemas
from tests.beckn.buying import show
from tests.beckn.prepaying import DESK, PREPAID, paid, sets
from tests.beckn.whole import BAP, Buyer, joined
from tests.factories import NOW, local
from tests.rooms.clinic import Clinic

pytestmark = pytest.mark.time_machine(NOW, tick=False)

AT = "message.order.payments[0]"
BEFORE = {
    "collected_by": "BAP",
    "type": "PRE-ORDER",
    "status": "NOT-PAID",
    "params": {"amount": "300.00", "currency": "INR"},
}
AFTER = {
    **BEFORE,
    "status": "PAID",
    "params": {**BEFORE["params"], "transaction_id": "UPI-7001"},
}
AT_DESK = {**BEFORE, "collected_by": "BPP", "type": "ON-FULFILLMENT"}


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=2)
    it.visit = make.kind(minutes=30, price=Decimal(300))
    show(it.place, it.rao)
    sets(it.place, PREPAID)
    return it


@pytest.fixture
def network(app, tmp_path):
    with joined(app, tmp_path) as network:
        yield network


def booked(clinic):
    found = queries.appointments(
        clinic.place, make.span(local(0), 24 * 60), by=SYSTEM, limit=100
    )
    return [each for each in found if each.status is not Status.HELD]


def costs(clinic, price):
    it = clinic.visit
    change = TypeChange(
        it.code, it.name, it.category, it.minutes, public=True, price=price
    )
    directory.change_type(clinic.visit.public_id, change, by=SYSTEM, now=NOW)


def drafted(network, clinic):
    """Go until the draft; give the buyer, what it wants, and the draft."""
    buyer = Buyer(network)
    wanted = buyer.order(clinic, buyer.slot(clinic))
    (told,) = buyer.told("init", {"order": wanted})
    return buyer, wanted, told["message"]["order"]


def bought(network, clinic, transfer="UPI-7001"):
    buyer, wanted, _ = drafted(network, clinic)
    (told,) = buyer.told("confirm", {"order": wanted | paid(transfer)})
    return buyer, told["message"]["order"]


def adds_up(order):
    """Say that parts, price and what is paid are one sum, as strings of decimals."""
    quote, (said,) = order["quote"], order["payments"]
    parts = [each["price"] for each in quote["breakup"]]
    assert sum(Decimal(each["value"]) for each in parts) == Decimal(
        quote["price"]["value"]
    )
    assert said["params"]["amount"] == quote["price"]["value"]
    currencies = {each["currency"] for each in (*parts, quote["price"])}
    assert {said["params"]["currency"]} == currencies


def test_the_terms_are_told_from_select_on_and_add_up(network, clinic):
    buyer = Buyer(network)
    wanted = buyer.order(clinic, buyer.slot(clinic))

    (selected,) = buyer.told("select", {"order": wanted})
    (draft,) = buyer.told("init", {"order": wanted})
    (given,) = buyer.told("confirm", {"order": wanted | paid()})
    order = given["message"]["order"]
    (asked,) = buyer.told("status", {"order_id": order["id"]})
    update = {"id": order["id"], "billing": {"name": "Ravi Nair"}}
    (updated,) = buyer.told("update", {"update_target": "billing", "order": update})
    cancel = {"order_id": order["id"], "cancellation_reason_id": "001"}
    (off,) = buyer.told("cancel", cancel)

    told = [
        each["message"]["order"]
        for each in (selected, draft, given, asked, updated, off)
    ]
    assert [each["payments"] for each in told] == [[BEFORE]] * 2 + [[AFTER]] * 4
    for each in told:
        adds_up(each)
    for each in told[1:]:
        refunds = each["refund_terms"]
        states = [e["fulfillment_state"]["descriptor"]["code"] for e in refunds]
        fees = [e["cancellation_fee"] for e in each["cancellation_terms"]]
        assert states == ["PENDING", "SCHEDULED"]
        assert {e["refund_eligible"] for e in refunds} == {True}
        assert [e["refund_amount"] for e in refunds] == [each["quote"]["price"]] * 2
        assert fees == [{"percentage": "0"}] * 2
    assert told[-1]["status"] == "CANCELLED"


def test_what_was_paid_is_kept_once_and_owed_back_when_it_is_called_off(
    network, clinic
):
    buyer, order = bought(network, clinic)
    (visit,) = booked(clinic)

    kept = receipts.prepaid(visit.id, by=SYSTEM)
    buyer.told("cancel", {"order_id": order["id"], "cancellation_reason_id": "001"})
    after = receipts.prepaid(visit.id, by=SYSTEM)

    assert (kept.through, kept.transaction_id) == (BAP, "UPI-7001")
    assert (kept.amount, kept.currency) == (Decimal(300), "INR")
    assert (kept.owed_back, after.owed_back) == (False, True)


def test_what_the_desk_does_is_told_with_what_was_paid(network, clinic):
    buyer, _ = bought(network, clinic)
    (visit,) = booked(clinic)

    service.move(visit.id, NewPlace(local(10, 30)), by=SYSTEM, now=NOW)
    service.attend(visit.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)
    service.cancel(visit.id, "The doctor is ill", by=SYSTEM, now=NOW)

    told = buyer.hears()
    assert [action for action, _ in told] == ["on_update", "on_status", "on_cancel"]
    assert [order["payments"] for _, order in told] == [[AFTER]] * 3
    assert receipts.prepaid(visit.id, by=SYSTEM).owed_back


@pytest.mark.parametrize(
    ("said", "code", "path"),
    [
        ({}, "40004", f"{AT}.status"),
        ({"payments": [AT_DESK]}, "40004", f"{AT}.collected_by"),
        (paid(collected_by="BPP"), "40004", f"{AT}.collected_by"),
        (paid(status="NOT-PAID"), "40004", f"{AT}.status"),
        (paid(status=None), "40004", f"{AT}.status"),
        (paid(transfer=None), "30000", f"{AT}.params.transaction_id"),
        (paid(transfer=" "), "30000", f"{AT}.params.transaction_id"),
        (paid(transfer="7" * 201), "30000", f"{AT}.params.transaction_id"),
        (paid(amount=None), "30000", f"{AT}.params.amount"),
        (paid(currency=None), "30000", f"{AT}.params.currency"),
        (paid(amount="299.99"), "40003", f"{AT}.params.amount"),
        (paid(amount="300.01"), "40003", f"{AT}.params.amount"),
        (paid(amount="-300.00"), "40003", f"{AT}.params.amount"),
        (paid(currency="USD"), "40003", f"{AT}.params.amount"),
    ],
)
@pytest.mark.parametrize("held", [True, False], ids=["held", "at once"])
def test_an_order_that_is_not_wholly_paid_is_refused_and_nothing_booked(
    network, clinic, held, said, code, path
):
    buyer = Buyer(network)
    wanted = buyer.order(clinic, buyer.slot(clinic))
    if held:
        buyer.told("init", {"order": wanted})

    (told,) = buyer.told("confirm", {"order": wanted | said})

    assert (told["error"]["code"], told["error"]["paths"]) == (code, path)
    assert booked(clinic) == []
    # It may be put right as long as the place is held.
    (put_right,) = buyer.told("confirm", {"order": wanted | paid()})
    assert put_right["message"]["order"]["payments"] == [AFTER]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (paid(transfer=None), "by which transfer is missing"),
        (paid(amount=None), "the amount is missing"),
        (paid(currency=None), "the currency is missing"),
        (paid(amount="1.00"), "it costs 300.00 INR"),
    ],
)
def test_why_it_is_refused_is_said_in_words(network, clinic, said, words):
    buyer, wanted, _ = drafted(network, clinic)

    (told,) = buyer.told("confirm", {"order": wanted | said})

    assert told["error"]["message"] == words


def test_a_transfer_pays_one_order_of_a_buyer(network, clinic):
    first, order = bought(network, clinic)
    other = Buyer(network)
    wanted = other.order(clinic, other.slot(clinic))
    other.told("init", {"order": wanted})

    (told,) = other.told("confirm", {"order": wanted | paid()})

    assert told["error"]["code"] == "30000"
    assert told["error"]["paths"] == f"{AT}.params.transaction_id"
    assert len(booked(clinic)) == 1
    (told,) = other.told("confirm", {"order": wanted | paid("UPI-7002")})
    assert told["message"]["order"]["status"] == "ACTIVE"
    assert (
        first.told("status", {"order_id": order["id"]})[0]["message"]["order"] == order
    )


def test_an_order_that_is_given_twice_is_paid_once(network, clinic):
    buyer, wanted, _ = drafted(network, clinic)
    (first,) = buyer.told("confirm", {"order": wanted | paid()})

    (again,) = buyer.told("confirm", {"order": wanted | paid()})
    (other,) = buyer.told("confirm", {"order": wanted | paid("UPI-7002")})

    assert again["message"] == first["message"]
    assert other["error"]["paths"] == f"{AT}.params.transaction_id"
    assert len(booked(clinic)) == 1


def test_a_quote_keeps_its_price_and_terms_as_long_as_the_place_is_held(
    network, clinic
):
    buyer, wanted, draft = drafted(network, clinic)
    costs(clinic, Decimal(500))
    sets(clinic.place, DESK)

    (again,) = buyer.told("init", {"order": wanted})
    (told,) = buyer.told("confirm", {"order": wanted | paid()})
    (new,) = Buyer(network).told("select", {"order": wanted})

    assert again["message"]["order"]["quote"] == draft["quote"]
    order = told["message"]["order"]
    assert (order["payments"], order["quote"]["price"]["value"]) == ([AFTER], "300.00")
    adds_up(order)
    (said,) = new["message"]["order"]["payments"]
    assert (said["collected_by"], said["params"]["amount"]) == ("BPP", "500.00")


def test_an_order_of_the_desk_stays_so_when_the_house_asks_to_be_prepaid(
    network, clinic
):
    sets(clinic.place, DESK)
    buyer, wanted, _ = drafted(network, clinic)
    sets(clinic.place, PREPAID)

    (told,) = buyer.told("confirm", {"order": wanted})

    assert told["message"]["order"]["payments"] == [AT_DESK]
    (visit,) = booked(clinic)
    assert receipts.prepaid(visit.id, by=SYSTEM) is None


@pytest.mark.parametrize(
    ("said", "path"),
    [
        (paid(), f"{AT}.collected_by"),
        (paid(collected_by="BPP"), f"{AT}.status"),
        (paid(collected_by=None), f"{AT}.status"),
        (paid(status="NOT-PAID"), f"{AT}.collected_by"),
    ],
)
def test_who_pays_at_the_desk_has_paid_nobody_before(network, clinic, said, path):
    sets(clinic.place, DESK)
    buyer, wanted, _ = drafted(network, clinic)

    (told,) = buyer.told("confirm", {"order": wanted | said})

    assert (told["error"]["code"], told["error"]["paths"]) == ("40004", path)
    assert booked(clinic) == []


@pytest.mark.parametrize(
    ("price", "title"),
    [(Decimal(0), "Consultation fee"), (None, "To be paid at the desk")],
)
def test_what_is_free_or_has_no_price_is_paid_to_nobody_before(
    network, clinic, price, title
):
    costs(clinic, price)

    buyer, wanted, draft = drafted(network, clinic)
    (dear,) = buyer.told("confirm", {"order": wanted | paid()})
    (told,) = buyer.told("confirm", {"order": wanted})

    code = "40003" if price is not None else "40004"
    assert dear["error"]["code"] == code
    order = told["message"]["order"]
    assert order["payments"] == draft["payments"]
    assert order["payments"][0]["params"]["amount"] == "0.00"
    assert order["quote"]["breakup"][0]["title"] == title
    assert "refund_terms" not in order
    adds_up(order)


def test_every_message_of_a_prepaid_order_keeps_both_schemas(network, clinic):
    buyer = Buyer(network)
    wanted = buyer.order(clinic, buyer.slot(clinic))
    buyer.told("select", {"order": wanted})
    buyer.told("init", {"order": wanted})
    (told,) = buyer.told("confirm", {"order": wanted | paid()})
    order = told["message"]["order"]
    buyer.told("status", {"order_id": order["id"]})
    buyer.told("cancel", {"order_id": order["id"], "cancellation_reason_id": "001"})

    said = [s for s in buyer.said if s["context"]["action"].startswith("on_")]
    for each in said:
        action = each["context"]["action"]
        schemas.strict(action).validate(each["message"])
        if schemas.SPEC:
            schemas.published(action).validate(each)
    messages = {
        each["context"]["action"]: each["message"]
        for each in said
        if each["context"]["action"] != "on_search"
    }
    for wrong, least in schemas.WRONG.items():
        tried, noticed = schemas.noticed(messages.items(), wrong)
        assert tried > 150
        assert noticed / tried >= least


def test_what_is_no_amount_is_refused_at_once(network, clinic):
    buyer, wanted, _ = drafted(network, clinic)

    answer = buyer.asks("confirm", {"order": wanted | paid(amount="three hundred")})

    assert answer.json["error"]["code"] == "30000"
    assert answer.json["error"]["paths"] == f"{AT}.params.amount"
    assert booked(clinic) == []


@pytest.mark.parametrize(
    "statement", ["DELETE FROM prepayments", "UPDATE prepayments SET amount = 1"]
)
def test_the_database_keeps_what_was_paid(session, network, clinic, statement):
    bought(network, clinic)

    with pytest.raises(DBAPIError, match="stays as it was written"):
        session.execute(text(statement))
