"""What buyers of UHI write is read leniently; what cannot be meant is a problem."""

from decimal import Decimal

import pytest

from app.booking.states import Status
from app.directory.kinds import Category
from app.patients.views import Sex
from beckn.commands import FindDoctors, Search
from beckn.dialects.uhi_commands import command
from beckn.dialects.uhi_messages import STATES
from beckn.problems import Code, Problem
from tests.beckn.test_network_words import PAGE, read_or_refuse

AGENT = {"id": "rao@hpr.abdm", "name": "Meera Rao", "gender": "F"}
DAY = {
    "start": {"time": {"timestamp": "2026-03-03T00:00:00"}},
    "end": {"time": {"timestamp": "2026-03-03T23:59:59"}},
}
ORDER = {
    "id": "OPD-2026-AAAA-BBBB",
    "provider": {"id": "clinic-1"},
    "item": {"id": "opd-gen", "price": {"currency": "INR", "value": "300.0"}},
    "fulfillment": {"id": "slot-1001", "type": "Physical", "agent": AGENT, **DAY},
    "billing": {"name": "A Patient", "phone": "9800000000"},
    "customer": {"person": {"gender": "M", "yearOfBirth": 1990}},
    "quote": {"price": {"currency": "INR", "value": "300.0"}},
    "payment": {"status": "NOT-PAID", "params": {"amount": "300.0", "mode": "UPI"}},
}
CANCEL = {
    "order": {
        "id": "OPD-2026-AAAA-BBBB",
        "state": "CANCELLED",
        "fulfillment": {"tags": {"@abdm/gov.in/cancelledby": "patient"}},
    }
}
ASKED = {
    "search": {
        "intent": {
            "category": {"descriptor": {"code": "GENERAL_MEDICINE"}},
            "provider": {"descriptor": {"name": "City Clinic"}},
            "item": {"descriptor": {"code": "Consultation"}},
            "fulfillment": {"agent": AGENT, "type": "Physical", **DAY},
        }
    },
    "init": {"order": ORDER},
    "confirm": {"order": ORDER},
    "status": {"order": {"id": "OPD-2026-AAAA-BBBB"}},
    "cancel": CANCEL,
}


def confirmed(**changed):
    return command("confirm", {"order": {**ORDER, **changed}})


def sought(**intent):
    return command("search", {"intent": intent})


def test_the_first_search_asks_who_and_the_second_asks_when():
    first = command("search", ASKED["search"])
    second = sought(
        provider={
            "id": "clinic-1",
            "categories": [{"id": "GENERAL_MEDICINE"}],
            "fulfillments": [{"agent": AGENT, **DAY}],
            "items": [{"id": "opd-gen"}],
        }
    )

    assert type(first) is FindDoctors
    assert (first.provider, first.doctor) == ("City Clinic", "rao@hpr.abdm")
    assert first.department == second.department == "GENERAL_MEDICINE"
    assert Category.NEW in first.services
    assert type(second) is Search
    assert (second.provider, second.item) == ("clinic-1", "opd-gen")
    assert second.after == first.after
    assert second.after.isoformat() == "2026-03-03T00:00:00"


@pytest.mark.parametrize("prefix", ["@abdm/gov/in/", "@abdm/gov.in/"])
def test_the_marks_of_the_network_are_read_in_both_ways(prefix):
    tags = {"tags": {f"{prefix}hpr_id": "71-1"}}
    assert sought(fulfillment={"agent": tags}).doctor == "71-1"

    by = {"tags": {f"{prefix}cancelledby": "doctor"}}
    with pytest.raises(Problem) as refused:
        command("cancel", {"order": {"id": "OPD-1", "fulfillment": by}})
    assert refused.value.code is Code.BAD_REASON


@pytest.mark.parametrize(
    ("written", "remote"),
    [
        *(("Physical", False), ("PhysicalConsultation", False), ("", False)),
        *(("Online", True), ("Teleconsultation", True)),
    ],
)
def test_only_who_comes_in_person_is_seen(written, remote):
    assert sought(fulfillment={"type": written}).remote is remote
    order = {**ORDER, "fulfillment": {"id": "slot-1001", "type": written}}
    if remote:
        with pytest.raises(Problem) as refused:
            command("init", {"order": order})
        assert refused.value.code is Code.FULFILMENT_UNAVAILABLE
    else:
        assert command("init", {"order": order}).fulfilment == "slot-1001"


@pytest.mark.parametrize(
    ("payment", "price", "paid"),
    [
        ({"status": "NOT-PAID"}, Decimal("300.0"), False),
        ({"status": "FREE"}, Decimal(0), False),
        ({"status": "paid"}, Decimal("300.0"), True),
    ],
)
def test_whether_it_was_paid_is_read_from_its_status(payment, price, paid):
    given = confirmed(payment=payment)

    assert (given.price, given.payment.paid) == (price, paid)
    assert given.draft == "OPD-2026-AAAA-BBBB"


def test_a_transfer_is_of_the_money_of_the_quote_unless_it_says_otherwise():
    params = {"transaction_id": "T-1", "amount": "300.0", "mode": "UPI", "vpa": "a@b"}
    paid = {"status": "PAID", "params": params}

    plain = confirmed(payment=paid).payment
    other = confirmed(payment={**paid, "params": {**params, "currency": "USD"}}).payment
    bare = confirmed(payment=paid, quote={}).payment

    assert (plain.transaction_id, plain.amount) == ("T-1", Decimal("300.0"))
    assert (plain.currency, other.currency, bare.currency) == ("INR", "USD", None)


def test_what_is_not_said_of_who_comes_is_that_of_who_pays():
    given = confirmed()
    assert (given.person.name, given.person.phone) == ("A Patient", "9800000000")
    assert (given.person.sex, given.person.birth_year) == (Sex.MALE, 1990)

    person = {"name": "A Child", "yearOfBirth": "2020"}
    other = confirmed(customer={"person": person, "contact": {"phone": "1"}})
    assert (other.person.name, other.person.phone) == ("A Child", "1")
    assert other.person.birth_year == 2020
    assert confirmed(customer=None, billing=None).person is None


@pytest.mark.parametrize("year", ["90", 19900, "1889", "2101", "MCMX", -990])
def test_what_is_no_year_of_birth_is_refused(year):
    with pytest.raises(Problem) as refused:
        confirmed(customer={"person": {"yearOfBirth": year}})
    assert refused.value.path == "message.order.customer.person.yearOfBirth"


@pytest.mark.parametrize(
    "told",
    [
        *("asha_90x@sbx", "asha.nair_90@abdm", "AshaNair90@ABDM", "1234567a@abdm"),
        *("91-0000-0000-1015", "91000000001015", "12", ""),
    ],
)
def test_an_abha_address_and_whatever_has_the_digits_of_a_number_is_read(told):
    assert confirmed(customer={"id": told}).person.abha == told


@pytest.mark.parametrize(
    "told",
    [
        *("asha", "asha@abdm", "ashanair90", "ashanair90@ndhm", "ashanair90@abdm.in"),
        *("asha.nair.90@abdm", "asha_nair_90@abdm", ".ashanair@abdm", "ashanair_@sbx"),
        *("asha-nair90@abdm", "asha nair@abdm", "a" * 19 + "@abdm", "äshanair@abdm"),
        *("ashanair90@abdm\n1", "ashanair@x@abdm", "@abdm", "ashanai@abdm"),
    ],
)
def test_what_is_no_abha_address_is_refused_by_its_field(told):
    with pytest.raises(Problem) as refused:
        command("init", {"order": {**ORDER, "customer": {"id": told}}})

    assert refused.value.code is Code.INVALID
    assert refused.value.path == "message.order.customer.id"
    assert "ABHA address" in refused.value.message


@pytest.mark.parametrize("message", [{"order": {"id": "OPD-1"}}, {"order_id": "OPD-1"}])
def test_an_order_is_named_in_the_order_or_beside_it(message):
    assert command("status", message).order == "OPD-1"
    assert command("cancel", message).order == "OPD-1"


@pytest.mark.parametrize("action", ASKED)
def test_whatever_stands_in_a_field_is_read_or_refused(action):
    read_or_refuse(command, action, ASKED[action])


def test_every_state_is_told_as_the_page_says():
    rows = [f"| {status.value} | {state} |" for status, state in STATES.items()]

    assert set(STATES) == set(Status)
    assert "\n".join(rows) in PAGE.read_text(encoding="utf-8")
