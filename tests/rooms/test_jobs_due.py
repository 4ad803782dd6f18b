"""The scheduler puts jobs of the day into the queue when they are due, not before."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
from redis import Redis
from rq import Queue
from rq.cron import CronScheduler

from app.jobs import worker
from app.jobs.schedule import PERIODIC

START = datetime(2026, 3, 2, 10, 38, tzinfo=UTC)
# Minutes after the start, and whether both jobs are in the queue by then.
ROUNDS = ((0, {"no_shows"}), (1, set()), (2, {"close_days"}), (5, {"no_shows"}))


@pytest.fixture
def store(app):
    """Give the Redis that jobs are put into, without any of them before and after."""
    settings = app.extensions["baari.settings"]
    with closing(Redis.from_url(settings.redis_url)) as client:
        lines = [Queue(each.queue, connection=client) for each in PERIODIC.values()]
        for line in lines:
            line.empty()
        yield client
        for line in lines:
            line.empty()


def test_who_did_not_come_is_looked_for_and_days_are_closed_by_the_clock(
    app, store, monkeypatch, time_machine
):
    put = []

    def rounds(scheduler):
        """Do what the scheduler does each time it wakes, at these times."""
        for minutes, _ in ROUNDS:
            time_machine.move_to(START.replace(minute=38 + minutes), tick=False)
            put.append({each.name for each in scheduler.enqueue_jobs()})

    time_machine.move_to(START, tick=False)
    monkeypatch.setattr(CronScheduler, "start", rounds)
    worker.keep_time(app)

    ours = {"no_shows", "close_days"}
    assert [each & ours for each in put] == [due for _, due in ROUNDS]
    name = PERIODIC["no_shows"].queue
    waiting = Queue(name, connection=store).get_jobs()
    assert [j.args[0] for j in waiting if j.args[0] in ours] == [
        "no_shows",
        "close_days",
        "no_shows",
    ]
    assert {j.func_name for j in waiting} == {"app.jobs.worker.run"}
