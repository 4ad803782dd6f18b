"""Receipts: numbered without a gap, written once, voided and never changed."""

from decimal import Decimal
from uuid import uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError
from app.receipts import queries, service
from app.receipts.service import ReceiptUsedError, VoidedError
from app.receipts.views import Method, NewReceipt
from tests import factories as make
from tests.factories import NOW
from tests.rooms import cast as people


@pytest.fixture
def visit(session):
    return people.booked(people.assemble())


def paid(visit, amount="350"):
    return NewReceipt(uuid4(), visit.id, Decimal(amount), Method.CASH, "Asha", "INR")


def take(order, by=SYSTEM):
    return service.take(order, by=by, now=NOW)


def test_counts_up_and_a_refused_one_leaves_no_gap(visit):
    first = take(paid(visit))
    with pytest.raises(InputError):
        take(replace(paid(visit), currency="rupees"))

    second = take(paid(visit))

    assert (first.number, second.number) == (1, 2)
    found = queries.of_appointment(visit.id, by=SYSTEM)
    assert [each.number for each in found] == [2, 1]


def test_a_second_click_takes_no_money_twice(visit):
    order = paid(visit)
    first = take(order)

    assert take(order).number == first.number
    with pytest.raises(ReceiptUsedError):
        take(replace(order, amount=Decimal(400)))


@pytest.mark.parametrize("amount", ["0", "-1", "1.005", "NaN", "Infinity", "10000000"])
def test_refuses_what_is_no_sum(visit, amount):
    with pytest.raises(InputError) as refused:
        take(paid(visit, amount))

    assert refused.value.field == "amount"


def test_voids_once_with_a_reason_and_keeps_the_number(visit):
    first = take(paid(visit))
    with pytest.raises(InputError):
        service.void(first.id, " ", by=SYSTEM, now=NOW)

    told = service.void(first.id, "Wrong amount", by=SYSTEM, now=NOW)

    assert (told.void_reason, told.number) == ("Wrong amount", 1)
    assert take(paid(visit)).number == 2
    with pytest.raises(VoidedError):
        service.void(first.id, "Again", by=SYSTEM, now=NOW)


def test_the_desk_takes_money_and_does_not_void(visit):
    meena = make.user(place=visit.facility).actor
    told = take(paid(visit), by=meena)

    with pytest.raises(ForbiddenError):
        service.void(told.id, "Mine", by=meena, now=NOW)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM receipts", "UPDATE receipts SET amount = 1"]
)
def test_the_database_keeps_what_was_written(session, visit, statement):
    take(paid(visit))

    with pytest.raises(DBAPIError, match="stays as it was written"):
        session.execute(text(statement))
