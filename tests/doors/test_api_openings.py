"""Slots, free places and people, as JSON."""

import pytest

from tests import factories as make
from tests.doors.callers import problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def rao(world):
    return f"/api/facilities/{world.kochi.public_id}/resources/{world.rao.public_id}"


def at(hour, minute=0):
    return local(hour, minute).isoformat()


class TestSlots:
    def test_gives_token_slots_with_places_left(self, desk, rao):
        told = desk.get(f"{rao}/slots", day="2026-03-02").json

        assert [slot["left"] for slot in told["slots"]] == [3, 4, 4, 4]
        assert told["tokens_left"] == 15
        first = told["slots"][0]
        assert (first["starts_at"], first["ends_at"]) == (at(10), at(10, 30))

    def test_gives_open_time_what_is_free_of_it_and_why_it_closes(self, desk, rao):
        told = desk.get(f"{rao}/slots", day="2026-03-02").json

        afternoon = told["open"][-1]
        assert (afternoon["starts_at"], afternoon["ends_at"]) == (at(14), at(17))
        assert told["free"][-1]["starts_at"] == at(14, 30)
        assert [(c["kind"], c["reason"]) for c in told["closed"]] == [
            ("break", "Lunch")
        ]

    def test_a_resource_that_does_not_serve_there_is_not_found(self, desk, world):
        base = f"/api/facilities/{world.kochi.public_id}/resources/{NOBODY}"

        response = desk.get(f"{base}/slots", day="2026-03-02")

        assert problem(response, 404, "not_found")["field"] == "resource_id"


class TestOpenings:
    def test_gives_the_nearest_places(self, desk, world, rao):
        told = desk.get(f"{rao}/openings", type_id=world.visit.public_id).json

        assert [each["starts_at"] for each in told["openings"]] == [
            at(10),
            at(10, 30),
            at(11),
        ]
        assert {each["kind"] for each in told["openings"]} == {"token"}

    def test_looks_from_a_moment_for_a_length_and_a_number(self, desk, world, rao):
        told = desk.get(
            f"{rao}/openings",
            type_id=world.visit.public_id,
            after=at(14),
            minutes=60,
            most=1,
        ).json

        (opening,) = told["openings"]
        assert opening["starts_at"] == at(14, 30)
        assert opening["ends_at"] == at(15, 30)

    def test_names_an_unknown_type(self, desk, rao):
        response = desk.get(f"{rao}/openings", type_id=NOBODY)

        assert problem(response, 404, "not_found")["field"] == "type_id"


class TestPatients:
    @pytest.mark.parametrize("typed", ["asha", "nai", "2345", "98470 12345"])
    def test_finds_by_name_and_phone(self, desk, world, typed):
        told = desk.get(
            "/api/patients", q=typed, facility_id=world.kochi.public_id
        ).json

        assert [each["id"] for each in told["patients"]] == [str(world.asha.public_id)]

    def test_registers_with_the_next_number(self, desk, world):
        body = {
            "facility_id": str(world.kochi.public_id),
            "name": " Leela Menon ",
            "phone": "98470 99999",
            "sex": "female",
            "birth_year": 1958,
            "language": "ml",
        }

        response = desk.post("/api/patients", body)

        told = response.json
        assert response.status_code == 201
        assert (told["name"], told["phone"]) == ("Leela Menon", "+919847099999")
        assert told["mrn"].isdigit()
        address = f"/api/patients/{told['id']}?facility_id={world.kochi.public_id}"
        assert desk.get(address).json == told

    def test_registers_a_name_however_its_letters_are_made_up(self, desk, world):
        body = {"facility_id": str(world.kochi.public_id), "name": "\u095b\u095e\u0930"}

        response = desk.post("/api/patients", body)

        assert response.status_code == 201

    def test_refuses_a_phone_longer_than_any(self, desk, world):
        body = {"facility_id": str(world.kochi.public_id), "name": "Leela"}

        response = desk.post("/api/patients", body | {"phone": "+49 123456789012345"})

        assert problem(response, 422, "invalid")["field"] == "phone"

    def test_refuses_a_record_number_that_is_taken(self, desk, world):
        body = {"facility_id": str(world.kochi.public_id), "name": "Leela"}

        response = desk.post("/api/patients", body | {"mrn": world.asha.mrn})

        assert problem(response, 409, "mrn_taken")["field"] == "mrn"

    def test_an_unknown_patient_is_not_found(self, desk, world):
        response = desk.get(
            f"/api/patients/{NOBODY}", facility_id=world.kochi.public_id
        )

        problem(response, 404, "not_found")

    def test_keeps_the_analyst_from_people(self, analyst, world):
        here = world.kochi.public_id

        found = analyst.get("/api/patients", q="asha", facility_id=here)
        one = analyst.get(f"/api/patients/{world.asha.public_id}", facility_id=here)

        problem(found, 403, "forbidden")
        problem(one, 403, "forbidden")

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("मीना कुमारी", "मीना"),
            ("കൃഷ്ണൻ നായർ", "നായ"),
            ("Mary O'Brien-Das", "o'brien"),
            ("Mary O'Brien-Das", "das"),
        ],
    )
    def test_finds_names_of_every_script(self, desk, world, name, typed):
        meant = make.patient(name)

        told = desk.get(
            "/api/patients", q=typed, facility_id=world.kochi.public_id
        ).json

        assert [each["id"] for each in told["patients"]] == [str(meant.public_id)]

    def test_finds_a_record_number_of_any_form(self, desk, world):
        body = {"facility_id": str(world.kochi.public_id), "name": "Leela"}
        desk.post("/api/patients", body | {"mrn": "CH/2024/X"})

        told = desk.get(
            "/api/patients", q="ch/2024/x", facility_id=world.kochi.public_id
        ).json

        assert [each["name"] for each in told["patients"]] == ["Leela"]

    def test_does_not_find_who_is_not_meant(self, desk, world):
        make.patient("Ravi")

        told = desk.get(
            "/api/patients", q="zubair", facility_id=world.kochi.public_id
        ).json

        assert told["patients"] == []
