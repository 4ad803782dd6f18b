"""An open calendar hears of a swap: what left its column, and what came to another."""

import html
import re
from datetime import timedelta
from http import HTTPStatus

import pytest

from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.service import NewPost
from tests import factories as make
from tests.doors import people, strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

# As often as a calendar asks.
ASKS = timedelta(seconds=5)
KINDS = [(ResourceKind.CHAIR, "chair_id"), (ResourceKind.ROOM, "room_id")]
_POLL = re.compile(r'hx-get="(/calendar/[^"]+)"\s+hx-trigger="every')


class Screen:
    """A calendar left open, which asks for what is new as its page says."""

    def __init__(self, visitor, address):
        self.visitor, self.address = visitor, address
        self.text = visitor.get(address).text

    def asks(self):
        """Ask once, and say whether there was anything new; it is drawn then."""
        (poll,) = _POLL.findall(self.text)
        told = self.visitor.get(html.unescape(poll), htmx=True)
        if told.status_code == HTTPStatus.NO_CONTENT:
            return False
        strict.piece(told)
        self.text = told.text
        return True

    def shows(self, visit):
        return self.text.count(f"/appointments/{visit.id}") > 0


@pytest.fixture(params=KINDS, ids=[kind.value for kind, _ in KINDS])
def pair(request, world):
    """Give two chairs or two rooms, and how the API names one of a visit."""
    kind, field = request.param
    make.hours(world.kochi)
    two = [make.resource(world.kochi, kind, name=f"{kind.value} {n}") for n in "12"]
    return kind, field, two


def put(desk, world, field, resource):
    """Give the timed visit a chair or a room, or another one."""
    address = f"/api/booking/appointments/{world.timed.id}/resources"
    told = desk.put(address, {field: str(resource.public_id)})
    assert told.status_code == HTTPStatus.OK, told.text


def test_each_of_both_columns_and_that_of_the_doctor_is_told(desk, world, meena, pair):
    _, field, (old, new) = pair
    put(desk, world, field, old)
    left, came, doctor = (
        Screen(meena.again(), f"/calendar/kochi?week={each.code}")
        for each in (old, new, world.rao)
    )
    assert [left.shows(world.timed), came.shows(world.timed)] == [True, False]
    assert [each.asks() for each in (left, came, doctor)] == [False] * 3

    put(desk, world, field, new)

    assert [each.asks() for each in (left, came, doctor)] == [True] * 3
    assert [left.shows(world.timed), came.shows(world.timed)] == [False, True]
    assert doctor.shows(world.timed)
    # What they show now is what is so: they are told of nothing more.
    assert [each.asks() for each in (left, came, doctor)] == [False] * 3


def test_a_day_of_all_of_a_kind_is_told_while_a_facility_elsewhere_is_not(
    app, desk, world, meena, pair
):
    kind, field, (old, new) = pair
    put(desk, world, field, old)
    day = Screen(meena, f"/calendar/kochi?kind={kind.value}")
    elsewhere = Screen(people.signed_in(app, world.ravi), "/calendar/leeds?kind=all")

    put(desk, world, field, new)

    assert day.asks()
    assert day.shows(world.timed)
    assert not elsewhere.asks()


def test_a_screen_that_missed_a_while_is_told_too(
    desk, world, meena, pair, time_machine
):
    _, field, (old, new) = pair
    put(desk, world, field, old)
    left = Screen(meena, f"/calendar/kochi?week={old.code}")

    time_machine.move_to(NOW + ASKS, tick=False)
    assert not left.asks()
    put(desk, world, field, new)
    time_machine.move_to(NOW + 2 * ASKS, tick=False)

    assert left.asks()
    assert not left.shows(world.timed)


def test_another_facility_of_the_same_doctor_is_told(app, desk, world, meena):
    post = NewPost(world.leeds.id)
    directory.post_resource(world.rao.public_id, post, by=SYSTEM, now=NOW)
    there = Screen(people.signed_in(app, world.ravi), "/calendar/leeds?kind=all")
    assert not there.asks()

    told = desk.post(f"/api/appointments/{world.timed.id}/cancel", {"reason": "ill"})

    assert told.status_code == HTTPStatus.OK, told.text
    assert there.asks()
    assert not there.asks()
