"""Every type of conflict with every way out of it, through the API alone."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from app.booking.models import ResourceConflict
from app.core.db import transaction
from app.directory.kinds import ResourceKind
from app.jobs.schedule import PERIODIC
from tests import factories as make
from tests.doors.callers import caller, problem
from tests.doors.world import MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def admin(app, world):
    return caller(app, world.admin)


@pytest.fixture
def place(world):
    return f"/api/facilities/{world.kochi.public_id}"


@pytest.fixture
def rooms(world):
    found = [
        make.resource(world.kochi, ResourceKind.ROOM, name=f"Room {n}") for n in (1, 2)
    ]
    make.hours(world.kochi)
    return found


def book(admin, world, place, room, **fields):
    """Book a fresh doctor with a room, so that only the room can be in the way."""
    doctor = make.resource(world.kochi)
    make.hours(world.kochi, doctor)
    named = [{"resource_id": str(each.public_id)} for each in (doctor, room)]
    body = {
        "patient_id": str(make.patient().public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(15).isoformat(),
        "resources": named,
    }
    made = admin.post(f"{place}/appointments", body | fields)
    assert made.status_code == 201, made.text
    return made.json


def in_repair(admin, world, place, rooms):
    told = book(admin, world, place, rooms[0])
    body = {
        "resource_id": str(rooms[0].public_id),
        "starts_at": local(14).isoformat(),
        "ends_at": local(16).isoformat(),
    }
    assert admin.post(f"{place}/maintenance", body).status_code == 201
    return told, "MAINTENANCE_OVERLAP"


def too_many(admin, world, place, rooms):
    address = f"/api/resources/{rooms[0].public_id}"
    assert admin.patch(address, {"capacity": 2}).json["capacity"] == 2
    book(admin, world, place, rooms[0])
    told = book(admin, world, place, rooms[0])
    assert admin.patch(address, {"capacity": 1}).json["capacity"] == 1
    return told, "CAPACITY_EXCEEDED"


def twice(admin, world, place, rooms):
    """Book a room twice with leave: so it is approved from its first moment."""
    book(admin, world, place, rooms[0])
    told = book(admin, world, place, rooms[1])
    moved = admin.put(
        f"/api/booking/appointments/{told['id']}/resources",
        {"room_id": str(rooms[0].public_id), "override_reason": "Twins"},
    )
    assert moved.status_code == 200, moved.text
    (entry,) = admin.get(f"{place}/conflicts").json["conflicts"]
    assert (entry["status"], entry["resolution"]) == ("OVERRIDE_APPROVED", "Twins")
    return told, entry


def doubled(admin, world, place, rooms):
    """Take back that a room may be booked twice."""
    told, entry = twice(admin, world, place, rooms)
    again = admin.post(f"/api/conflicts/{entry['id']}/reopen")
    assert again.json["status"] == "UNRESOLVED", again.text
    return told, "DOUBLE_BOOKING"


def forgotten(admin, world, place, rooms):
    """
    Come upon a room booked twice that the register knows nothing of.

    Who books twice writes it down in the same act, so no door leads here: the entry is
    lost as by a hand in the database, and the job of the night finds it.
    """
    told, _ = twice(admin, world, place, rooms)
    with transaction() as session:
        session.execute(delete(ResourceConflict))
    PERIODIC["conflicts"].act()
    return told, "DOUBLE_BOOKING"


@pytest.fixture(params=[in_repair, too_many, doubled, forgotten])
def trouble(request, admin, world, place, rooms):
    """Give an appointment in trouble, and the entry of it."""
    told, kind = request.param(admin, world, place, rooms)
    found = admin.get(f"{place}/conflicts", status="UNRESOLVED").json["conflicts"]
    (entry,) = found
    assert (entry["type"], entry["appointment1"]["id"]) == (kind, told["id"])
    return entry


def after(admin, place, entry):
    found = admin.get(f"{place}/conflicts").json["conflicts"]
    (told,) = [each for each in found if each["id"] == entry["id"]]
    assert told["resolved_at"] == NOW.isoformat()
    opened = admin.get(f"{place}/conflicts", status="UNRESOLVED").json["conflicts"]
    assert opened == []
    return told["status"], told["resolution"]


def appointment(admin, entry):
    return admin.get(f"/api/appointments/{entry['appointment1']['id']}").json


def test_reassigned(admin, place, rooms, trouble):
    address = f"/api/conflicts/{trouble['id']}"

    answer = admin.post(f"{address}/reassign", {"resource_id": str(rooms[1].public_id)})

    assert answer.json["status"] == "REASSIGNED", answer.text
    assert after(admin, place, trouble) == (
        "REASSIGNED",
        "the visit has another place",
    )
    used = [e["resource"]["name"] for e in appointment(admin, trouble)["resources"]]
    assert used[1:] == ["Room 2"]
    again = admin.post(f"{address}/reassign", {"resource_id": str(rooms[1].public_id)})
    problem(again, 409, "status")


def test_override_approved(admin, desk, place, trouble):
    address = f"/api/conflicts/{trouble['id']}/approve"

    problem(desk.post(address, {"reason": "It will do"}), 403, "forbidden")
    answer = admin.post(address, {"reason": "It will do"})

    assert answer.json["status"] == "OVERRIDE_APPROVED", answer.text
    assert after(admin, place, trouble) == ("OVERRIDE_APPROVED", "It will do")
    assert appointment(admin, trouble)["status"] == "scheduled"


def test_cancelled(admin, place, trouble):
    answer = admin.post(f"/api/conflicts/{trouble['id']}/cancel", {"reason": "No room"})

    assert answer.json["status"] == "CANCELLED", answer.text
    assert after(admin, place, trouble) == ("CANCELLED", "No room")
    assert appointment(admin, trouble)["status"] == "cancelled"


class TestFewerTokens:
    @pytest.fixture
    def entry(self, admin, world, place):
        """Give two patients a token in a slot that is then for one."""
        first, told = (
            admin.post(
                f"{place}/tokens",
                {
                    "patient_id": str(make.patient().public_id),
                    "type_id": str(world.visit.public_id),
                    "resource_id": str(world.rao.public_id),
                    "starts_at": local(10, day=TUESDAY).isoformat(),
                },
            ).json
            for _ in range(2)
        )
        session = {
            "kind": "tokens",
            "weekdays": list(range(7)),
            "start": "10:00",
            "end": "12:00",
            "slot_minutes": 30,
            "tokens_per_slot": 1,
        }
        made = admin.post(
            f"{place}/schedules",
            {
                "resource_id": str(world.rao.public_id),
                "valid_from": TUESDAY.isoformat(),
                "sessions": [session],
            },
        )
        assert made.status_code == 201, made.text
        opened = admin.get(f"{place}/conflicts", status="UNRESOLVED").json
        (entry,) = opened["conflicts"]
        assert entry["type"] == "CAPACITY_EXCEEDED"
        assert entry["appointment1"]["id"] == told["id"]
        assert entry["appointment2"]["id"] == first["id"]
        return entry

    def test_move_to_another_slot(self, admin, place, entry):
        body = {"starts_at": local(10, 30, day=TUESDAY).isoformat()}

        answer = admin.post(
            f"/api/appointments/{entry['appointment1']['id']}/move", body
        )

        assert answer.status_code == 200, answer.text
        assert after(admin, place, entry) == (
            "REASSIGNED",
            "the visit has another place",
        )

    def test_are_approved(self, admin, place, entry):
        address = f"/api/conflicts/{entry['id']}/approve"

        assert admin.post(address, {"reason": "Both come"}).status_code == 200
        assert after(admin, place, entry) == ("OVERRIDE_APPROVED", "Both come")

    def test_are_cancelled(self, admin, place, entry):
        address = f"/api/conflicts/{entry['id']}/cancel"

        assert admin.post(address, {"reason": "Too many"}).status_code == 200
        assert after(admin, place, entry) == ("CANCELLED", "Too many")

    def test_end_by_themselves_when_the_other_one_leaves(self, admin, place, entry):
        other = entry["appointment2"]["id"]

        gone = admin.post(f"/api/appointments/{other}/cancel", {"reason": "Well"})

        assert gone.status_code == 200
        assert after(admin, place, entry) == ("CANCELLED", "Well")
