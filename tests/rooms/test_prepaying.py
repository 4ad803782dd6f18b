"""What was paid through an app before a visit is written down once."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from app.accounts.permissions import Role
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError
from app.receipts import queries, service
from app.receipts.service import PrepaymentUsedError
from app.receipts.views import NewPrepayment
from tests import factories as make
from tests.factories import NOW
from tests.rooms import cast as people


@pytest.fixture
def visit(session):
    return people.booked(people.assemble())


def said(visit, **changed):
    order = NewPrepayment(visit.id, "app.example", "T-1", Decimal(300), "INR")
    return replace(order, **changed)


def prepay(order):
    return service.prepay(order, by=SYSTEM, now=NOW)


def test_is_of_one_visit_and_a_transfer_of_one_payment(visit):
    made = prepay(said(visit))

    assert queries.prepaid(visit.id, by=SYSTEM) == made
    assert not made.owed_back
    with pytest.raises(PrepaymentUsedError):
        prepay(said(visit, transaction_id="T-2"))


def test_a_transfer_of_another_app_may_have_the_same_name(session):
    first, second, third = (people.booked(people.assemble()) for _ in range(3))
    prepay(said(first))

    other = prepay(said(second, through="other.example"))

    assert other.transaction_id == "T-1"
    with pytest.raises(PrepaymentUsedError):
        prepay(said(third))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("amount", Decimal(each)) for each in ("0", "-1", "1.005", "NaN")),
        *(("currency", each) for each in ("", "rupees", "inr")),
        *(("transaction_id", each) for each in ("", " ", "T\x07", "7" * 201)),
        *(("through", each) for each in ("", "7" * 201)),
    ],
)
def test_refuses_what_cannot_be_right(visit, field, value):
    with pytest.raises(InputError) as refused:
        prepay(said(visit, **{field: value}))

    assert refused.value.field == field
    assert queries.prepaid(visit.id, by=SYSTEM) is None


def test_is_owed_back_while_the_visit_is_off(visit):
    prepay(said(visit))

    booking.cancel(visit.id, "ill", by=SYSTEM, now=NOW)

    assert queries.prepaid(visit.id, by=SYSTEM).owed_back


def test_is_read_by_who_takes_money(visit):
    prepay(said(visit))
    meena = make.user(place=visit.facility).actor
    analyst = make.user(Role.ANALYST, visit.facility).actor

    assert queries.prepaid(visit.id, by=meena)
    with pytest.raises(ForbiddenError):
        queries.prepaid(visit.id, by=analyst)


def test_is_written_by_who_may_ask_for_the_visit(visit):
    analyst = make.user(Role.ANALYST, visit.facility).actor

    with pytest.raises(ForbiddenError):
        service.prepay(said(visit), by=analyst, now=NOW)
    assert queries.prepaid(visit.id, by=SYSTEM) is None


def test_nothing_is_paid_before_at_first(visit):
    assert queries.prepaid(visit.id, by=SYSTEM) is None
