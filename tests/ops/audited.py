"""A small hospital whose database may be broken on purpose, for the auditor to see."""

from contextlib import contextmanager
from copy import copy

import psycopg

from app.booking import service
from app.booking.views import Holding
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from drills import auditor
from tests import factories as make
from tests.factories import NOW, local


class World:
    """A doctor with tokens and open time, two chairs, and a booking of each kind."""

    def __init__(self, url):
        self._url = url
        self.place = make.facility()
        self.doctor = make.resource(self.place, token_prefix="A")
        opd = make.opd(tokens=2)
        make.hours(self.place, self.doctor, opd, make.open_time(make.time(13)))
        self.chairs = make.resource(self.place, ResourceKind.CHAIR, capacity=2)
        make.hours(self.place, self.chairs)
        self.machine = make.resource(self.place, ResourceKind.EQUIPMENT)
        make.hours(self.place, self.machine)
        self.visit = make.kind(minutes=30)
        self.token = self.book_token()
        self.timed = self.book(self.doctor, 14)
        self.later = self.book(self.doctor, 15)
        self.pair = [self.book(self.chairs, 10), self.book(self.chairs, 10)]

    def at(self, url):
        """Give the same world where its database was copied to."""
        there = copy(self)
        there._url = url
        return there

    def book_token(self):
        order = make.token_order(
            self.place, self.doctor, self.visit, make.patient(), local(10)
        )
        return service.book_token(order, by=SYSTEM, now=NOW)

    def book(self, of, hour, **more):
        order = make.timed_order(
            self.place, of, self.visit, make.patient(), local(hour), **more
        )
        return service.book_timed(order, by=SYSTEM, now=NOW)

    def book_over_slots(self, hour):
        order = make.timed_order(
            self.place, self.doctor, self.visit, make.patient(), local(hour)
        )
        return service.book_over_slots(order, "Urgent", by=SYSTEM, now=NOW)

    def hold(self, hour):
        order = make.timed_order(self.place, self.doctor, self.visit, None, local(hour))
        return service.hold_timed(order, Holding("k", 10), by=SYSTEM, now=NOW)

    @contextmanager
    def connect(self):
        with psycopg.connect(
            self._url.replace("+psycopg", ""), autocommit=True
        ) as connection:
            yield connection

    def plant(self, *statements):
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)

    def faults(self):
        """Give how many faults of each kind the auditor counts, without the zeros."""
        with self.connect() as connection:
            found = auditor.audit(connection)
        return {name: len(rows) for name, rows in found.items() if rows}


def row(view):
    return f"(SELECT id FROM appointments WHERE public_id = '{view.id}')"
