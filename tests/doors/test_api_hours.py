"""Hours, previews, months and rules, as JSON."""

import pytest

from tests.doors.callers import caller, problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

NOBODY = "00000000-0000-4000-8000-000000000000"
WINDOW = {"from": local(0).isoformat(), "to": local(23).isoformat()}


@pytest.fixture
def admin(app, world):
    return caller(app, world.admin)


@pytest.fixture
def place(world):
    return f"/api/facilities/{world.kochi.public_id}"


@pytest.fixture
def rao(world, place):
    return f"{place}/resources/{world.rao.public_id}"


def away(world, **fields):
    return {
        "resource_id": str(world.rao.public_id),
        "is_available": False,
        "starts_at": local(9).isoformat(),
        "ends_at": local(12).isoformat(),
        "reason": "Ill",
    } | fields


def test_a_leave_is_previewed_made_listed_and_taken_back(admin, world, place):
    seen = admin.post(f"{place}/exceptions/preview", away(world)).json["stranded"]
    made = admin.post(f"{place}/exceptions", away(world))
    after = admin.get(f"{place}/stranded", **WINDOW).json["stranded"]

    assert [each["appointment"]["id"] for each in seen] == [str(world.token.id)]
    assert (seen[0]["reason"], seen[0]["why"]) == ("away", "Ill")
    assert after == seen
    assert made.status_code == 201
    (listed,) = admin.get(f"{place}/exceptions", **WINDOW).json["exceptions"]
    assert listed["id"] == made.json["id"]
    gone = admin.post(f"/api/exceptions/{listed['id']}/revoke")
    assert gone.status_code == 204
    assert admin.get(f"{place}/exceptions", **WINDOW).json["exceptions"] == []


def test_a_session_is_set_for_a_type_shown_and_edited(admin, world, place):
    hours = f"{place}/resources/{world.theatre.public_id}/schedules"
    session = {
        "kind": "tokens",
        "weekdays": [0],
        "start": "09:00",
        "end": "10:00",
        "slot_minutes": 30,
        "tokens_per_slot": 2,
        "type_ids": [str(world.visit.public_id)],
        "nth": [1, 3],
    }
    order = {
        "resource_id": str(world.theatre.public_id),
        "valid_from": "2026-04-06",
        "sessions": [session],
    }

    made = admin.post(f"{place}/schedules", order)
    shown = admin.get(hours).json["schedules"][-1]
    day = f"{place}/resources/{world.theatre.public_id}/slots"
    slots = admin.get(day, day="2026-04-06").json["slots"]
    edited = admin.post(
        f"/api/availabilities/{shown['sessions'][0]['id']}/edit",
        {"from_day": "2026-04-13", "session": None},
    )

    assert made.status_code == 201, made.text
    assert shown["id"] == made.json["id"]
    told = {name: shown["sessions"][0][name] for name in session if name != "weekdays"}
    assert told == {name: session[name] for name in told}
    assert [each["type_ids"] for each in slots] == [session["type_ids"]] * 2
    assert edited.status_code == 200
    assert admin.get(hours).json["schedules"][-1]["sessions"] == []


def test_an_unknown_type_is_named_by_its_place(admin, world, place):
    order = {
        "resource_id": None,
        "valid_from": "2026-04-06",
        "sessions": [
            {
                "kind": "open",
                "weekdays": [0],
                "start": "09:00",
                "end": "10:00",
                "type_ids": [NOBODY],
            }
        ],
    }

    told = problem(admin.post(f"{place}/schedules", order), 404, "not_found")

    assert told["field"] == "sessions[0].type_ids"


def test_maintenance_repeats_and_is_taken_back(admin, world, place):
    order = {
        "resource_id": str(world.theatre.public_id),
        "starts_at": local(9).isoformat(),
        "ends_at": local(10).isoformat(),
        "repeat": {"until": "2026-03-30", "every_weeks": 2},
    }
    window = WINDOW | {"to": "2026-04-30T00:00:00+05:30"}

    made = admin.post(f"{place}/maintenance", order)
    found = admin.get(f"{place}/maintenance", **window).json["maintenance"]
    address = f"/api/maintenance/{made.json['id']}/revoke"

    assert len(found) == 3
    assert {each["series"] for each in found} == {found[0]["series"]}
    assert admin.post(address, {"following": True}).status_code == 204
    assert admin.get(f"{place}/maintenance", **window).json["maintenance"] == []


def test_a_span_is_checked(desk, rao):
    window = {"from": local(13).isoformat(), "to": local(13, 30).isoformat()}

    told = desk.get(f"{rao}/check", **window).json

    assert (told["offered"], told["reason"], told["why"]) == (False, "break", "Lunch")


def test_a_month_tells_each_day(desk, world, place):
    asked = {"first_day": "2026-03-02", "resource_id": world.rao.public_id}

    (told,) = desk.get(f"{place}/month", **asked).json["resources"]

    assert len(told["days"]) == 31
    first = told["days"][0]
    assert (first["tokens"], first["tokens_free"]) == (16, 15)
    assert (first["minutes"], first["minutes_free"]) == (240, 210)


def test_a_rule_is_set_shown_with_slots_and_dropped(admin, desk, world, place, rao):
    order = {
        "kind": "allowed_days",
        "settings": {"weekdays": [1]},
        "facility_id": str(world.kochi.public_id),
    }

    made = admin.post("/api/rules", order)
    slot = desk.get(f"{rao}/slots", day="2026-03-02").json["slots"][0]
    rules = admin.get(f"{place}/rules").json["rules"]

    assert slot["refused"] == {
        "rule": "allowed_days",
        "override": "booking:override_rules",
        "why": {"weekdays": "(1,)"},
    }
    assert made.json["id"] in [each["id"] for each in rules]
    assert admin.post(f"/api/rules/{made.json['id']}/drop").status_code == 204
    slot = desk.get(f"{rao}/slots", day="2026-03-02").json["slots"][0]
    assert slot["refused"] is None
