"""People leave the boxes of the network when their transactions are long over."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from app.core.db import db
from beckn import forgetting, owing, sending, working
from beckn.models import Asked, Received, Sent
from tests.beckn import buyers
from tests.beckn.buyers import Buyer, post, raw
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
