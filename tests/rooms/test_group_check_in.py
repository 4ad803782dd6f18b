"""Check-in of a group: one alone, all at once, or the rest."""

import pytest

from app.booking import service as booking
from app.booking.errors import StatusError
from app.core.actor import SYSTEM
from app.queues import service
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms.lobby import open_lobby, who


@pytest.fixture
def lobby(session):
    return open_lobby()


def test_check_in_of_a_group_is_for_each(lobby):
    asha, leela = who("Asha"), who("Leela")
    order = make.timed_order(lobby.place, lobby.rao, lobby.visit, asha, local(14))
    group = booking.book_timed(order, by=SYSTEM, now=NOW)
    booking.add_participant(group.id, leela.public_id, by=SYSTEM, now=NOW)

    (first,) = service.check_in(
        group.id, by=lobby.meena, now=local(13), patient_id=leela.public_id
    )
    (second,) = service.check_in(
        group.id, by=lobby.meena, now=local(13, 5), patient_id=asha.public_id
    )

    assert (first.patient.name, first.token) == ("Leela", "A-01")
    assert (second.patient.name, second.token) == ("Asha", "A-02")


def test_check_in_lets_a_whole_group_in_at_once(lobby):
    group = lobby.timed()
    booking.add_participant(group.id, who("Leela").public_id, by=SYSTEM, now=NOW)

    came = service.check_in(group.id, by=lobby.meena, now=local(13))

    assert [each.patient.name for each in came] == ["Asha", "Leela"]


def test_check_in_lets_the_rest_of_a_group_in_whose_first_is_here(lobby):
    group, leela = lobby.timed(), who("Leela")
    for each in (leela, who("Mani")):
        booking.add_participant(group.id, each.public_id, by=SYSTEM, now=NOW)
    service.check_in(
        group.id, by=lobby.meena, now=local(13), patient_id=leela.public_id
    )

    came = service.check_in(group.id, by=lobby.meena, now=local(13, 5))

    assert [each.patient.name for each in came] == ["Asha", "Mani"]
    with pytest.raises(StatusError):
        service.check_in(group.id, by=lobby.meena, now=local(13, 6))
