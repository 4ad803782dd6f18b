"""The register of conflicts, and the ways out of one, without JavaScript."""

import pytest

from app.availability import service as availability
from app.availability.views import NewMaintenance
from app.booking import resource_queries, service
from app.booking.kinds import Outcome
from app.booking.views import Want
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.doors import people
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def rooms(world):
    found = [
        make.resource(world.kochi, ResourceKind.ROOM, code=f"r{n}") for n in (1, 2)
    ]
    for each in found:
        make.hours(world.kochi, each)
    return found


@pytest.fixture
def trouble(world, rooms):
    """Book a room for Dr Rao, and close it then."""
    order = make.timed_order(
        world.kochi,
        world.rao,
        world.visit,
        world.asha,
        local(15),
        also=(Want(rooms[0].public_id),),
    )
    service.book_timed(order, by=SYSTEM, now=NOW)
    closed = NewMaintenance(
        world.kochi.public_id, rooms[0].public_id, make.span(local(15), 60)
    )
    availability.add_maintenance(closed, by=SYSTEM, now=NOW)
    return one(world)


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


def one(world):
    """Give the one conflict of the room."""
    found = resource_queries.conflicts(world.kochi.public_id, by=SYSTEM)
    return next(each for each in found if each.resource.code == "r1")


def at(trouble, act=""):
    return f"/conflicts/kochi/{trouble.id}{act}"


def test_lists_what_is_open_and_filters_it(meena, world, trouble):
    open_ones = meena.get("/conflicts/kochi").text
    assert at(trouble) in open_ones

    others = (
        "status=REASSIGNED",
        "type=DOUBLE_BOOKING",
        f"with={world.theatre.code}",
    )
    for asked in others:
        assert at(trouble) not in meena.get(f"/conflicts/kochi?{asked}").text
    assert at(trouble) in meena.get("/conflicts/kochi?status=all&with=r1").text


def test_a_filter_that_is_none_is_named(meena, world):
    answer = meena.get("/conflicts/kochi?status=SOLVED")

    assert answer.status_code == 422
    assert 'href="#f-status"' in answer.text


def test_another_room_solves_it(meena, world, trouble):
    shown = meena.get(at(trouble)).text
    assert 'value="r2"' in shown

    answer = meena.post(at(trouble, "/reassign"), to="r2")

    assert answer.status_code == 303
    assert one(world).status is Outcome.REASSIGNED
    assert "Another doctor, room or machine is given" in meena.get(answer.location).text


def test_cancelling_solves_it_and_a_second_click_is_told_so(meena, world, trouble):
    meena.post(at(trouble, "/cancel"), reason="Room closed")
    assert one(world).status is Outcome.CANCELLED

    again = meena.post(at(trouble, "/cancel"), reason="Room closed")

    assert again.status_code == 409
    assert 'role="alert"' in again.text


@pytest.mark.parametrize("act", ["cancel", "approve", "reassign"])
def test_what_another_desk_solved_is_told_before_a_field_is(meena, admin, trouble, act):
    meena.post(at(trouble, "/cancel"), reason="Room closed")

    answer = admin.post(at(trouble, f"/{act}"))

    assert answer.status_code == 409
    assert "This is needed" not in answer.text


def test_a_reason_is_asked_for_beside_its_field(meena, admin, world, trouble):
    for who, act in ((meena, "cancel"), (admin, "approve")):
        answer = who.post(at(trouble, f"/{act}"), reason=" ")

        assert answer.status_code == 422
        assert f'id="f-{act}-reason-why"' in answer.text
    assert one(world).status is Outcome.UNRESOLVED


def test_only_an_admin_approves_and_it_says_who_and_why(meena, admin, world, trouble):
    assert "Let it stand" not in meena.get(at(trouble)).text
    assert meena.post(at(trouble, "/approve"), reason="Fine").status_code == 403

    admin.post(at(trouble, "/approve"), reason="A short visit")

    assert one(world).status is Outcome.OVERRIDE_APPROVED
    assert "A short visit" in meena.get(at(trouble)).text
    # A second click finds it solved.
    assert admin.post(at(trouble, "/approve"), reason="Again").status_code == 409


def test_what_was_done_is_taken_back(meena, admin, world, trouble):
    admin.post(at(trouble, "/approve"), reason="A short visit")
    assert "Take the approval back" not in meena.get(at(trouble)).text
    assert meena.post(at(trouble, "/undo")).status_code == 403

    admin.post(at(trouble, "/undo"))

    assert (one(world).status, one(world).resolution) == (Outcome.UNRESOLVED, None)
    meena.post(at(trouble, "/cancel"), reason="Patient asked")
    assert "Take the cancelling back" in meena.get(at(trouble)).text
    # The room is closed still: it says so, and the visit stays off.
    answer = meena.post(at(trouble, "/undo"))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_conflict_of_another_place_is_none(admin, world, trouble):
    assert admin.get(f"/conflicts/leeds/{trouble.id}").status_code == 404
