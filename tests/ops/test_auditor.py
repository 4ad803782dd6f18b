"""The auditor finds every kind of fault: each is planted, past the constraints."""

import time
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.booking import service
from app.booking.views import Arrangement, Holding, NewWaiting, Override, Want
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory.kinds import ResourceKind
from drills import acknowledged, auditor
from drills.notes import Note, Place
from drills.replay import History
from tests import factories as make
from tests import servers
from tests.factories import NOW, local

pytestmark = [pytest.mark.xdist_group("ops")]

LONG_AFTER = 60.0


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


@pytest.fixture
def world(app, worker):
    """Build it in a database of its own, whose commits last and which may be broken."""
    url = servers.start_shared().database_url_for(f"baari_auditor_{worker}")
    engine = create_engine(url, poolclass=NullPool)
    with app.app_context():
        engines = db._app_engines[app]
        others, engines[None] = engines[None], engine
        try:
            yield World(url)
        finally:
            db.session.remove()
            engines[None] = others
            engine.dispose()


def row(view):
    return f"(SELECT id FROM appointments WHERE public_id = '{view.id}')"


def test_what_is_as_it_should_be_has_no_fault(world):
    service.cancel(world.later.id, "ill", by=SYSTEM, now=NOW)
    service.no_show(world.token.id, by=SYSTEM, now=NOW)
    world.hold(16)

    assert world.faults() == {}


def test_two_claims_of_one_unit_are_an_overlap(world):
    world.plant(
        "ALTER TABLE booking_resources DROP CONSTRAINT ex_booking_resources_one_place",
        "UPDATE booking_resources SET during = o.during, claimed = o.claimed"
        " FROM booking_resources o"
        f" WHERE o.appointment_id = {row(world.timed)}"
        f" AND booking_resources.appointment_id = {row(world.later)}",
    )

    assert world.faults()["overlaps"] == 1


def test_a_booking_over_a_token_slot_is_an_overlap(world):
    world.plant(
        "ALTER TABLE booking_resources DROP CONSTRAINT ex_booking_resources_one_place",
        "UPDATE booking_resources SET during = o.during, claimed = o.claimed"
        " FROM booking_resources o WHERE o.token_slot_id IS NOT NULL"
        f" AND booking_resources.appointment_id = {row(world.later)}",
    )

    assert world.faults()["overlaps"] == 1


def test_more_at_once_than_there_are_units_is_over_capacity(world):
    number = world.chairs.id
    world.plant(f"UPDATE resources SET capacity = 1 WHERE id = {number}")

    assert world.faults() == {"over capacity": 2}


def test_more_tokens_than_a_slot_has_are_over_capacity(world):
    world.book_token()
    world.plant("UPDATE token_slots SET capacity = 2, taken = 2")
    assert world.faults() == {}

    world.plant(
        "ALTER TABLE token_slots DROP CONSTRAINT ck_token_slots_taken",
        "UPDATE token_slots SET capacity = 1",
    )

    assert world.faults() == {"over capacity": 1}


def test_a_number_given_twice_is_a_duplicate(world):
    world.plant(
        "ALTER TABLE tokens DROP CONSTRAINT uq_tokens_series_id_number",
        "INSERT INTO tokens (series_id, number) SELECT series_id, number FROM tokens",
    )

    assert world.faults() == {"duplicate numbers": 1}


def test_a_number_of_two_people_is_a_duplicate(world):
    world.plant(
        "ALTER TABLE participants DROP CONSTRAINT uq_participants_token_id",
        "UPDATE participants SET token_id = (SELECT min(id) FROM tokens)"
        f" WHERE appointment_id = {row(world.timed)}",
    )

    assert world.faults() == {"duplicate numbers": 1}


def test_a_number_about_to_be_given_again_is_a_duplicate(world):
    world.plant("UPDATE token_series SET last = 0")

    assert world.faults() == {"duplicate numbers": 1}


def test_a_token_without_a_number_is_found(world):
    world.plant("UPDATE participants SET token_id = NULL")

    assert world.faults() == {"not one patient": 1}


def test_a_token_for_two_is_found(world):
    world.plant(
        f"UPDATE participants SET appointment_id = {row(world.token)}"
        f" WHERE appointment_id = {row(world.timed)}"
    )

    assert world.faults() == {"not one patient": 1}


def test_a_claim_whose_booking_is_off_is_an_orphan(world):
    world.plant(
        f"UPDATE appointments SET status = 'cancelled' WHERE id = {row(world.timed)}"
    )

    found = world.faults()
    assert found["orphan claims"] == 1
    # All together and of its type.
    assert found["wrong counters"] == 2


def test_the_claim_of_an_empty_slot_is_an_orphan(world):
    world.plant(
        f"UPDATE appointments SET status = 'cancelled' WHERE id = {row(world.token)}"
    )

    assert world.faults()["orphan claims"] == 1


@pytest.mark.parametrize("owner", ["timed", "token"])
def test_a_booking_that_holds_no_place_is_found(world, owner):
    which = {
        "timed": f"appointment_id = {row(world.timed)}",
        "token": "token_slot_id IS NOT NULL",
    }
    world.plant(f"UPDATE booking_resources SET active = false WHERE {which[owner]}")

    assert set(world.faults()) == {"places not held"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE token_slots SET taken = taken + 1",
        "UPDATE daily_loads SET used = used + 1 WHERE id = 1",
        "DELETE FROM daily_loads WHERE id = 1",
    ],
)
def test_a_counter_that_is_wrong_is_found(world, statement):
    world.plant(statement)

    assert world.faults() == {"wrong counters": 1}


@pytest.fixture
def doubled(world):
    """A booking that stands beside `timed` with leave."""
    return world.book(world.doctor, 14, double_book=Override("twins"))


def test_a_double_booking_with_leave_is_no_fault(world, doubled):
    assert world.faults() == {}

    service.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)

    assert world.faults() == {}


def test_a_double_booking_that_nobody_approved_is_found(world, doubled):
    world.plant("DELETE FROM resource_conflicts")

    assert world.faults() == {"overrides without leave": 1}


def test_an_override_without_a_reason_is_found(world, doubled):
    world.plant(
        "ALTER TABLE booking_resources DROP CONSTRAINT ck_booking_resources_override",
        "UPDATE booking_resources SET override_reason = NULL",
    )

    assert world.faults() == {"overrides without leave": 1}


def test_an_override_that_outlived_its_rival_is_found(world, doubled):
    service.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)
    world.plant(
        "UPDATE booking_resources SET overridden = true, override_by = 'user:1',"
        f" override_reason = 'twins' WHERE appointment_id = {row(doubled)}"
    )

    assert world.faults() == {"overrides without leave": 1}


def test_an_override_among_several_units_is_left_while_one_moment_is_full(world):
    world.book(world.chairs, 10, double_book=Override("twins"))
    assert world.faults() == {}

    world.plant(f"UPDATE resources SET capacity = 3 WHERE id = {world.chairs.id}")

    assert world.faults() == {"overrides without leave": 1}


def test_an_offer_that_is_gone_is_found(world):
    order = NewWaiting(
        world.place.public_id,
        make.patient().public_id,
        world.visit.public_id,
        first_day=make.MONDAY,
        last_day=make.MONDAY,
    )
    service.join_waitlist(order, by=SYSTEM, now=NOW)
    assert world.faults() == {}

    world.plant("UPDATE waitlist_entries SET status = 'offered'")

    assert world.faults() == {"lost offers": 1}


def places(view):
    """Give the places of an appointment as a client notes them."""
    return [
        (
            str(each.resource.public_id),
            each.during.start.isoformat(),
            each.during.end.isoformat(),
        )
        for each in view.resources
    ]


def swapped(view):
    """Note a swap, whose answer tells of resources alone."""
    told = {"id": str(view.id), "revision": view.revision, "resources": places(view)}
    return Note(0, "swap", 0, 1, 200, appointment=told)


def acked(view, key="", **other):
    told = {
        "id": str(view.id),
        "revision": view.revision,
        "status": view.status.value,
        "token": view.token,
        "starts_at": view.span.start.isoformat(),
        "ends_at": view.span.end.isoformat(),
        "resources": places(view),
    }
    return Note(0, "book", 0, 1, 201, key=key, appointment=told | other)


class TestAcknowledged:
    def lost(self, world, *noted):
        with world.connect() as connection:
            return acknowledged.lost(connection, noted)

    def test_what_is_so_is_kept(self, world):
        off = service.cancel(world.later.id, "ill", by=SYSTEM, now=NOW)

        noted = [acked(world.token), acked(world.later), acked(off)]

        assert self.lost(world, *noted) == []

    def test_one_key_stands_for_one_booking(self, world):
        noted = [acked(world.token, key="k"), acked(world.timed, key="k")]

        assert len(self.lost(world, *noted)) == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"id": "00000000-0000-4000-8000-000000000000"},
            {"revision": 2},
            {"status": "cancelled"},
            {"token": "A-77"},
            {"starts_at": local(11).isoformat()},
            {"resources": [(str(UUID(int=7)), local(10).isoformat(), NOW.isoformat())]},
        ],
    )
    def test_what_is_not_so_is_lost(self, world, other):
        assert len(self.lost(world, acked(world.token, **other))) == 1

    def test_a_cancel_that_did_not_last_is_lost(self, world):
        off = service.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)
        world.plant("UPDATE appointments SET status = 'scheduled'")

        assert len(self.lost(world, acked(off))) == 1

    def test_a_swap_that_did_not_last_is_lost(self, world):
        to = [world.doctor.public_id, world.chairs.public_id]
        wanted = Arrangement(resources=tuple(Want(each) for each in to))
        told = service.assign(world.timed.id, wanted, by=SYSTEM, now=NOW)
        assert self.lost(world, swapped(told)) == []

        world.plant(
            "UPDATE booking_resources SET active = false, current = false"
            f" WHERE appointment_id = {row(told)} AND resource_id = {world.chairs.id}"
        )

        assert len(self.lost(world, swapped(told))) == 1

    def test_a_wait_that_nobody_knows_of_is_lost(self, world):
        note = Note(0, "join", 0, 1, 201, entry="00000000-0000-4000-8000-000000000000")

        assert len(self.lost(world, note)) == 1


class TestReplay:
    def unexplained(self, world, place, code, *, after=0.0, real=None):
        asked = time.time() + after
        note = Note(0, "book", asked, asked + 0.1, 409, code, place=place)
        with world.connect() as connection:
            history = History(connection, real or (lambda m: m.timestamp()))
            return len(history.unexplained([note]))

    def timed(self, of, hour, minute=0, **more):
        start = local(hour, minute)
        end = start + timedelta(minutes=30)
        parts = [(str(of.public_id), start.isoformat(), end.isoformat())]
        return Place("timed", parts, **more)

    def token(self, of, hour, **more):
        start = local(hour).isoformat()
        return Place("token", [(str(of.public_id), start, "")], **more)

    def test_a_place_that_is_taken_explains_its_refusal(self, world):
        world.book_token()

        for place, code in (
            (self.timed(world.doctor, 14, 10), "slot_taken"),
            (self.timed(world.chairs, 10, 10), "slot_taken"),
            (self.timed(world.doctor, 10), "slot_taken"),
            (self.token(world.doctor, 10), "slot_full"),
        ):
            assert self.unexplained(world, place, code, after=LONG_AFTER) == 0

    def test_who_stands_beside_others_with_leave_is_in_the_way_too(self, world):
        world.book(world.doctor, 14, double_book=Override("twins"))
        service.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)
        place = self.timed(world.doctor, 14)

        assert self.unexplained(world, place, "slot_taken", after=LONG_AFTER) == 0

    def test_resources_that_came_by_a_swap_are_in_the_way_and_no_more_after(
        self, world
    ):
        place = self.timed(world.machine, 14)
        for resources, found in ((("doctor", "machine"), 0), (("doctor",), 1)):
            wants = tuple(Want(getattr(world, each).public_id) for each in resources)
            to = Arrangement(resources=wants)
            service.assign(world.timed.id, to, by=SYSTEM, now=NOW)

            told = self.unexplained(world, place, "slot_taken", after=LONG_AFTER)
            assert told == found

    def test_a_free_place_does_not(self, world):
        own = self.timed(world.doctor, 14, without=str(world.timed.id))

        for place, code in (
            (self.timed(world.doctor, 13, 30), "slot_taken"),
            (self.timed(world.chairs, 11), "slot_taken"),
            (self.token(world.doctor, 10), "slot_full"),
            (self.token(world.doctor, 10, extra=1), "slot_full"),
            (self.token(world.doctor, 11), "slot_full"),
            (own, "hold_lost"),
        ):
            assert self.unexplained(world, place, code) == 1

    def test_a_place_that_was_given_back_before_does_not(self, world):
        place = self.timed(world.doctor, 14)
        service.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)

        assert self.unexplained(world, place, "slot_taken") == 0
        assert self.unexplained(world, place, "slot_taken", after=LONG_AFTER) == 1

    def test_a_hold_explains_until_it_runs_out(self, world):
        world.hold(16)
        began = time.time()

        def real(moment):
            return began + (moment - NOW).total_seconds()

        place = self.timed(world.doctor, 16)
        for after, found in ((500, 0), (601, 1)):
            told = self.unexplained(world, place, "slot_taken", after=after, real=real)
            assert told == found

    def test_a_booking_that_came_later_does_not(self, world):
        asked = time.time() - LONG_AFTER
        place = self.timed(world.doctor, 14)
        note = Note(0, "book", asked, asked + 1, 409, "slot_taken", place=place)

        with world.connect() as connection:
            history = History(connection, lambda m: m.timestamp())
            assert len(history.unexplained([note])) == 1
