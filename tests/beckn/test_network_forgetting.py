"""People leave the boxes of the network when their transactions are long over."""

from datetime import timedelta

import orjson
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select, text

from app.core.db import db
from beckn import forgetting, owing, sending, working
from beckn.dialects.core_schema import SCHEMAS
from beckn.models import Asked, Received, Sent
from beckn.ordering.models import NetworkOrder
from tests import factories as make
from tests.beckn import buyers
from tests.beckn.buyers import Buyer, post, raw
from tests.beckn.buying import Buyer as Whole
from tests.beckn.buying import show
from tests.factories import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

DAYS = timedelta(days=90)


@pytest.fixture
def buyer(app):
    buyer = Buyer()
    buyers.use(app, buyer.network())
    yield buyer
    buyers.use(app, None)


def only(model):
    (row,) = db.session.scalars(select(model)).all()
    return row


def test_people_go_and_the_rest_stays(app, session, buyer):
    post(app, raw("init"))
    assert working.work_one(now=NOW)
    assert sending.send_one(now=NOW)
    network, over = buyer.network(), NOW + DAYS + timedelta(seconds=1)

    assert forgetting.forget(network, now=NOW + DAYS) == 0
    assert forgetting.forget(network, now=over) == 2
    assert forgetting.forget(network, now=over) == 0

    asked, sent = only(Received), only(Sent)
    for kept in (asked.raw, sent.body, orjson.dumps(sent.snapshot)):
        assert b"A Patient" not in kept
        assert b"9800000000" not in kept
        assert b"Dr Meera Rao" in kept
        assert b"bap.example.org" in kept
    # What is no longer what was sent is never sent.
    with pytest.raises(owing.NotAgainError):
        owing.resend(sent.public_id, now=over)


def test_an_account_that_paid_goes_and_what_was_paid_stays(app, session, buyer):
    uhi = {"vpa": "asha@bank", "mode": "UPI", "transaction_id": "UPI-7001"}
    core = {
        "virtual_payment_address": "asha@bank",
        "bank_account_number": "asha@bank",
        "source_virtual_payment_address": "asha@bank",
        "source_bank_account_number": "asha@bank",
    }
    order = {**buyers.ORDER["order"], "payments": [{"params": uhi | core}]}
    post(app, raw("confirm", {"order": order}))
    assert working.work_one(now=NOW)
    assert sending.send_one(now=NOW)

    over = NOW + DAYS + timedelta(seconds=1)
    assert forgetting.forget(buyer.network(), now=over) == 2

    kept = only(Received).raw
    assert b"asha@bank" not in kept
    assert b"UPI-7001" in kept


class TestOrders:
    @pytest.fixture
    def given(self, session):
        """Give a buyer, and its order of a visit of today, by its id."""
        place = make.facility()
        doctor = make.resource(place)
        make.hours(place, doctor, make.opd(tokens=4))
        visit = make.kind(minutes=30)
        show(place, doctor)
        buyer = Whole(place=place)
        found = buyer.finds(item={"id": visit.code})
        order = buyer.order(found[0]["id"], visit.code)
        return buyer, buyer.one("confirm", order=order)["order"]["id"]

    def test_lose_their_people_and_are_told_of_still(self, buyer, given):
        app, order_id = given
        words = {"short_desc": "I am ill"}
        asked = {"order_id": order_id, "cancellation_reason_id": "002"}
        app.one("cancel", **asked, descriptor=words)
        over = NOW + DAYS + timedelta(seconds=1)

        assert forgetting.forget(buyer.network(), now=NOW + DAYS) == 0
        assert forgetting.forget(buyer.network(), now=over) == 1
        assert forgetting.forget(buyer.network(), now=over) == 0

        row = db.session.execute(text("SELECT to_jsonb(o)::text FROM beckn_orders o"))
        kept = row.scalar_one()
        for gone in ("Asha", "9800000000", "I am ill"):
            assert gone not in kept
        told = app.one("status", over, order_id=order_id)["order"]
        assert told["status"] == "CANCELLED"
        assert "Asha" not in str(told)
        # It is as strictly written as any.
        Draft202012Validator(SCHEMAS["on_status"]).validate({"order": told})

    def test_of_who_is_yet_to_come_keep_them(self, buyer, given):
        # Kept for no day: the visit itself is still ahead.
        network = buyer.network(kept_days=0)
        soon = NOW + timedelta(seconds=1)
        assert forgetting.forget(network, now=soon) == 0
        assert only(NetworkOrder).redacted_at is None

        assert forgetting.forget(network, now=NOW + timedelta(days=1)) == 1


def test_a_transaction_that_goes_on_is_kept_whole(app, session, buyer):
    late = NOW + 2 * DAYS
    network = buyer.network(undated=frozenset({buyers.BAP}))
    buyers.use(app, network)
    post(app, raw("init"))
    # Nobody has done it yet; then it is not sent yet; then something newer comes.
    assert forgetting.forget(network, now=late) == 0
    assert working.work_one(now=NOW)
    assert forgetting.forget(network, now=late) == 0
    assert sending.send_one(now=late)
    post(app, raw("status", message_id="m-2"))
    row = db.session.scalar(select(Received).where(Received.message_id == "m-2"))
    row.received_at, row.due_at, row.state, row.done_at = late, None, Asked.DONE, late
    db.session.commit()
    assert forgetting.forget(network, now=late) == 0

    assert forgetting.forget(network, now=late + 2 * DAYS) == 3
