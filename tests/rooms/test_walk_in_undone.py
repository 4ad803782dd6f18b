"""Taken back at the desk: a walk-in is off, and no place kept for others is taken."""

import pytest

from app.booking import queries as bookings
from app.booking import service as booking
from app.booking.errors import SlotFullError, UndoError
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.doors.words import say
from app.queues import queries, service
from app.queues.kinds import EncounterIs, EntryIs, WalkIns
from tests.factories import EVERYWHERE, NOW
from tests.rooms.lobby import MINUTE, TEN, open_lobby


@pytest.fixture
def lobby(session):
    return open_lobby()


def told(entry):
    return bookings.appointment(entry.appointment_id, by=SYSTEM)


def left(lobby):
    places = queries.walk_in_places(
        lobby.place.public_id, lobby.rao.public_id, by=SYSTEM, now=TEN
    )
    return places.left


@pytest.mark.parametrize("mode", [WalkIns.QUEUE, WalkIns.SLOTS])
def test_a_walk_in_whose_check_in_is_undone_is_off_and_takes_nothing(lobby, mode):
    lobby.policy(walk_ins=mode)
    before = left(lobby)
    entry = lobby.walks_in(TEN)

    off = service.undo(entry.id, by=lobby.meena, now=TEN + MINUTE)

    assert off.state is EntryIs.OFF
    assert (told(entry).status, told(entry).cancel_reason) == (
        Status.CANCELLED,
        "Check-in taken back",
    )
    (visit,) = queries.visits(entry.patient.public_id, by=SYSTEM, scope=EVERYWHERE)
    assert visit.state is EncounterIs.CANCELLED
    assert left(lobby) == before
    with pytest.raises(UndoError):
        service.undo(entry.id, by=lobby.meena, now=TEN + MINUTE)


def test_a_cancelled_token_does_not_come_back_in_a_place_kept_for_walk_ins(lobby):
    booked = [lobby.token(f"P{number}") for number in range(8)]
    booking.cancel(booked[0].id, "ill", by=SYSTEM, now=NOW)
    lobby.token("In their place")
    lobby.policy(walk_ins=WalkIns.SHARE, share=20)

    with pytest.raises(SlotFullError) as refused:
        booking.undo(booked[0].id, by=SYSTEM, now=NOW)

    why = "are given, but for 2 kept for who walks in"
    assert why in say(refused.value, lobby.place.zone)
    booking.cancel(booked[1].id, "ill", by=SYSTEM, now=NOW)
    assert booking.undo(booked[0].id, by=SYSTEM, now=NOW).token == "A-01"
