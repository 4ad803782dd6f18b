"""What counters and doctors do: call, skip, hold, send on, start, done, and undo."""

from datetime import timedelta

import pytest

from app.accounts.permissions import Role
from app.accounts.views import EVERYWHERE
from app.booking import queries as bookings
from app.booking import service as booking
from app.booking.errors import StatusError, UndoError
from app.booking.states import Status
from app.core import events
from app.core.actor import SYSTEM
from app.core.errors import InputError, NotFoundError
from app.queues import queries, service
from app.queues.errors import (
    EntryStateError,
    NobodyWaitsError,
    NotPresentError,
)
from app.queues.events import Arrived, Called, Delayed, QueueChanged
from app.queues.kinds import EncounterIs, EntryIs
from app.queues.views import NewCounter
from tests import factories as make
from tests.factories import NOW
from tests.rooms.lobby import MINUTE, TEN, open_lobby

LATER = TEN + 5 * MINUTE


@pytest.fixture
def lobby(session):
    return open_lobby()


@pytest.fixture
def three(lobby):
    return [lobby.walks_in(TEN + n * MINUTE, name) for n, name in enumerate("ABC")]


@pytest.fixture
def desk(lobby):
    order = NewCounter(lobby.place.public_id, "1", "Counter 1")
    return service.add_counter(order, by=SYSTEM, now=NOW)


@pytest.fixture
def heard(monkeypatch):
    """Listen to what queues tell."""
    told = []
    monkeypatch.setattr(events, "_listeners", events._listeners.copy())
    for kind in (Arrived, Called, Delayed, QueueChanged):
        monkeypatch.setitem(events._listeners, kind, [told.append])
    return told


def do(act, entry, lobby, *args, now=LATER, **more):
    return act(entry.id, *args, by=lobby.meena, now=now, **more)


def status(entry):
    return bookings.appointment(entry.appointment_id, by=SYSTEM).status


def visit(entry):
    return queries.visits(entry.patient.public_id, by=SYSTEM, scope=EVERYWHERE)[0]


class TestCalling:
    def test_takes_the_first(self, lobby, three, desk):
        called = lobby.call(three[0], LATER, counter_id=desk.id)

        assert (called.id, called.state) == (three[0].id, EntryIs.CALLED)
        assert (called.counter, called.calls, called.called_at) == (
            "Counter 1",
            1,
            LATER,
        )
        assert [e.token for e in lobby.queue(three[0], LATER).called] == ["A-01"]

    def test_refuses_when_nobody_waits(self, lobby):
        (only,) = [lobby.walks_in(TEN)]
        lobby.call(only, TEN)

        with pytest.raises(NobodyWaitsError):
            lobby.call(only, TEN)

    def test_this_one_wherever_they_stand(self, lobby, three):
        assert do(service.call, three[2], lobby).state is EntryIs.CALLED
        assert lobby.order(three[0], LATER) == ["A", "B"]

    def test_this_one_only_when_they_are_here(self, lobby):
        far = lobby.walks_in(TEN, remote=True)

        with pytest.raises(NotPresentError):
            do(service.call, far, lobby)

    def test_once_more(self, lobby, three):
        lobby.call(three[0], TEN)

        told = do(service.recall, three[0], lobby)

        assert (told.calls, told.called_at) == (2, LATER)
        with pytest.raises(EntryStateError):
            do(service.recall, three[1], lobby)

    def test_can_end_the_visit_before(self, lobby, three):
        lobby.call(three[0], TEN)
        do(service.start, three[0], lobby, now=TEN)

        called = lobby.call(three[0], LATER, finishing=True)

        assert called.id == three[1].id
        assert status(three[0]) is Status.COMPLETED

    def test_is_for_counters_of_the_house(self, lobby, three):
        other = NewCounter(make.facility().public_id, "9", "Elsewhere")
        desk = service.add_counter(other, by=SYSTEM, now=NOW)

        with pytest.raises(NotFoundError):
            lobby.call(three[0], LATER, counter_id=desk.id)

    def test_is_not_for_a_stranger(self, lobby, three):
        ravi = make.user(Role.RECEPTION, make.facility()).actor

        with pytest.raises(NotFoundError):
            service.call_next(three[0].queue_id, by=ravi, now=LATER)
        with pytest.raises(NotFoundError):
            service.call(three[0].id, by=ravi, now=LATER)

    def test_is_told_to_who_listens(self, lobby, three, desk, heard):
        lobby.call(three[0], LATER, counter_id=desk.id)

        called = [each for each in heard if isinstance(each, Called)]
        assert [(c.entry_id, c.counter) for c in called] == [(three[0].id, "Counter 1")]
        assert any(isinstance(each, QueueChanged) for each in heard)


class TestTheVisit:
    def test_starts_and_ends(self, lobby, three):
        lobby.call(three[0], TEN)

        inside = do(service.start, three[0], lobby)
        assert (inside.state, status(inside)) == (EntryIs.IN_ROOM, Status.IN_PROGRESS)
        assert visit(inside).started_at == LATER

        done = do(service.complete, three[0], lobby, now=LATER + 8 * MINUTE)
        assert (done.state, status(done)) == (EntryIs.DONE, Status.COMPLETED)
        assert visit(done).ended_at == LATER + 8 * MINUTE
        assert lobby.queue(done, LATER).done == 1

    def test_ends_only_once_begun(self, lobby, three):
        with pytest.raises(StatusError):
            do(service.complete, three[0], lobby)

    def test_goes_on_after_tests(self, lobby, three):
        do(service.start, three[0], lobby)

        away = do(service.send_for_tests, three[0], lobby)
        assert (away.state, status(away)) == (EntryIs.AT_TESTS, Status.IN_PROGRESS)
        assert lobby.call(three[0], LATER).id == three[1].id

        back = do(service.bring_back, three[0], lobby)
        assert (back.state, back.position) == (EntryIs.WAITING, 1)
        again = do(service.start, three[0], lobby)
        assert again.state is EntryIs.IN_ROOM
        assert do(service.complete, three[0], lobby).state is EntryIs.DONE

    def test_can_be_set_aside(self, lobby, three):
        assert do(service.hold, three[0], lobby).state is EntryIs.ON_HOLD
        assert lobby.call(three[0], LATER).id == three[1].id

        back = do(service.bring_back, three[0], lobby)

        assert back.position == 1

    def test_moved_through_booking_moves_here(self, lobby, three):
        for to in (Status.IN_PROGRESS, Status.COMPLETED):
            booking.attend(three[0].appointment_id, to, by=lobby.meena, now=LATER)

        assert visit(three[0]).state is EncounterIs.ENDED
        assert lobby.order(three[0], LATER) == ["B", "C"]


class TestSendingOn:
    def test_keeps_the_number_and_the_time_waited(self, lobby, three):
        there = lobby.suresh
        told = do(service.transfer, three[0], lobby, there.public_id)

        assert (told.token, told.arrived_at) == ("A-01", TEN)
        assert told.queue_id != three[0].queue_id
        assert visit(told).practitioner.id == there.id
        assert lobby.order(told, LATER) == ["A"]
        assert lobby.order(three[1], LATER) == ["B", "C"]

    def test_from_the_room_goes_on_with_the_visit(self, lobby, three):
        do(service.start, three[0], lobby)

        told = do(service.transfer, three[0], lobby, lobby.suresh.public_id)

        assert (told.state, status(told)) == (EntryIs.WAITING, Status.IN_PROGRESS)
        assert do(service.start, told, lobby).state is EntryIs.IN_ROOM
        assert do(service.complete, told, lobby).state is EntryIs.DONE

    def test_leads_somewhere_else(self, lobby, three):
        with pytest.raises(InputError):
            do(service.transfer, three[0], lobby, lobby.rao.public_id)
        elsewhere = make.resource(make.facility())
        with pytest.raises(NotFoundError):
            do(service.transfer, three[0], lobby, elsewhere.public_id)


class TestTakingBack:
    @pytest.mark.parametrize(
        ("before", "act", "args"),
        [
            ((), service.call, ()),
            ((service.call,), service.recall, ()),
            ((service.call,), service.skip, ()),
            ((service.skip,), service.skip, ()),
            ((service.call,), service.hold, ()),
            ((service.hold,), service.bring_back, ()),
            ((service.call,), service.start, ()),
            ((service.hold,), service.start, ()),
            ((service.start,), service.send_for_tests, ()),
            ((service.start,), service.complete, ()),
            ((service.start, service.send_for_tests), service.complete, ()),
            (
                (service.start, service.send_for_tests, service.bring_back),
                service.start,
                (),
            ),
            ((), service.transfer, ("suresh",)),
            ((service.start,), service.transfer, ("suresh",)),
            ((), service.boost, (9, "fever", TEN + 60 * MINUTE)),
            ((), service.prioritise, ("emergency", "collapsed")),
        ],
    )
    def test_leaves_everything_as_it_was(self, lobby, three, before, act, args):
        entry = three[1]
        for each in before:
            do(each, entry, lobby)
        stood = queries.entry(entry.id, by=lobby.meena, now=LATER), status(entry)
        order = lobby.order(three[0], LATER)
        seen = visit(entry)

        args = [lobby.suresh.public_id if each == "suresh" else each for each in args]
        do(act, entry, lobby, *args, now=LATER + MINUTE)
        told = do(service.undo, entry, lobby, now=LATER + 2 * MINUTE)

        assert type(told.state) is EntryIs
        assert (told.state, told.position) == (stood[0].state, stood[0].position)
        again = queries.entry(entry.id, by=lobby.meena, now=LATER), status(entry)
        assert again == stood
        assert lobby.order(three[0], LATER) == order
        assert visit(entry) == seen

    def test_goes_back_step_by_step(self, lobby, three):
        for act in (service.call, service.hold, service.bring_back):
            do(act, three[0], lobby)

        stood = [do(service.undo, three[0], lobby).state for _ in range(3)]

        assert stood == [EntryIs.ON_HOLD, EntryIs.CALLED, EntryIs.WAITING]

    def test_takes_one_step_of_the_appointment_back(self, lobby, three):
        for act in (service.call, service.start, service.complete):
            do(act, three[0], lobby)
        assert do(service.undo, three[0], lobby).state is EntryIs.IN_ROOM

        with pytest.raises(UndoError):
            do(service.undo, three[0], lobby)

    def test_is_for_who_did_it(self, lobby, three):
        do(service.call, three[0], lobby)
        other = make.user(Role.RECEPTION, lobby.place).actor

        with pytest.raises(UndoError):
            service.undo(three[0].id, by=other, now=LATER)

    def test_is_for_a_short_while(self, lobby, three):
        do(service.call, three[0], lobby)

        with pytest.raises(UndoError):
            do(service.undo, three[0], lobby, now=LATER + timedelta(minutes=11))

    def test_does_not_reach_behind_what_somebody_else_did(self, lobby, three):
        do(service.call, three[0], lobby)
        other = make.user(Role.RECEPTION, lobby.place).actor
        service.start(three[0].id, by=other, now=LATER)

        with pytest.raises(UndoError):
            do(service.undo, three[0], lobby)

    def test_in_booking_takes_the_queue_along(self, lobby, three):
        do(service.call, three[0], lobby)
        do(service.start, three[0], lobby)
        do(service.send_for_tests, three[0], lobby)

        booking.undo(three[0].appointment_id, by=lobby.meena, now=LATER)

        told = queries.entry(three[0].id, by=lobby.meena, now=LATER)
        assert told.state is EntryIs.CALLED


class TestTheDoctor:
    def test_pauses_and_is_back(self, lobby, three, heard):
        queue = three[0].queue_id
        service.pause(queue, "Back at eleven", by=lobby.meena, now=LATER)
        told = lobby.queue(three[0], LATER)
        assert (told.paused_at, told.notice) == (LATER, "Back at eleven")

        service.resume(queue, by=lobby.meena, now=LATER)

        assert lobby.queue(three[0], LATER).paused_at is None
        delays = [each for each in heard if isinstance(each, Delayed)]
        assert [each.paused for each in delays] == [True, False]

    def test_is_back_when_they_call(self, lobby, three):
        service.pause(three[0].queue_id, "", by=lobby.meena, now=TEN)

        lobby.call(three[0], LATER)

        assert lobby.queue(three[0], LATER).paused_at is None

    def test_runs_late_and_everybody_waits_longer(self, lobby, three):
        before = lobby.queue(three[0], LATER).waiting[0].wait
        queue = three[0].queue_id

        service.run_late(queue, 20, "Theatre", by=lobby.meena, now=LATER)

        told = lobby.queue(three[0], LATER)
        assert (told.late_minutes, told.notice) == (20, "Theatre")
        assert told.waiting[0].wait.low_s == before.low_s + 20 * 60
        service.undo_in_queue(queue, by=lobby.meena, now=LATER)
        assert lobby.queue(three[0], LATER).late_minutes == 0

    def test_is_late_by_a_number_of_minutes(self, lobby, three):
        with pytest.raises(InputError):
            service.run_late(three[0].queue_id, 601, "", by=lobby.meena, now=LATER)
