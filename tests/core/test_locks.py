"""Locks: all or none, for a while, let go by their owner, never in the way for long."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace
from redis import Redis
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.booking import rows, service
from app.booking.errors import SlotTakenError
from app.booking.views import Want
from app.core import holding, locks
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from app.core.errors import BusyError, NotFoundError
from app.core.holding import hold_all
from app.core.locks import Locks
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests import servers
from tests.factories import NOW, local

MOST_S = 60


@pytest.fixture
def url(worker):
    return servers.start_shared().redis_url(15 - worker)


@pytest.fixture
def redis(url):
    with Redis.from_url(url, decode_responses=True) as client:
        client.flushdb()
        yield client


@pytest.fixture
def rivals(redis, url):
    return Locks(url), Locks(url)


def names(redis):
    return {key.rpartition(":")[2] for key in redis.scan_iter()}


class TestRedis:
    def test_all_are_had(self, redis, rivals):
        with rivals[0].hold(["a", "b", "c"]) as held:
            assert held
            assert names(redis) == {"a", "b", "c"}

    def test_none_is_had_while_one_of_them_is_taken(self, redis, rivals):
        one, two = rivals
        with one.hold(["b"]), two.hold(["a", "b", "c"]) as held:
            assert not held
            # Nothing is left of the try: a third one gets the others at once.
            assert names(redis) == {"b"}
            with two.hold(["a", "c"]) as others:
                assert others

    def test_they_are_let_go_together_also_after_an_error(self, redis, rivals):
        with pytest.raises(ZeroDivisionError), rivals[0].hold(["a", "b"]):
            raise ZeroDivisionError

        assert names(redis) == set()

    def test_they_last_a_minute_at_the_most(self, redis, rivals):
        with rivals[0].hold(["a", "b"]):
            lasts = [redis.pttl(key) for key in redis.scan_iter()]

        assert len(lasts) == 2
        assert all(0 < ms <= MOST_S * 1000 for ms in lasts)

    def test_one_that_ran_out_is_not_taken_from_the_next_holder(self, redis, rivals):
        one, two = rivals
        with one.hold(["a"]):
            redis.flushdb()
            with two.hold(["a"]):
                first = redis.keys()
                with one.hold(["a"]) as held:
                    assert not held
                assert redis.keys() == first
                owner = redis.get(first[0])
            assert names(redis) == set()
            redis.set(first[0], owner)
        # The owner is another one: leaving took nothing of theirs away.
        assert names(redis) == {"a"}


@pytest.fixture
def lasting(app, worker):
    """Give a database whose commits last, for rivals in other processes."""
    url = servers.start_shared().database_url_for(f"baari_locks_{worker}")
    engine = create_engine(url, poolclass=NullPool)
    with app.app_context():
        engines = db._app_engines[app]
        others, engines[None] = engines[None], engine
        try:
            yield url
        finally:
            db.session.remove()
            engines[None] = others
            engine.dispose()
            locks.use(app.extensions["baari.settings"].redis_url)


def connect(url):
    plain = make_url(url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


@contextmanager
def held_elsewhere(url, key):
    """Hold a resource's lock in PostgreSQL as a transaction of another process does."""
    with connect(url) as rival:
        rival.execute("BEGIN")
        rival.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        yield


class TestPostgres:
    def test_those_had_before_the_one_that_is_not_are_let_go(
        self, lasting, monkeypatch
    ):
        monkeypatch.setattr(holding, "LOCK_TIMEOUT_MS", 50)
        with held_elsewhere(lasting, "b"):
            with pytest.raises(BusyError), transaction():
                hold_all(["a", "b", "c"])

            with transaction():
                hold_all(["a", "c"])

    def test_waiting_too_long_is_busy_and_never_taken(self, lasting, monkeypatch):
        monkeypatch.setattr(holding, "LOCK_TIMEOUT_MS", 50)
        place, doctor, why = clinic()
        taken = make.timed_order(place, doctor, why, make.patient(), local(10))
        service.book_timed(taken, by=SYSTEM, now=NOW)

        with held_elsewhere(lasting, f"resource:{doctor.public_id}"):
            for hour in (10, 11):
                order = make.timed_order(
                    place, doctor, why, make.patient(), local(hour)
                )
                # The one at ten is taken, but nobody has looked yet.
                with pytest.raises(BusyError):
                    service.book_timed(order, by=SYSTEM, now=NOW)

        with pytest.raises(SlotTakenError):
            service.book_timed(taken, by=SYSTEM, now=NOW)


class TestFoundLocks:
    """The locks of an appointment are found by the statement that takes them."""

    @pytest.fixture
    def booked(self, lasting):
        place, doctor, why = clinic()
        rooms = [make.resource(place, ResourceKind.LOCATION) for _ in range(5)]
        for each in rooms:
            make.hours(place, each)
        order = make.timed_order(place, doctor, why, make.patient(), local(10))
        wanted = tuple(Want(each.public_id) for each in (doctor, *rooms))
        order = replace(order, resources=wanted)
        return service.book_timed(order, by=SYSTEM, now=NOW)

    def test_all_are_had_in_the_order_of_their_names(self, lasting, booked):
        used = [claim.resource.public_id for claim in booked.resources]
        with transaction():
            held = rows._LOCKS.hold({"public_id": booked.id})

            assert list(held) == sorted(used, key=str)
            with connect(lasting) as rival:
                assert [free(rival, each) for each in used] == [False] * len(used)

    def test_one_that_is_not_had_lets_the_others_go(self, lasting, booked, monkeypatch):
        monkeypatch.setattr(holding, "LOCK_TIMEOUT_MS", 50)
        first, *_, last = sorted(
            [claim.resource.public_id for claim in booked.resources], key=str
        )
        with held_elsewhere(lasting, f"resource:{last}"):
            with pytest.raises(BusyError), transaction():
                rows.hold_used(booked.id)

            with connect(lasting) as rival:
                assert free(rival, first)

    def test_of_what_is_not_there_nothing_is_held(self, lasting):
        with pytest.raises(NotFoundError), transaction():
            rows.hold_used(uuid4())


def free(rival, resource):
    asked = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
    return rival.execute(asked, [f"resource:{resource}"]).fetchone()[0]


HOLDER = """
import os, sys, time
from app.booking import guard
from app.core.actor import SYSTEM
from app.core.settings import Settings
from datetime import datetime, UTC
from uuid import UUID, uuid4
from wsgi import create_app
with create_app(Settings.from_environ(os.environ)).app_context():
    keys = guard.keys_of([UUID(sys.argv[1])])
    with guard.acting(keys, uuid4(), by=SYSTEM, now=datetime.now(UTC)):
        print("held", flush=True)
        time.sleep(600)
"""


# Whom a dead holder is in the way of loses the wait for Redis, and what a busy machine
# takes to book. That is far less than a lock lasts, or than PostgreSQL lets one wait.
WITHIN_S = locks.WAIT_S + 2.5
LASTS_S = min(locks.TTL_MS, holding.LOCK_TIMEOUT_MS) / 1000


def test_a_holder_that_is_killed_blocks_nobody_for_longer_than_the_poll(
    app, lasting, redis, url
):
    assert 3 * WITHIN_S < LASTS_S <= MOST_S
    place, doctor, why = clinic()

    def book(hour):
        with app.app_context():
            order = make.timed_order(place, doctor, why, make.patient(), local(hour))
            told = service.book_timed(order, by=SYSTEM, now=NOW)
        return told.reference, time.monotonic()

    # What is slow at first is no wait for anybody.
    book(9)
    locks.use(url)
    with (
        ThreadPoolExecutor(1) as pool,
        holding_elsewhere(lasting, url, doctor) as holder,
    ):
        (key,) = redis.keys()
        # So that nothing but giving up the wait can let the next one on.
        redis.persist(key)
        waits = pool.submit(book, 10)
        until_one_waits(lasting)
        os.kill(holder.pid, signal.SIGKILL)
        killed = time.monotonic()
        reference, had = waits.result(timeout=60)
    assert reference
    assert had - killed < WITHIN_S

    began = time.monotonic()
    reference, had = book(11)

    assert reference
    assert had - began < WITHIN_S
    assert redis.keys() == [key]


@contextmanager
def holding_elsewhere(lasting, url, doctor):
    """Let another process hold the locks of a doctor, and give it."""
    environ = {
        **os.environ,
        "DATABASE_URL": lasting,
        "REDIS_URL": url,
        "SECRET_KEY": servers.SECRET,
        "BAARI_HOME": str(servers.start_shared().home.root),
    }
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(doctor.public_id)],
        cwd=servers.PROJECT,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            yield holder
        finally:
            holder.kill()


def until_one_waits(url):
    """Wait until somebody stands in PostgreSQL's line for a lock."""
    asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    give_up = time.monotonic() + 30
    with connect(url) as eye:
        while eye.execute(asked).fetchone() == (0,):
            assert time.monotonic() < give_up
            time.sleep(0.01)


def clinic():
    place = make.facility()
    doctor = make.resource(place)
    make.hours(place, doctor)
    return place, doctor, make.kind(minutes=30)
