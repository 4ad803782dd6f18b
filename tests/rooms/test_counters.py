"""Counters: what people are called to."""

import pytest

from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, NotFoundError
from app.queues import queries, service
from app.queues.errors import CodeTakenError
from app.queues.views import NewCounter
from tests.factories import NOW
from tests.rooms.lobby import TEN, open_lobby


@pytest.fixture
def lobby(session):
    return open_lobby()


@pytest.fixture
def desk(lobby):
    order = NewCounter(lobby.place.public_id, "1", "Counter 1")
    return service.add_counter(order, by=SYSTEM, now=NOW)


def test_counters_have_a_code_of_their_own(lobby, desk):
    again = NewCounter(lobby.place.public_id, "1", "Another")
    with pytest.raises(CodeTakenError):
        service.add_counter(again, by=SYSTEM, now=NOW)

    assert [c.code for c in queries.counters(lobby.place, by=lobby.meena)] == ["1"]


def test_counters_out_of_use_call_nobody(lobby, desk):
    entry = lobby.walks_in(TEN)
    service.change_counter(desk.id, by=SYSTEM, now=NOW, active=False, name="Old")

    with pytest.raises(NotFoundError):
        lobby.call(entry, TEN, counter_id=desk.id)


def test_counters_are_added_by_who_manages_the_house(lobby):
    with pytest.raises(ForbiddenError):
        service.add_counter(
            NewCounter(lobby.place.public_id, "2", "Two"), by=lobby.meena, now=NOW
        )
