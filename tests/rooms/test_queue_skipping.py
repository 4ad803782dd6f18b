"""Who does not answer goes some places back, exactly as many as the policy says."""

import pytest

from app.accounts.views import EVERYWHERE
from app.booking import queries as bookings
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.queues import queries, service
from app.queues.errors import EntryStateError
from app.queues.kinds import EncounterIs, EntryIs, Level
from app.queues.scoring.facts import Part
from tests.rooms.lobby import MINUTE, TEN, open_lobby

LATER = TEN + 5 * MINUTE


@pytest.fixture
def lobby(session):
    return open_lobby()


@pytest.fixture
def three(lobby):
    return [lobby.walks_in(TEN + n * MINUTE, name) for n, name in enumerate("ABC")]


def do(act, entry, lobby, *args, now=LATER):
    return act(entry.id, *args, by=lobby.meena, now=now)


def status(entry):
    return bookings.appointment(entry.appointment_id, by=SYSTEM).status


def test_sends_some_places_back(lobby, three):
    lobby.policy(skip_places=1)
    lobby.call(three[0], TEN)

    told = do(service.skip, three[0], lobby)

    assert (told.state, told.skips) == (EntryIs.WAITING, 1)
    assert lobby.order(three[0], LATER) == ["B", "A", "C"]
    assert told.parts[-1] == Part("skipped", at=told.due_at)


def test_who_was_skipped_at_another_desk_is_not_skipped_again(lobby, three):
    told = do(service.skip, three[0], lobby)

    with pytest.raises(EntryStateError, match="skipped"):
        service.skip(three[0].id, by=lobby.meena, now=LATER, seen=0)

    assert status(told) is Status.CHECKED_IN
    service.skip(three[0].id, by=lobby.meena, now=LATER, seen=told.skips)
    assert status(told) is Status.NO_SHOW


def test_counts_places_among_those_due_at_one_moment(lobby):
    lobby.policy(skip_places=2)
    first, *_ = [lobby.booked(TEN, name) for name in "ABCDE"]
    until = TEN + 60 * MINUTE

    do(service.skip, first, lobby)
    assert lobby.order(first, LATER) == ["B", "C", "A", "D", "E"]

    second = lobby.queue(first, LATER).waiting[0]
    do(service.boost, second, lobby, 5, "fever", until)
    do(service.skip, second, lobby)
    assert lobby.order(first, LATER) == ["C", "A", "B", "D", "E"]

    do(service.undo, second, lobby)
    do(service.undo, first, lobby, now=LATER + MINUTE)
    do(service.skip, first, lobby)
    assert do(service.skip, first, lobby).state is EntryIs.NO_SHOW


def test_counts_places_as_shown_whoever_goes_before_others(lobby):
    lobby.policy(skip_places=2)
    hurt = lobby.walks_in(TEN, "Hurt", level=Level.EMERGENCY)
    for number, name in enumerate("ABC"):
        lobby.walks_in(TEN + number * MINUTE, name)

    do(service.skip, hurt, lobby)

    assert lobby.order(hurt, LATER) == ["A", "B", "Hurt", "C"]


def test_sends_behind_the_last_when_there_are_fewer(lobby, three):
    do(service.skip, three[0], lobby)

    assert lobby.order(three[0], LATER) == ["B", "C", "A"]


def test_takes_a_boost_away(lobby, three):
    until = TEN + 60 * MINUTE
    do(service.boost, three[2], lobby, 60, "fever", until)
    assert lobby.order(three[0], LATER) == ["C", "A", "B"]

    do(service.skip, three[2], lobby)

    assert lobby.order(three[0], LATER) == ["A", "B", "C"]


def test_twice_is_a_no_show(lobby, three):
    do(service.skip, three[0], lobby)

    told = do(service.skip, three[0], lobby)

    assert (told.state, status(told)) == (EntryIs.NO_SHOW, Status.NO_SHOW)
    (visit,) = queries.visits(three[0].patient.public_id, by=SYSTEM, scope=EVERYWHERE)
    assert visit.state is EncounterIs.LEFT


def test_twice_after_tests_only_sets_aside(lobby, three):
    do(service.start, three[0], lobby)
    do(service.send_for_tests, three[0], lobby)
    do(service.bring_back, three[0], lobby)
    do(service.skip, three[0], lobby)

    told = do(service.skip, three[0], lobby)

    assert (told.state, status(told)) == (EntryIs.ON_HOLD, Status.IN_PROGRESS)


def test_is_for_who_waits(lobby, three):
    do(service.start, three[0], lobby)

    with pytest.raises(EntryStateError):
        do(service.skip, three[0], lobby)
