"""First openings, procedures, teams and types, as JSON."""

import pytest

from app.accounts.permissions import Role
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.doors.callers import caller, problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def here(world):
    return f"/api/facilities/{world.kochi.public_id}"


@pytest.fixture
def manager(app, world):
    return caller(app, make.user(Role.ADMIN))


@pytest.fixture
def scanner(world):
    found = make.resource(
        world.kochi, ResourceKind.ROOM, name="Scanner", capabilities=("imaging",)
    )
    make.hours(world.kochi, found)
    return found


def at(hour, minute=0):
    return local(hour, minute).isoformat()


def plan(world, **fields):
    return {
        "name": "Biopsy",
        "type_id": str(world.visit.public_id),
        "minutes": 60,
        "needs": [
            {"resource_id": str(world.rao.public_id), "role": "surgeon"},
            {"kind": "location", "offset": -15, "minutes": 90},
        ],
        "patient_ids": [str(world.asha.public_id)],
    } | fields


class TestFirstOpenings:
    def test_of_a_whole_set_with_reasons(self, desk, world, here):
        body = {
            "members": [
                {"resource_id": str(world.rao.public_id)},
                {"kind": "location", "offset": -15, "minutes": 90},
            ],
            "minutes": 60,
            "most": 2,
        }

        first, second = desk.post(f"{here}/first-openings", body).json["openings"]

        assert (first["starts_at"], first["ends_at"]) == (at(12), at(13))
        assert second["starts_at"] == at(14, 30)
        rao, theatre = first["parts"]
        assert (rao["resource"]["code"], rao["why"]) == ("rao", "named")
        assert (theatre["starts_at"], theatre["why"]) == (at(11, 45), "first")

    @pytest.mark.parametrize(
        ("member", "field"),
        [
            ({}, "members[0].resource_id"),
            ({"resource_id": NOBODY, "kind": "room"}, "members[0].resource_id"),
            ({"kind": "dragon"}, "members[0].kind"),
            ({"kind": "room", "minutes": 0}, "members[0].minutes"),
        ],
    )
    def test_refuses_a_member_that_means_nothing(self, desk, here, member, field):
        response = desk.post(
            f"{here}/first-openings", {"members": [member], "minutes": 30}
        )

        assert problem(response, 422, "invalid")["field"] == field

    def test_names_what_nobody_there_can_do(self, desk, here):
        body = {"members": [{"kind": "equipment", "capability": "mri"}], "minutes": 30}

        response = desk.post(f"{here}/first-openings", body)

        told = problem(response, 409, "none_free")
        assert told["detail"] == "There is no machine for “mri” in this facility."


class TestProcedures:
    def test_are_planned_booked_cancelled_and_booked_again(self, desk, world, here):
        made = desk.post(f"{here}/procedures", plan(world))
        address = f"/api/procedures/{made.json['id']}"
        booked = desk.post(f"{address}/book", {})
        told = booked.json["appointment"]

        assert (made.status_code, booked.status_code) == (201, 201)
        assert (told["starts_at"], told["ends_at"]) == (at(12), at(13))
        assert [each["resource"]["code"] for each in told["resources"]] == [
            "rao",
            "theatre-1",
        ]
        assert [each["name"] for each in told["patients"]] == ["Asha Nair"]
        assert told["link"] == {"kind": "procedure", "id": made.json["id"]}
        assert [each["why"] for each in booked.json["choices"]] == ["first"]
        shown = desk.get(address).json
        assert (shown["state"], shown["appointment_id"]) == ("booked", told["id"])
        problem(desk.post(f"{address}/book", {}), 409, "link_taken")
        desk.post(f"/api/appointments/{told['id']}/cancel", {"reason": "Ill"})
        assert desk.get(address).json["state"] == "planned"
        again = desk.post(f"{address}/book", {"starts_at": at(14, 30)})
        assert again.json["appointment"]["starts_at"] == at(14, 30)

    def test_a_repeated_request_books_once(self, desk, world, here):
        made = desk.post(f"{here}/procedures", plan(world)).json
        address = f"/api/procedures/{made['id']}/book"

        first = desk.post(address, {}, Idempotency_Key="k").json["appointment"]
        second = desk.post(address, {}, Idempotency_Key="k").json["appointment"]

        assert first["id"] == second["id"]

    def test_are_changed_by_who_saw_them_last(self, desk, world, here):
        made = desk.post(f"{here}/procedures", plan(world))
        address = f"/api/procedures/{made.json['id']}"

        changed = desk.put(address, plan(world, priority=2), If_Match='"1"')
        late = desk.put(address, plan(world), If_Match='"1"')

        assert (changed.json["priority"], changed.headers["ETag"]) == (2, '"2"')
        problem(late, 412, "changed")

    def test_are_listed_by_state_and_called_off(self, desk, world, here):
        made = desk.post(f"{here}/procedures", plan(world)).json

        told = desk.post(f"/api/procedures/{made['id']}/cancel", {"reason": "No"}).json

        assert (told["state"], told["cancel_reason"]) == ("cancelled", "No")
        assert desk.get(f"{here}/procedures", state="planned").json == {
            "procedures": []
        }
        assert desk.get(f"{here}/procedures").json["procedures"] == [told]
        response = desk.post(f"/api/procedures/{made['id']}/book", {})
        problem(response, 409, "status")

    def test_openings_of_one(self, desk, world, here):
        made = desk.post(f"{here}/procedures", plan(world)).json

        told = desk.get(f"/api/procedures/{made['id']}/openings", after=at(13)).json

        assert told["openings"][0]["starts_at"] == at(14, 30)

    def test_hide_whom_they_are_for_from_the_analyst(self, desk, analyst, world, here):
        made = desk.post(f"{here}/procedures", plan(world)).json

        assert made["patient_ids"] == [str(world.asha.public_id)]
        told = analyst.get(f"/api/procedures/{made['id']}").json
        assert told["patient_ids"] == []

    @pytest.mark.parametrize(
        ("link", "status", "code"),
        [
            ({"kind": "dragon", "id": NOBODY}, 422, "invalid"),
            ({"kind": "procedure", "id": NOBODY}, 404, "not_found"),
        ],
    )
    def test_a_booking_for_what_is_not_there(
        self, desk, world, here, link, status, code
    ):
        body = {
            "patient_id": str(world.asha.public_id),
            "type_id": str(world.visit.public_id),
            "starts_at": at(15),
            "resources": [{"resource_id": str(world.rao.public_id)}],
            "link": link,
        }

        problem(desk.post(f"{here}/appointments", body), status, code)


class TestTeams:
    def test_are_added_read_changed_and_booked(self, manager, desk, world, here):
        members = [
            {"resource_id": str(world.rao.public_id), "role": "surgeon"},
            {"resource_id": str(world.theatre.public_id), "offset": -15, "minutes": 60},
        ]
        body = {"code": "hearts", "name": "Hearts", "members": members[:1]}
        made = manager.post(f"{here}/teams", body)
        team_id = made.json["team"]["id"]
        changed = manager.put(f"{here}/teams/{team_id}", {"members": members})

        assert (made.status_code, made.json["team"]["kind"]) == (201, "team")
        assert changed.json == desk.get(f"{here}/teams/{team_id}").json
        assert [(m["offset"], m["minutes"]) for m in changed.json["members"]] == [
            (0, None),
            (-15, 60),
        ]
        body = {
            "patient_id": None,
            "type_id": str(world.visit.public_id),
            "starts_at": at(15),
            "resources": [{"resource_id": team_id}],
        }
        told = desk.post(f"{here}/appointments", body).json
        assert [each["resource"]["code"] for each in told["resources"]] == [
            "rao",
            "theatre-1",
        ]
        assert told["resources"][1]["starts_at"] == at(14, 45)
        slots = desk.get(f"{here}/resources/{team_id}/slots", day="2026-03-02").json
        assert [each["starts_at"] for each in slots["free"]] == [
            at(12),
            at(14, 30),
            at(15, 45),
        ]
        openings = desk.get(
            f"{here}/resources/{team_id}/openings", type_id=world.visit.public_id
        ).json["openings"]
        first = openings[0]
        assert (first["resource_id"], first["starts_at"]) == (
            team_id,
            at(12),
        )

    def test_in_teams_are_refused_in_words(self, manager, world, here):
        body = {
            "code": "hearts",
            "name": "Hearts",
            "members": [{"resource_id": str(world.rao.public_id)}],
        }
        inner = manager.post(f"{here}/teams", body).json["team"]["id"]

        nested = manager.post(
            f"{here}/teams", body | {"code": "x", "members": [{"resource_id": inner}]}
        )
        empty = manager.post(f"{here}/teams", body | {"code": "x", "members": []})

        told = problem(nested, 422, "invalid")
        assert told["detail"] == "A team cannot be in another team: name its members."
        assert problem(empty, 422, "invalid")["field"] == "members"


class TestTypes:
    def test_are_added_changed_and_take_longer_with_one(self, manager, desk, world):
        body = {
            "code": "scan",
            "name": "Scan",
            "category": "procedure",
            "minutes": 20,
            "price": "99.50",
            "requires_room": True,
            "room_capability": "imaging",
            "public": False,
            "follow_up_days": 14,
        }
        made = manager.post("/api/types", body).json
        address = f"/api/types/{made['id']}"

        changed = manager.put(
            address,
            body
            | {
                "minutes": 25,
                "buffer_after": 5,
                "equipment": ["ct"],
                "reminder_hours": 0,
            },
        ).json
        rao = world.rao.public_id
        told = manager.put(f"{address}/durations/{rao}", {"minutes": 40}).json

        assert (made["price"], made["room_capability"]) == ("99.50", "imaging")
        assert (made["public"], made["follow_up_days"]) == (False, 14)
        assert (changed["minutes"], changed["buffer_after"]) == (25, 5)
        assert changed["equipment"] == ["ct"]
        assert (made["reminder_hours"], changed["reminder_hours"]) == (24, 0)
        assert told == {"durations": [{"resource_id": str(rao), "minutes": 40}]}
        assert desk.get(f"{address}/durations").json == told
        assert manager.put(f"{address}/durations/{rao}", {"minutes": None}).json == {
            "durations": []
        }
        problem(manager.put(f"/api/types/{NOBODY}", body), 404, "not_found")
        problem(manager.post("/api/types", body), 409, "code_taken")

    def test_an_imaging_type_never_gets_a_consulting_room(
        self, desk, world, here, scanner
    ):
        consulting = make.resource(
            world.kochi, ResourceKind.ROOM, name="A", capabilities=("consulting",)
        )
        make.hours(world.kochi, consulting)
        imaging = make.kind(requires_room=True, room_capability="imaging")
        talk = make.kind(requires_room=True)

        def book(kind, hour):
            body = {
                "patient_id": str(world.asha.public_id),
                "type_id": str(kind.public_id),
                "starts_at": at(hour),
                "resources": [{"resource_id": str(world.rao.public_id)}],
            }
            return desk.post(f"{here}/appointments", body)

        first = book(imaging, 15).json
        address = f"/api/booking/appointments/{first['id']}/resources"
        swapped = desk.put(address, {"room_id": str(consulting.public_id)})
        make.away(world.kochi, scanner, local(16), 60)
        refused = problem(book(imaging, 16), 409, "none_free")

        assert desk.get(address).json["room_id"] == str(scanner.public_id)
        assert problem(swapped, 422, "invalid")["detail"].startswith(
            "The appointment needs it"
        )
        assert refused["detail"] == ("No room for “imaging” is free: Scanner is away.")
        told = book(talk, 16).json
        assert told["resources"][1]["resource"]["name"] == "A"

    def test_out_of_use_is_told_in_words(self, manager, desk, world, here):
        kind = world.visit
        body = {
            "code": kind.code,
            "name": "Visit",
            "category": "new",
            "minutes": 30,
            "active": False,
        }
        manager.put(f"/api/types/{kind.public_id}", body)
        order = {
            "patient_id": str(world.asha.public_id),
            "type_id": str(kind.public_id),
            "starts_at": at(15),
            "resources": [{"resource_id": str(world.rao.public_id)}],
        }

        told = problem(desk.post(f"{here}/appointments", order), 422, "invalid")

        assert told["detail"] == "“Visit” is out of use."
