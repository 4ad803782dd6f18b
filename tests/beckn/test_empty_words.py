"""What says nothing finds nothing, and what is no amount pays nothing."""

from decimal import Decimal

import pytest

from beckn.problems import Code
from tests import factories as make
from tests.beckn.buying import Buyer, show
from tests.beckn.test_network_orders import booked_of, order, refused
from tests.factories import NOW
from tests.rooms.clinic import Clinic

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=4)
    it.visit = make.kind(minutes=30, price=Decimal(300))
    show(it.place, it.rao)
    return it


@pytest.fixture
def buyer(clinic):
    return Buyer(place=clinic.place)


@pytest.mark.parametrize("sign", ["???", "--", "\u200b", "।"])
@pytest.mark.parametrize(
    "intent",
    [
        lambda sign: {"fulfillment": {"agent": {"person": {"name": sign}}}},
        lambda sign: {"provider": {"descriptor": {"name": sign}}},
        lambda sign: {"item": {"descriptor": {"name": sign}}},
        lambda sign: {"category": {"descriptor": {"code": sign}}},
    ],
    ids=["doctor", "provider", "item", "department"],
)
def test_a_name_without_a_letter_is_nobodys(buyer, intent, sign):
    assert buyer.finds()

    assert buyer.finds(**intent(sign)) == []


@pytest.mark.parametrize(
    "value", ["3_00.00", "٣٠٠.00", "3e2", "300.", ".5", "NaN", "1e999999999"]
)
def test_what_only_a_library_reads_as_a_number_is_no_price(clinic, buyer, value):
    price = {"price": {"currency": "INR", "value": value}}

    with refused(Code.INVALID):
        buyer.one("confirm", order=order(buyer, clinic) | {"quote": price})

    assert booked_of(clinic) == []


@pytest.mark.parametrize("value", ["300", "300.0", "300.00", "+300.00"])
def test_a_price_may_be_written_shorter(clinic, buyer, value):
    price = {"price": {"currency": "INR", "value": value}}

    told = buyer.one("confirm", order=order(buyer, clinic) | {"quote": price})

    assert told["order"]["quote"]["price"]["value"] == "300.00"
