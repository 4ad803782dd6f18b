"""Who waits is told when the doctor pauses, is late or is back: once for each act."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.notifications.kinds import Told
from app.notifications.models import Message
from app.queues import service
from tests.factories import local
from tests.rooms.lobby import MINUTE, TEN, open_lobby

HALF_PAST = local(9, 30)


@pytest.fixture
def lobby(session):
    return open_lobby()


@pytest.fixture
def told(session):
    def read():
        found = select(Message).where(Message.kind == Told.DELAYED).order_by(Message.id)
        return [
            (m.data["token"], m.data["paused"], m.data["late_minutes"])
            for m in session.scalars(found)
        ]

    return read


@pytest.fixture
def queue(lobby):
    """Let two come, of whom the first is in the room."""
    first = lobby.booked(HALF_PAST)
    second = lobby.booked(HALF_PAST, "Binu")
    service.start(first.id, by=lobby.meena, now=HALF_PAST)
    return second.queue_id


def test_of_a_pause_and_of_its_end_but_not_who_is_inside(lobby, queue, told):
    service.pause(queue, "Tea", by=lobby.meena, now=TEN)
    service.resume(queue, by=lobby.meena, now=TEN + 9 * MINUTE)

    assert told() == [("A-02", True, 0), ("A-02", False, 0)]


def test_of_a_delay_once_though_it_is_pressed_twice(lobby, queue, told):
    for again in range(2):
        at = TEN + timedelta(seconds=again)
        service.run_late(queue, 20, "Theatre", by=lobby.meena, now=at)

    assert told() == [("A-02", False, 20)]


def test_of_a_pause_that_ends_by_calling(lobby, queue, told):
    lobby.booked(TEN, "Cyril")
    service.pause(queue, "", by=lobby.meena, now=TEN)

    service.call_next(queue, by=lobby.meena, now=TEN + MINUTE)

    assert [paused for _, paused, _ in told()] == [True, True, False, False]


def test_of_a_pause_that_was_a_mistake(lobby, queue, told):
    service.pause(queue, "", by=lobby.meena, now=TEN)

    service.undo_in_queue(queue, by=lobby.meena, now=TEN + MINUTE)

    assert told() == [("A-02", True, 0), ("A-02", False, 0)]
