"""What clients were told, against what the database has of it and when it had it."""

import time
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.booking import service
from app.booking.kinds import Priority
from app.booking.views import Absence, Arrangement, Override, Want
from app.core import holding
from app.core.actor import SYSTEM
from app.core.errors import BusyError
from drills import acknowledged
from drills.notes import Note, Place
from drills.replay import History
from tests import factories as make
from tests.factories import NOW, local
from tests.ops.audited import row

LONG_AFTER = 60.0


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

    def test_who_must_give_way_does_not(self, world):
        world.book_token()

        for hour, kind, found in (
            (10, "over_slots", 1),
            (14, "over_slots", 0),
            (14, "emergency", 1),
        ):
            place = replace(self.timed(world.doctor, hour), kind=kind)
            told = self.unexplained(world, place, "slot_taken", after=LONG_AFTER)
            assert told == found

    def test_who_is_as_urgent_does(self, world):
        world.book(world.doctor, 13, priority=Priority.EMERGENCY)

        place = replace(self.timed(world.doctor, 13), kind="emergency")
        assert self.unexplained(world, place, "slot_taken", after=LONG_AFTER) == 0

    def test_a_time_over_a_slot_explains_that_its_tokens_are_refused(self, world):
        place = self.token(world.doctor, 10)
        assert self.unexplained(world, place, "slot_taken", after=LONG_AFTER) == 1

        order = make.timed_order(
            world.place, world.doctor, world.visit, make.patient(), local(10)
        )
        service.book_over_slots(order, "an abscess", by=SYSTEM, now=NOW)

        assert self.unexplained(world, place, "slot_taken", after=LONG_AFTER) == 0

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

    def test_leave_explains_only_that_who_held_a_place_finds_it_gone(self, world):
        place = self.timed(world.doctor, 16)
        assert self.unexplained(world, place, "hold_lost", after=LONG_AFTER) == 1

        away = Absence(
            world.place.public_id, world.doctor.public_id, local(17), local(16)
        )
        told = service.mark_absent(away, by=SYSTEM, now=NOW)

        for code, found in (("hold_lost", 0), ("slot_taken", 1)):
            assert self.unexplained(world, place, code, after=LONG_AFTER) == found
        service.undo_cascade(told.id, by=SYSTEM, now=NOW)
        assert self.unexplained(world, place, "hold_lost", after=LONG_AFTER) == 1

    def test_a_booking_that_came_later_does_not(self, world):
        asked = time.time() - LONG_AFTER
        place = self.timed(world.doctor, 14)
        note = Note(0, "book", asked, asked + 1, 409, "slot_taken", place=place)

        with world.connect() as connection:
            history = History(connection, lambda m: m.timestamp())
            assert len(history.unexplained([note])) == 1


class TestBusy:
    """Who is told to try again for a place that was free all the while."""

    def found(self, world, *notes):
        with world.connect() as connection:
            history = History(connection, lambda m: m.timestamp())
            return history.busy_though_free(notes)

    def place(self, of, hour, kind="timed", **more):
        start = local(hour)
        end = (start + timedelta(minutes=30)).isoformat()
        return Place(kind, [(str(of.public_id), start.isoformat(), end)], **more)

    def busy(self, place, *, after=LONG_AFTER, code="busy"):
        asked = time.time() + after
        return Note(0, "book", asked, asked + 10, 503, code, place=place)

    def test_is_a_fault(self, world):
        (told,) = self.found(world, self.busy(self.place(world.doctor, 16)))

        assert told[0] == "book"
        assert told[-1] == 10.0

    def test_is_none_where_the_place_was_taken(self, world):
        assert self.found(world, self.busy(self.place(world.doctor, 14))) == []

    def test_is_none_where_no_place_was_asked_for_or_another_word_was_said(self, world):
        free = self.place(world.doctor, 16)

        assert self.found(world, self.busy(None), self.busy(free, code="rule")) == []

    def test_is_no_less_a_fault_for_what_others_did_with_the_resource(self, world):
        service.cancel(world.later.id, "ill", by=SYSTEM, now=NOW)

        told = self.found(world, self.busy(self.place(world.doctor, 16), after=-1.0))

        assert len(told) == 1

    @pytest.mark.parametrize("kind", ["over_slots", "emergency"])
    def test_is_none_for_who_looks_first_when_what_stands_was_changed(
        self, world, kind
    ):
        free = self.place(world.doctor, 16, kind)
        assert len(self.found(world, self.busy(free))) == 1

        began = time.time()
        service.cancel(world.later.id, "ill", by=SYSTEM, now=NOW)

        for asked, faults in ((began - 1, 0), (began + LONG_AFTER, 1)):
            note = Note(0, kind, asked, asked + 2, 503, "busy", place=free)
            assert len(self.found(world, note)) == faults

    def test_is_none_for_who_moves_what_somebody_moved_just_before(self, world):
        free = self.place(world.machine, 16, without=str(world.timed.id))
        assert len(self.found(world, self.busy(free))) == 1

        began = time.time()
        used = (world.doctor.public_id, world.chairs.public_id)
        to = Arrangement(resources=tuple(Want(each) for each in used))
        service.assign(world.timed.id, to, by=SYSTEM, now=NOW)

        note = Note(0, "swap", began - 1, began + 2, 503, "busy", place=free)
        assert self.found(world, note) == []

    def test_a_lock_that_nobody_lets_go_is_seen(self, world, monkeypatch):
        monkeypatch.setattr(holding, "LOCK_TIMEOUT_MS", 50)
        with world.connect() as leaking:
            key = f"resource:{world.doctor.public_id}"
            asked = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
            leaking.execute(asked, [key])
            sent = time.time()
            with pytest.raises(BusyError) as refused:
                world.book(world.doctor, 16)
            got = time.time()
        free = self.place(world.doctor, 16)
        code = refused.value.code

        note = Note(0, "book_timed", sent, got, 503, code, place=free)

        assert len(self.found(world, note)) == 1
