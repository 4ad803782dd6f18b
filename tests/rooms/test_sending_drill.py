"""A sender killed halfway, with no Redis: every message arrives, and once."""

import os
import signal
import subprocess
import sys
from threading import Lock

import psycopg
import pytest
from msgspec.structs import replace
from sqlalchemy import text

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.db import db, transaction
from app.notifications import internal, sending
from app.notifications.kinds import Told
from app.notifications.views import Note, To
from drills import chaos, results
from drills.sink import Sink
from tests import factories as make
from tests import gateways, servers
from tests.factories import NOW, local

pytestmark = [pytest.mark.timeout(120)]

DUE, DIES_AT = 60, 20
_SEND = """
import os, sys
from datetime import datetime
from app.core.settings import Settings
from app.notifications import sending
from wsgi import create_app
with create_app(Settings.from_environ(os.environ)).app_context():
    while sending.send_one(now=datetime.fromisoformat(sys.argv[1])):
        pass
"""


@pytest.fixture
def due(hospital):
    """Let so many patients be told of one visit that the doctor is late."""
    settled = "UPDATE messages SET due_at = NULL, status = 'sent'"
    db.session.execute(text(settled))
    db.session.commit()
    place = make.facility()
    rao = make.resource(place)
    make.hours(place, rao)
    order = make.timed_order(place, rao, make.kind(), None, local(10))
    visit = booking.book_timed(order, by=SYSTEM, now=NOW)
    people = [make.patient(phone=f"+9198470{n:05}") for n in range(DUE)]
    data = {"with": rao.name, "late_minutes": 20}
    with transaction():
        internal.queue(
            [
                Note(To(patient_id=who.id), Told.DELAYED, place.id, visit.id, "x", data)
                for who in people
            ],
            now=NOW,
        )
    return people


def send(hospital, lasting, url, now):
    settings = replace(
        hospital.extensions["baari.settings"],
        database_url=lasting,
        redis_url="redis://127.0.0.1:1/0",
        sms=url,
    )
    return subprocess.Popen(
        [sys.executable, "-c", _SEND, now.isoformat()],
        cwd=servers.PROJECT,
        env={**os.environ, **settings.environ()},
    )


def test_each_arrives_exactly_once(hospital, lasting, due):
    with gateways.http() as (url, sink):
        once, running = Lock(), []

        def kill(arrived):
            """Kill who sends after the gateway took it, before it can answer."""
            if arrived == DIES_AT and once.acquire(blocking=False):
                os.kill(running[0].pid, signal.SIGKILL)

        sink.hooks.append(kill)
        running.append(send(hospital, lasting, url, NOW))
        assert running[0].wait(60) == -signal.SIGKILL
        assert len(sink.letters) == DIES_AT
        assert send(hospital, lasting, url, NOW).wait(60) == 0
        assert len(sink.letters) == DUE
        assert send(hospital, lasting, url, NOW + sending.LEASE).wait(60) == 0

    # The one under way went again under its own key: to the gateway it is one.
    assert len(sink.letters) == DUE + 1
    with psycopg.connect(lasting.replace("+psycopg", "")) as connection:
        result = chaos.judge(sink, connection, [who.phone for who in due])
    assert result.is_clean, results.report(result)
    assert result.counts["came again by key"] == 1
    assert result.counts["tries unknown"] == 1


class TestJudging:
    def result(self, lasting, sink, phones):
        with psycopg.connect(lasting.replace("+psycopg", "")) as connection:
            return {
                name: len(found)
                for name, found in chaos.judge(sink, connection, phones).faults.items()
            }

    def test_each_kind_of_fault_is_found(self, hospital, lasting, due):
        sink, phones = Sink(), [who.phone for who in due]
        sink.letters = [
            {"id": "one", "to": phones[0]},
            {"id": "one", "to": phones[0]},
            {"id": "two", "to": phones[0]},
        ]

        assert self.result(lasting, sink, phones) == {
            "never arrived": DUE - 1,
            "arrived twice": 1,
            "again without a word": 1,
            "not settled": DUE,
        }
