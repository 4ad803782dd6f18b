"""An act wakes who sends, once for many; and is done though Redis is away."""

import pytest
from msgspec.structs import replace
from redis import Redis
from rq import Queue

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.jobs import nudge
from app.jobs.names import QUEUE
from app.notifications import channels, queries, sending
from app.notifications.kinds import Sending
from tests import factories as make
from tests.factories import NOW
from tests.rooms import cast as people


@pytest.fixture
def with_redis(app):
    """Open a way out, with one Redis or another; as it was after the test."""
    settings = app.extensions["baari.settings"]

    def use(url=settings.redis_url):
        changed = replace(settings, sms="http://127.0.0.1:1/send", redis_url=url)
        app.extensions["baari.settings"] = changed
        channels.use(changed)

    yield use
    app.extensions["baari.settings"] = settings
    channels.use(settings)


def test_many_acts_wake_it_once_until_it_is_awake(app, cast, with_redis):
    with_redis()
    url = app.extensions["baari.settings"].redis_url
    with Redis.from_url(url) as client:
        nudge.heard()
        queue = Queue(QUEUE, connection=client)
        queue.empty()

        people.booked(cast)
        nudge.wake()
        assert [job.args for job in queue.jobs] == [("messages",)]

        nudge.heard()
        nudge.wake()
        assert len(queue.jobs) == 2
        queue.empty()
        nudge.heard()


def test_a_booking_is_done_though_redis_is_away(cast, with_redis):
    with_redis("redis://127.0.0.1:1/0")
    order = replace(cast.timed, patient_id=make.patient("A", "+919847012345").public_id)
    booking.book_timed(order, by=SYSTEM, now=NOW)

    (told,) = queries.outbox(cast.place, by=SYSTEM)
    assert told.message.status is Sending.QUEUED
    assert sending.send_one(now=NOW)
