"""The jobs of the network: woken, they do what was asked and send what is owed."""

from datetime import timedelta

import pytest
from redis import Redis
from rq import Queue
from sqlalchemy import select, text

from app.core.db import db, transaction
from app.jobs import nudge
from app.jobs.names import OUTSIDE, QUEUE
from app.jobs.schedule import PERIODIC
from beckn import jobs, owing, sending, working
from beckn.models import Asked, Owed, Received, Sent
from tests.beckn import buyers
from tests.beckn.buyers import BAP, Buyer, post, raw
from tests.factories import NOW
from tests.racing import race

pytestmark = [
    pytest.mark.time_machine(NOW, tick=False),
]


@pytest.fixture
def buyer(hospital):
    jobs.listen(hospital)
    db.session.execute(text("TRUNCATE beckn_outbox, beckn_inbox"))
    db.session.commit()
    buyer = Buyer()
    buyers.use(hospital, buyer.network())
    yield buyer
    buyers.use(hospital, None)


def test_woken_they_do_all_and_send_all(hospital, buyer):
    for n in range(12):
        post(hospital, raw(transaction_id=f"t-{n}"))
        post(hospital, raw("init", transaction_id=f"t-{n}"))

    PERIODIC["network"].act()

    told = buyer.by_transaction()
    assert len(told) == 12
    for one in told.values():
        actions = [each["context"]["action"] for each in one]
        assert actions == ["on_select", "on_init"]
    assert set(db.session.scalars(select(Received.state))) == {Asked.DONE}
    assert set(db.session.scalars(select(Sent.state))) == {Owed.ACKED}


def test_they_wait_in_a_queue_of_their_own(hospital, buyer):
    url = hospital.extensions["baari.settings"].redis_url
    with Redis.from_url(url) as client:
        nudge.heard(owing.JOB)
        own, outside = (Queue(name, connection=client) for name in (QUEUE, OUTSIDE))
        own.empty()
        outside.empty()

        post(hospital, raw())

        assert [job.args for job in outside.jobs] == [("network",)]
        assert own.jobs == []
        outside.empty()
        nudge.heard(owing.JOB)
    others = {name for name, job in PERIODIC.items() if job.queue != QUEUE}
    assert others == {"network"}


def test_with_no_network_they_do_nothing(hospital, buyer):
    post(hospital, raw())
    buyers.use(hospital, None)

    PERIODIC["network"].act()
    PERIODIC["network_forget"].act()

    assert db.session.scalar(select(Received.state)) is Asked.WAITING


def test_what_waits_behind_another_keeps_nobody_waiting(hospital, buyer):
    post(hospital, raw())
    post(hospital, raw("init"))
    while working.work_one(now=NOW):
        pass
    buyer.answers = ["down", "down"]
    sending.send_one(now=NOW)

    assert sending.is_next_within(jobs.WAITED_S, now=NOW)
    sending.send_one(now=NOW + timedelta(seconds=3))
    assert not sending.is_next_within(jobs.WAITED_S, now=NOW + timedelta(seconds=3))


def test_of_two_hands_one_works_on_a_transaction(hospital, buyer):
    post(hospital, raw())
    post(hospital, raw("init"))
    inside = []

    def do(action, context, message, *, now):
        # Another hand, with a connection of its own, finds nothing to do meanwhile.
        with hospital.app_context():
            inside.append((action, working.work_one(now=now)))
        return buyer.do(action, context, message, now=now)

    buyers.use(hospital, buyer.network(do=do))
    assert working.work_one(now=NOW)
    assert working.work_one(now=NOW)

    assert inside == [("select", False), ("init", False)]


def test_news_that_comes_at_once_gets_numbers_of_its_own(hospital, buyer):
    post(hospital, raw())

    def tells():
        with transaction():
            owing.news(BAP, "t-1", "on_status", lambda _: {"order": {}}, now=NOW)

    race(hospital, [tells] * 6)

    numbers = db.session.scalars(select(Sent.sequence).order_by(Sent.sequence))
    assert numbers.all() == [1, 2, 3, 4, 5, 6]


def test_hands_that_look_at_one_moment_leave_nothing_undone(hospital, buyer):
    # Whoever looks for the first one due may have the row of one that is taken.
    for n in range(40):
        post(hospital, raw(transaction_id=f"t-{n}"))

    def hand():
        while working.work_one(now=NOW):
            pass

    race(hospital, [hand] * 8)

    assert set(db.session.scalars(select(Received.state))) == {Asked.DONE}
