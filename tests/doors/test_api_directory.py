"""Facilities and what is in them, as JSON."""

import pytest

from tests.doors.callers import problem
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

NOWHERE = "00000000-0000-4000-8000-000000000000"


def test_lists_the_facilities_the_caller_may_see(desk, world):
    told = desk.get("/api/facilities").json

    assert [each["name"] for each in told["facilities"]] == [world.kochi.name]
    assert told["facilities"][0]["zone"] == "Asia/Kolkata"
    assert told["facilities"][0]["id"] == str(world.kochi.public_id)


def test_lists_departments_and_resources_of_a_facility(desk, world):
    base = f"/api/facilities/{world.kochi.public_id}"

    departments = desk.get(f"{base}/departments").json["departments"]
    resources = desk.get(f"{base}/resources").json["resources"]

    assert [each["name"] for each in departments] == ["Medicine"]
    assert {each["code"] for each in resources} == {"rao", "theatre-1"}
    rao = next(each for each in resources if each["code"] == "rao")
    assert (rao["kind"], rao["token_prefix"], rao["department"]) == (
        "practitioner",
        "A",
        "Medicine",
    )


def test_lists_appointment_types(desk, world):
    told = desk.get("/api/types").json["types"]

    assert str(world.visit.public_id) in {each["id"] for each in told}


@pytest.mark.parametrize("what", ["departments", "resources"])
def test_hides_a_facility_from_the_reception_of_another(outsider, world, what):
    response = outsider.get(f"/api/facilities/{world.kochi.public_id}/{what}")

    assert problem(response, 404, "not_found")["field"] == "facility_id"


def test_an_unknown_facility_is_told_by_its_field(desk):
    response = desk.get(f"/api/facilities/{NOWHERE}/resources")

    assert problem(response, 404, "not_found")["field"] == "facility_id"


def test_no_answer_may_be_kept_on_the_way(desk):
    response = desk.get("/api/facilities")

    assert response.headers["Cache-Control"] == "no-store"


def test_row_numbers_never_leave(desk, world):
    told = desk.get(f"/api/facilities/{world.kochi.public_id}/resources").json

    assert not any(isinstance(each["id"], int) for each in told["resources"])
