"""Those whom no held place suits: on the rebooking list, and back with the leave."""

import pytest

from app.booking import displacement_queries, service
from app.booking.errors import StatusError
from app.booking.kinds import Fate, Rebook, Remedy
from app.booking.states import Status
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from tests.factories import NOW, local
from tests.rooms.leave.ward import (
    absent,
    at_present,
    book,
    choose,
    item_of,
    token,
)


def leave(told, *appointments):
    named = [each.id for each in appointments]
    return service.leave_to_list(told.id, named, by=SYSTEM, now=NOW)


def waiting(place):
    found = displacement_queries.rebookings(place, by=SYSTEM)
    return [each for each in found if each.status is Rebook.OPEN]


def test_are_called_off_listed_and_their_places_let_go(place, rao, menon, visit, timed):
    second = token(place, rao, visit, local(10))
    told = absent(place, rao, local(9), local(13))
    held = {each.id for item in told.items for each in item.proposals}
    assert held

    left = leave(told, timed, second)

    assert {each.fate for each in left.items} == {Fate.LISTED}
    assert [each.proposals for each in left.items] == [(), ()]
    assert {at_present(e).status for e in (timed, second)} == {Status.CANCELLED}
    assert {e.appointment.id for e in waiting(place)} == {timed.id, second.id}
    assert leave(told, timed) == left
    assert len(waiting(place)) == 2


def test_come_back_with_the_leave_unless_they_have_another_place(
    place, rao, menon, visit, timed
):
    second = token(place, rao, visit, local(10))
    third = book(place, rao, visit, local(12))
    told = absent(place, rao, local(9), local(13))
    leave(told, timed, second)
    choose(told, (third, Remedy.INSTEAD))
    (entry,) = [e for e in waiting(place) if e.appointment.id == timed.id]
    elsewhere = NewPlace(local(15), resource_id=menon.public_id)
    service.rebook(entry.id, elsewhere, by=SYSTEM, now=NOW)

    undone = service.undo_cascade(told.id, by=SYSTEM, now=NOW)

    assert item_of(undone, second).fate is Fate.RETURNED
    assert at_present(second).status is Status.SCHEDULED
    assert at_present(second).token == second.token
    assert (item_of(undone, timed).fate, item_of(undone, timed).code) == (
        Fate.LISTED,
        "status",
    )
    assert at_present(third).resource.id == rao.id
    assert waiting(place) == []
    with pytest.raises(StatusError):
        leave(told, timed)
