"""Booking, reading, moving and cancelling, as JSON."""

import pytest

from tests.doors.callers import problem, timed_body
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def tokens(world):
    return f"/api/facilities/{world.kochi.public_id}/tokens"


@pytest.fixture
def bookings(world):
    return f"/api/facilities/{world.kochi.public_id}/appointments"


class TestMove:
    def test_moves_and_turns_the_revision(self, desk, world):
        body = {"starts_at": local(16).isoformat(), "revision": 1}

        response = desk.post(f"/api/appointments/{world.timed.id}/move", body)

        told = response.json
        assert (response.status_code, told["revision"]) == (200, 2)
        assert told["starts_at"] == local(16).isoformat()
        assert response.headers["ETag"] == '"2"'

    def test_refuses_a_revision_that_is_over(self, desk, world):
        address = f"/api/appointments/{world.timed.id}/move"
        desk.post(address, {"starts_at": local(16).isoformat()})
        body = {"starts_at": local(15).isoformat()}

        named = desk.post(address, {**body, "revision": 1})
        matched = desk.post(address, body, If_Match='"1"')

        problem(named, 409, "changed")
        problem(matched, 412, "changed")

    def test_goes_when_the_tag_fits_or_any_does(self, desk, world):
        address = f"/api/appointments/{world.timed.id}/move"
        first, second = local(15).isoformat(), local(16).isoformat()

        tagged = desk.post(address, {"starts_at": first}, If_Match='"1"')
        whatever = desk.post(address, {"starts_at": second}, If_Match="*")

        assert (tagged.status_code, whatever.status_code) == (200, 200)

    @pytest.mark.parametrize("tag", ["1", '"0"', '"x"', 'W/"1"', '"99999999999999"'])
    def test_refuses_a_tag_that_is_none_of_ours(self, desk, world, tag):
        body = {"starts_at": local(16).isoformat()}

        response = desk.post(
            f"/api/appointments/{world.timed.id}/move", body, If_Match=tag
        )

        assert problem(response, 422, "invalid")["field"] == "If-Match"

    def test_refuses_two_revisions_that_differ(self, desk, world):
        body = {"starts_at": local(16).isoformat(), "revision": 2}

        response = desk.post(
            f"/api/appointments/{world.timed.id}/move", body, If_Match='"1"'
        )

        assert problem(response, 422, "invalid")["field"] == "revision"

    def test_refuses_a_taken_time_and_leaves_it_where_it_was(
        self, desk, world, bookings
    ):
        desk.post(bookings, timed_body(world, local(16)))
        address = f"/api/appointments/{world.timed.id}"

        response = desk.post(f"{address}/move", {"starts_at": local(16).isoformat()})

        told = problem(response, 409, "slot_taken")
        assert told["clashes"]
        assert told["alternatives"]
        assert desk.get(address).json["starts_at"] == local(14).isoformat()

    def test_keeps_the_analyst_out(self, analyst, world):
        response = analyst.post(
            f"/api/appointments/{world.timed.id}/move",
            {"starts_at": local(16).isoformat()},
        )

        problem(response, 403, "forbidden")


class TestCancel:
    def test_cancels_with_a_reason_and_gives_the_place_back(
        self, desk, world, bookings
    ):
        response = desk.post(
            f"/api/appointments/{world.timed.id}/cancel", {"reason": "Called off"}
        )
        again = desk.post(bookings, timed_body(world, local(14)))

        assert (response.status_code, response.json["status"]) == (200, "cancelled")
        assert response.json["cancel_reason"] == "Called off"
        assert again.status_code == 201

    def test_needs_a_reason(self, desk, world):
        address = f"/api/appointments/{world.timed.id}/cancel"

        for body in ({}, {"reason": ""}, {"reason": "  "}, {"reason": None}):
            response = desk.post(address, body)

            assert problem(response, 422, "invalid")["field"] == "reason"

    def test_refuses_what_is_cancelled_already(self, desk, world):
        address = f"/api/appointments/{world.timed.id}/cancel"
        desk.post(address, {"reason": "Called off"})

        response = desk.post(address, {"reason": "Called off"})

        problem(response, 409, "status")

    def test_refuses_a_revision_that_is_over(self, desk, world):
        address = f"/api/appointments/{world.timed.id}"
        desk.post(f"{address}/move", {"starts_at": local(16).isoformat()})

        named = desk.post(f"{address}/cancel", {"reason": "Off", "revision": 1})
        matched = desk.post(f"{address}/cancel", {"reason": "Off"}, If_Match='"1"')

        problem(named, 409, "changed")
        problem(matched, 412, "changed")

    def test_an_unknown_appointment_is_not_found(self, desk):
        unknown = "00000000-0000-4000-8000-000000000000"

        response = desk.post(f"/api/appointments/{unknown}/cancel", {"reason": "Off"})

        problem(response, 404, "not_found")
