"""Over the JSON door: times over token slots, emergencies, rebooking, messages."""

from datetime import timedelta

import pytest

from app.accounts.permissions import Role
from tests import factories as make
from tests.doors.callers import caller, problem
from tests.doors.world import NOW, local

WHO_MAY = "Who may: admin, doctor, location manager or location owner."

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def manager(app, world):
    """Let somebody call who manages the facility's hours."""
    return caller(app, make.user(Role.LOCATION_MANAGER, world.kochi))


def order(world, resource, start, minutes=30, **fields):
    return {
        "patient_id": str(make.patient().public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(minutes=minutes)).isoformat(),
        "resources": [{"resource_id": str(resource.public_id)}],
        **fields,
    }


def address(world, rest):
    return f"/api/facilities/{world.kochi.public_id}/{rest}"


def slots(desk, world):
    rest = f"resources/{world.rao.public_id}/slots"
    return desk.get(address(world, rest), day="2026-03-02").json["slots"]


class TestOverSlots:
    def test_closes_the_slot_and_sends_its_token_on(self, manager, desk, world):
        body = order(world, world.rao, local(10), reason="Urgent review")

        seen = manager.post(address(world, "slot-overrides/preview"), body)
        made = manager.post(address(world, "slot-overrides"), body)

        assert (seen.status_code, made.status_code) == (200, 201)
        for told in (seen.json, made.json):
            (entry,) = told["entries"]
            assert entry["outcome"] == "moved"
            assert entry["was_token"] == world.token.token
            assert entry["to"]["starts_at"] == local(10, 30).isoformat()
        assert "id" not in seen.json
        assert made.json["appointment"]["over_slots"] is True
        read = manager.get(f"/api/displacements/{made.json['id']}").json
        assert read == made.json
        assert slots(desk, world)[0]["blocked"] is True

    def test_a_token_in_a_closed_slot_is_refused_in_words(self, manager, desk, world):
        body = order(world, world.rao, local(10), reason="Urgent review")
        manager.post(address(world, "slot-overrides"), body)

        wanted = {
            "resource_id": str(world.rao.public_id),
            "patient_id": str(world.asha.public_id),
            "type_id": str(world.visit.public_id),
            "starts_at": local(10).isoformat(),
        }
        refused = desk.post(address(world, "tokens"), wanted)

        told = problem(refused, 422, "not_offered")
        assert told["detail"] == "That token slot of Dr Vivek Rao is closed."

    def test_the_desk_is_told_who_may(self, desk, world):
        body = order(world, world.rao, local(10), reason="Urgent review")

        told = problem(
            desk.post(address(world, "slot-overrides"), body), 403, "forbidden"
        )

        assert told["detail"].endswith(WHO_MAY)

    def test_a_plain_booking_there_is_told_so_too(self, desk, world):
        body = order(world, world.rao, local(10))

        refused = desk.post(address(world, "appointments"), body)

        told = problem(refused, 422, "not_offered")
        assert told["detail"].endswith(WHO_MAY)

    def test_the_same_key_does_it_once(self, manager, world):
        body = order(world, world.rao, local(10), reason="Urgent review")
        where = address(world, "slot-overrides")

        first = manager.post(where, body, Idempotency_Key="k")
        again = manager.post(where, body, Idempotency_Key="k")

        assert again.json["id"] == first.json["id"]

    def test_a_reason_is_needed(self, manager, world):
        body = order(world, world.rao, local(10))

        told = problem(
            manager.post(address(world, "slot-overrides"), body), 422, "invalid"
        )

        assert told["field"] == "reason"


class TestEmergency:
    @pytest.fixture
    def made(self, manager, desk, world):
        case = order(world, world.theatre, local(14))
        booked = desk.post(address(world, "appointments"), case)
        assert booked.status_code == 201
        body = order(world, world.theatre, local(14), reason="Ruptured spleen")
        seen = manager.post(address(world, "emergencies/preview"), body)
        assert seen.status_code == 200
        made = manager.post(address(world, "emergencies"), body)
        assert made.status_code == 201
        assert [e["outcome"] for e in seen.json["entries"]] == ["listed"]
        return made.json

    def waiting(self, desk, world):
        listed = desk.get(address(world, "rebookings"), status="open")
        return listed.json["entries"]

    def test_a_case_gives_way_and_its_held_place_is_confirmed(self, made, desk, world):
        assert made["appointment"]["priority"] == 1
        (entry,) = self.waiting(desk, world)
        assert entry["proposal"]["status"] == "held"
        assert entry["proposal"]["starts_at"] == local(14, 30).isoformat()

        done = desk.post(f"/api/rebookings/{entry['id']}/book", {})

        assert done.json["status"] == "booked"
        assert done.json["booked"]["id"] == entry["proposal"]["id"]
        assert self.waiting(desk, world) == []

    def test_another_place_is_proposed_and_another_is_booked(self, made, desk, world):
        (entry,) = self.waiting(desk, world)

        again = desk.post(f"/api/rebookings/{entry['id']}/propose")
        done = desk.post(
            f"/api/rebookings/{entry['id']}/book",
            {"starts_at": local(16).isoformat()},
        )

        assert again.json["proposal"]["starts_at"] == local(14, 30).isoformat()
        assert done.json["booked"]["starts_at"] == local(16).isoformat()

    def test_somebody_is_struck_off(self, made, desk, world):
        (entry,) = self.waiting(desk, world)

        done = desk.post(f"/api/rebookings/{entry['id']}/drop", {"reason": "Elsewhere"})

        assert (done.json["status"], done.json["resolution"]) == (
            "cancelled",
            "Elsewhere",
        )
        told = problem(
            desk.post(f"/api/rebookings/{entry['id']}/book", {}), 409, "status"
        )
        assert told["detail"] == "It is cancelled already."

    def test_an_end_without_a_start_is_no_place(self, made, desk, world):
        (entry,) = self.waiting(desk, world)

        refused = desk.post(
            f"/api/rebookings/{entry['id']}/book", {"ends_at": local(16).isoformat()}
        )

        assert problem(refused, 422, "invalid")["field"] == "starts_at"

    def test_the_messages_of_who_gave_way(self, made, desk):
        gone = made["entries"][0]["appointment"]["id"]

        told = desk.get(f"/api/appointments/{gone}/messages").json["messages"]

        kinds = [each["kind"] for each in told if each["recipient"] == "patient"]
        assert kinds == ["booked", "displaced"]
        mine = desk.get("/api/messages", limit=2).json["messages"]
        assert {each["role"] for each in mine} == {"reception"}

    def test_an_emergency_of_the_desk_is_refused(self, desk, world):
        body = order(world, world.theatre, local(14), priority=1)

        problem(desk.post(address(world, "appointments"), body), 403, "forbidden")
