"""Where visits of the network are paid is set up, and what was paid before is shown."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.accounts.permissions import Role
from app.audit.models import AuditEvent
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.directory import queries
from app.directory.kinds import NetworkTerms
from app.receipts import service as receipts
from app.receipts.views import NewPrepayment
from tests import factories as make
from tests.beckn import buyers
from tests.beckn.buyers import Buyer
from tests.doors import people, strict
from tests.doors.networked import YEAR, asks, came, ordered, settled, signs_for, text
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

PAGE = "/setup/at/kochi/network"
NOT_TWICE = "not to be taken at the desk again"
BACK = "to be refunded by the app"


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


@pytest.fixture
def visit(world):
    """Let a visit be paid through an app before it was booked."""
    order = NewPrepayment(
        world.timed.id, "bap.example.org", "UPI-7001", Decimal(300), "INR"
    )
    receipts.prepay(order, by=SYSTEM, now=NOW)
    return world.timed


def words(answer):
    return strict.words(strict.page(answer))


def lines(session):
    found = select(AuditEvent.before, AuditEvent.after).where(
        AuditEvent.action == "facility.changed"
    )
    return [tuple(row) for row in session.execute(found)]


def test_the_terms_are_shown_and_set_and_each_change_is_in_the_trail(
    admin, world, session
):
    assert 'value="desk" selected' in " ".join(admin.get(PAGE).text.split())
    assert "Network payment" in words(admin.get("/setup/at/kochi"))

    kept = admin.post(PAGE, terms="prepaid")

    assert kept.status_code == 303
    assert queries.network_terms(world.kochi) is NetworkTerms.PREPAID
    assert 'value="prepaid" selected' in " ".join(admin.get(PAGE).text.split())
    admin.post(PAGE, terms="prepaid")
    change = ({"network_terms": "desk"}, {"network_terms": "prepaid"})
    assert lines(session) == [change]


def test_terms_that_nobody_has_are_refused(admin, world):
    wrong = admin.post(PAGE, terms="later")

    assert wrong.status_code == 422
    assert queries.network_terms(world.kochi) is NetworkTerms.DESK


def test_who_takes_money_sees_what_was_paid_and_takes_it_no_more(meena, visit):
    for page in (f"/appointments/{visit.id}", f"/receipts/of/{visit.id}"):
        shown = words(meena.get(page))
        assert "Paid through bap.example.org" in shown
        assert "UPI-7001" in shown
        assert "300.00 INR" in shown
        assert NOT_TWICE in shown
        assert BACK not in shown


def test_what_was_paid_for_a_visit_that_is_off_is_the_apps_to_give_back(meena, visit):
    booking.cancel(visit.id, "The doctor is ill", by=SYSTEM, now=NOW)

    for page in (f"/appointments/{visit.id}", f"/receipts/of/{visit.id}"):
        shown = words(meena.get(page))
        assert BACK in shown
        assert NOT_TWICE not in shown


def test_of_other_visits_nothing_is_said(meena, world):
    assert "Paid through" not in words(meena.get(f"/appointments/{world.timed.id}"))
    assert "Paid through" not in words(meena.get(f"/receipts/of/{world.timed.id}"))


def test_who_only_looks_at_the_calendar_is_told_nothing_of_money(app, world, visit):
    analyst = people.signed_in(app, make.user(Role.ANALYST, world.kochi))

    answer = analyst.get(f"/appointments/{visit.id}")

    assert answer.status_code == 200
    assert "Paid through" not in words(answer)


@pytest.fixture
def buyer(app):
    buyer = Buyer()
    buyers.use(app, buyer.network(key=signs_for(YEAR)))
    yield buyer
    buyers.use(app, None)


def test_a_transaction_of_the_network_tells_what_was_paid(app, admin, buyer, world):
    ordered(world)
    asks(app)
    settled()
    page = f"/network/transactions/{came().public_id}"
    assert "Paid through" not in text(admin.get(page))

    order = NewPrepayment(
        world.token.id, "bap.example.org", "UPI-7001", Decimal(300), "INR"
    )
    receipts.prepay(order, by=SYSTEM, now=NOW)

    told = text(admin.get(page))
    assert "Paid through bap.example.org, UPI-7001" in " ".join(told.split())
    assert NOT_TWICE in told
