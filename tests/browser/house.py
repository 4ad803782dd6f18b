"""The hospital of the access table on its Monday, served, with people in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import time_machine
from flask import Flask, url_for

from app.availability.kinds import Offered
from app.availability.views import NewSession
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory.kinds import Category, ResourceKind
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients.views import Need, NewPatient
from app.queues import service as queues
from app.queues.views import NewCounter, NewWalkIn
from tests import factories as make
from tests import servers
from tests.doors import world as hospital
from tests.doors.access import Route
from tests.doors.waiters import wait
from tests.doors.world import NOW, World, local
from tests.served import served
from wsgi import create_app

LONG = "Venkatanarasimharajuvaripeta Subrahmanyam"
WAIT = ("Uma", "Vani", LONG, "Wasim", "Yash", "Zara", "Abdul", "Bina", "Chitra")
NOBODY: frozenset[Need] = frozenset()
NEEDS = {"Vani": frozenset({Need.PREGNANT}), LONG: frozenset({Need.VIP})}
# In a place of its own: the shortest visit makes all rows of its day tall.
BRIEF = "brief"


@dataclass(frozen=True)
class House:
    base: str
    app: Flask
    world: World

    def address(self, row: Route) -> str:
        """Make what a row of the access table names, and give where it is."""
        with self.app.app_context(), self.app.test_request_context():
            return url_for(row.endpoint, **row.args(self.world))


@contextmanager
def opened(worker: int) -> Iterator[House]:
    settings = servers.start_shared().settings(f"baari_house_{worker}", 8 + worker)
    app = create_app(settings)
    with time_machine.travel(NOW, tick=True):
        with app.app_context():
            world = hospital.build()
            _fill(world)
        with served(app) as port:
            yield House(f"http://127.0.0.1:{port}", app, world)
        with app.app_context():
            db.engine.dispose()


def _fill(world: World) -> None:
    """Let people wait, be called and sent on; book side by side, and very briefly."""
    for name in ("Asha", LONG):
        wait(world, name)
    queues.add_counter(
        NewCounter(world.kochi.public_id, "1", "Counter 1"), by=SYSTEM, now=NOW
    )
    _queue(world)
    # Who has a choice of one is not asked.
    make.kind(), make.kind()
    tent = make.resource(
        world.kochi, ResourceKind.LOCATION, code="tent", name="Tent", capacity=4
    )
    make.hours(world.kochi, tent)
    long = make.kind(45, Category.VACCINATION)
    for minute in (0, 10, 20, 30):
        _book(world.kochi, tent, long, f"Lane {LONG}", local(10, minute))
    # Between them is a gap that a brief visit would fit into.
    narrow = make.resource(world.kochi, code="narrow", name="Dr Narrow")
    make.hours(world.kochi, narrow)
    for minute in (0, 35):
        _book(world.kochi, narrow, world.visit, "Narrow", local(10, minute))
    place = make.facility(BRIEF)
    for code, minutes in (("five", 5), ("quarter", 15)):
        doctor = make.resource(place, code=code, name=f"Dr {code} {LONG}")
        tokens = NewSession(Offered.TOKENS, (0,), time(14), time(15), minutes, 1)
        make.hours(place, doctor, make.open_time(time(9), time(13)), tokens)
        brief = make.kind(minutes, Category.PROCEDURE)
        for number in range(6):
            start = local(10) + timedelta(minutes=minutes * number)
            _book(place, doctor, brief, f"Brief {number}", start)


def _queue(world: World) -> None:
    came = [
        queues.walk_in(
            NewWalkIn(
                world.kochi.public_id,
                world.rao.public_id,
                world.visit.public_id,
                person=NewPatient(name, needs=NEEDS.get(name, NOBODY)),
            ),
            by=SYSTEM,
            now=NOW - timedelta(minutes=90 - 10 * number),
        )
        for number, name in enumerate(WAIT)
    ]
    first, second, third, fourth, *_ = (each.id for each in came)
    queues.call(first, by=SYSTEM, now=NOW)
    queues.start(first, by=SYSTEM, now=NOW)
    queues.call(second, by=SYSTEM, now=NOW)
    queues.hold(third, by=SYSTEM, now=NOW)
    queues.boost(fourth, 10, "fever", local(12), by=SYSTEM, now=NOW)
    queues.run_late(came[0].queue_id, 20, "", by=SYSTEM, now=NOW)


def _book(
    place: FacilityView, of: ResourceView, kind: TypeView, who: str, at: datetime
) -> None:
    order = make.timed_order(place, of, kind, make.patient(who, "9847000001"), at)
    booking.book_timed(order, by=SYSTEM, now=NOW)
