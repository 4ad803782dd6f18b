"""Chairs, rooms and machines of appointments, as JSON."""

import pytest

from app.booking import service as booking
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from app.directory.service import TypeChange
from tests import factories as make
from tests.doors.callers import caller, problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def room(world):
    found = make.resource(world.kochi, ResourceKind.ROOM, name="Room 1")
    make.hours(world.kochi, found)
    return found


@pytest.fixture
def machine(world):
    found = make.resource(world.kochi, ResourceKind.EQUIPMENT, name="C-arm")
    make.hours(world.kochi, found)
    return found


@pytest.fixture
def admin(app, world):
    return caller(app, world.admin)


@pytest.fixture
def address(world):
    return f"/api/booking/appointments/{world.timed.id}/resources"


def window(world):
    return {
        "facility_id": str(world.kochi.public_id),
        "from": local(9).isoformat(),
        "to": local(17).isoformat(),
    }


def test_puts_a_room_and_a_machine_and_reads_them(desk, world, address, room, machine):
    machines = [{"equipment_id": str(machine.public_id)}]
    body = {"room_id": str(room.public_id), "equipment_assignments": machines}

    put = desk.put(address, body, If_Match='"1"')
    told = desk.get(address)

    assert put.status_code == told.status_code == 200, put.text
    assert put.json == told.json
    assert told.headers["ETag"] == '"2"'
    assert (told.json["chair_id"], told.json["room_id"]) == (None, body["room_id"])
    [kept] = told.json["equipment_assignments"]
    assert kept == machines[0] | {
        "assigned_at": NOW.isoformat(),
        "assigned_by": world.meena.name,
    }
    assert [each["resource"]["name"] for each in told.json["resources"]] == [
        world.rao.name,
        "Room 1",
        "C-arm",
    ]


def test_refuses_a_tag_that_is_over_and_two_ways_at_once(desk, address, room):
    body = {"room_id": str(room.public_id)}
    desk.put(address, body, If_Match='"1"')

    stale = desk.put(address, {"room_id": None}, If_Match='"1"')
    both = desk.put(address, body | {"resources": []})
    neither = desk.put(address, {})

    problem(stale, 412, "changed")
    problem(both, 422, "invalid")
    problem(neither, 422, "invalid")


def test_a_room_that_is_taken_needs_an_admin_with_a_reason(
    desk, admin, world, address, room
):
    other = make.resource(world.kochi)
    make.hours(world.kochi, other)
    order = make.timed_order(world.kochi, other, world.visit, None, local(14))
    told = booking.book_timed(order, by=make.SYSTEM, now=NOW)
    desk.put(
        f"/api/booking/appointments/{told.id}/resources",
        {"room_id": str(room.public_id)},
    )
    body = {"room_id": str(room.public_id)}

    refused = problem(desk.put(address, body), 409, "slot_taken")
    not_allowed = desk.put(address, body | {"override_reason": "Twins"})
    allowed = admin.put(address, body | {"override_reason": "Twins"})

    assert refused["clashes"][0]["reference"] == told.reference
    problem(not_allowed, 403, "forbidden")
    assert allowed.json["resources"][1]["overridden"] is True
    [found] = desk.get(f"/api/facilities/{world.kochi.public_id}/conflicts").json[
        "conflicts"
    ]
    assert (found["type"], found["status"]) == ("DOUBLE_BOOKING", "OVERRIDE_APPROVED")
    assert found["resource"]["name"] == "Room 1"
    assert found["appointment2"]["reference"] == told.reference


def test_has_what_is_missing_chosen_and_reads_why(desk, world):
    needy = make.kind(requires_room=True)
    room = make.resource(world.kochi, ResourceKind.ROOM, name="Room 7")
    make.hours(world.kochi, room)
    broken = make.resource(world.kochi, ResourceKind.ROOM, name="Room 3")
    directory.change_resource(broken.public_id, by=make.SYSTEM, now=NOW, active=False)
    order = make.timed_order(world.kochi, world.rao, needy, None, local(15))
    told = booking.book_timed(order, by=make.SYSTEM, now=NOW)

    again = desk.post(f"/api/booking/appointments/{told.id}/resources/auto-assign")

    assert (again.status_code, again.json["choices"]) == (200, [])
    assert again.json["room_id"] == str(room.public_id)


def test_what_came_to_be_needed_is_chosen_and_says_why_it_and_why_not_others(
    desk, world
):
    kind = make.kind()
    order = make.timed_order(world.kochi, world.rao, kind, None, local(15))
    told = booking.book_timed(order, by=make.SYSTEM, now=NOW)
    room = make.resource(world.kochi, ResourceKind.ROOM, name="Room 7")
    make.hours(world.kochi, room)
    broken = make.resource(world.kochi, ResourceKind.ROOM, name="Room 3")
    directory.change_resource(broken.public_id, by=make.SYSTEM, now=NOW, active=False)
    needy = TypeChange(kind.code, kind.name, kind.category, 30, requires_room=True)
    directory.change_type(kind.public_id, needy, by=make.SYSTEM, now=NOW)

    again = desk.post(f"/api/booking/appointments/{told.id}/resources/auto-assign")

    assert again.json["room_id"] == str(room.public_id), again.text
    (choice,) = again.json["choices"]
    assert choice["resource"]["name"] == "Room 7"
    assert choice["why"]
    assert [each["resource"]["name"] for each in choice["passed"]] == ["Room 3"]


def test_a_need_that_cannot_be_met_is_told_by_name(desk, world):
    needy = make.kind(requires_room=True)
    broken = make.resource(world.kochi, ResourceKind.ROOM, name="Room 3")
    directory.change_resource(broken.public_id, by=make.SYSTEM, now=NOW, active=False)
    body = {
        "patient_id": str(world.asha.public_id),
        "type_id": str(needy.public_id),
        "starts_at": local(15).isoformat(),
        "resources": [{"resource_id": str(world.rao.public_id)}],
    }

    refused = desk.post(f"/api/facilities/{world.kochi.public_id}/appointments", body)

    told = problem(refused, 409, "none_free")
    assert told["detail"] == "No room is free: Room 3 is not in use."


def test_sees_what_is_free_and_what_each_is_used_for(desk, world, room):
    told = desk.get(
        "/api/booking/resources/availability", kind="room", **window(world)
    ).json
    used = desk.get(
        f"/api/booking/resources/{world.rao.public_id}/schedule", **window(world)
    ).json

    assert [each["resource"]["name"] for each in told["resources"]] == ["Room 1"]
    assert told["resources"][0]["free"] == [
        {"starts_at": local(9).isoformat(), "ends_at": local(17).isoformat()}
    ]
    assert [each["reference"] for each in used["visits"]] == [world.timed.reference]
    assert used["tokens_left"] == 15


def test_tries_a_time_and_reads_what_is_in_the_way(desk, world):
    asked = {
        "resource_id": str(world.rao.public_id),
        "starts_at": local(14, 15).isoformat(),
        "ends_at": local(14, 45).isoformat(),
    }
    body = {"facility_id": str(world.kochi.public_id), "resources": [asked]}
    address = "/api/booking/resources/check-conflict"

    told = desk.post(address, body).json
    own = desk.post(address, body | {"appointment_id": str(world.timed.id)}).json
    lunch = desk.post(
        address,
        body | {"resources": [asked | {"starts_at": local(13).isoformat()}]},
    ).json

    assert told["free"] is False
    [found] = told["conflicts"]
    assert (found["resource"]["name"], found["reason"]) == (world.rao.name, "taken")
    assert found["starts_at"] == local(14, 15).isoformat()
    assert found["appointment"]["reference"] == world.timed.reference
    assert own == {"free": True, "conflicts": []}
    assert [each["reason"] for each in lunch["conflicts"]] == ["break", "taken"]


def test_measures_use_and_says_what_that_means(analyst, world):
    told = analyst.get("/api/booking/resources/utilization", **window(world)).json

    assert told["definition"].startswith("share = booked minutes / available")
    rao = next(e for e in told["resources"] if e["name"] == world.rao.name)
    # Tokens 10-12 and open time 12-13 and 14-17; a fourth of one slot, and one visit.
    assert (rao["available_minutes"], rao["booked_minutes"]) == (360, 37.5)
    assert [each["key"] for each in told["departments"]] == ["", "Medicine"]
