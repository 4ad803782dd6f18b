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


def hours_of(world, **fields):
    session = {"kind": "open", "weekdays": [0], "start": "09:00", "end": "10:00"}
    return {
        "resource_id": str(world.rao.public_id),
        "valid_from": "2026-03-02",
        "sessions": [session],
    } | fields


def test_hours_of_one_first_day_are_told_apart_by_their_id(admin, world, place, rao):
    (first,) = admin.get(f"{rao}/schedules").json["schedules"]
    known = hours_of(world, replaces=first["id"])

    blind = problem(
        admin.post(f"{place}/schedules", hours_of(world)), 409, "schedule_overlap"
    )
    made = admin.post(f"{place}/schedules", known)
    late = problem(admin.post(f"{place}/schedules", known), 409, "schedule_overlap")

    assert (blind["field"], late["field"]) == ("valid_from", "valid_from")
    assert made.status_code == 201
    told = admin.get(f"{rao}/schedules").json["schedules"]
    assert [each["valid_till"] for each in told] == ["2026-03-01", None]
    assert told[-1]["id"] == made.json["id"]


def test_who_edits_what_was_replaced_meanwhile_is_told(admin, world, place, rao):
    (first,) = admin.get(f"{rao}/schedules").json["schedules"]
    sessions = [each["id"] for each in first["sessions"]]
    order = {"from_day": "2026-03-09", "session": None}

    assert admin.post(f"/api/availabilities/{sessions[0]}/edit", order).json["id"]
    late = admin.post(f"/api/availabilities/{sessions[1]}/edit", order)

    assert problem(late, 422, "invalid")["field"] == "from_day"
    assert len(admin.get(f"{rao}/schedules").json["schedules"]) == 2


def test_a_preview_refuses_what_the_act_would(admin, world, place):
    added = {"is_available": True, "kind": "tokens"}
    for path, body, status in (
        ("schedules", hours_of(world, valid_from="2026-02-02"), 409),
        ("exceptions", away(world, **added, slot_minutes=10), 422),
        ("exceptions", away(world, is_available=True, slot_minutes=10), 422),
        ("exceptions", away(world, is_available=True, kind="break"), 422),
    ):
        told = [admin.post(f"{place}/{path}{tail}", body) for tail in ("/preview", "")]

        assert [each.status_code for each in told] == [status] * 2
        assert told[0].json["field"] == told[1].json["field"]


def test_a_theatre_is_marked_schedule_only(admin, desk, world, place):
    theatre = f"/api/resources/{world.theatre.public_id}"

    told = admin.patch(theatre, {"schedule_only": True, "capacity": 2})

    assert (told.json["schedule_only"], told.json["capacity"]) == (True, 2)
    listed = desk.get(f"{place}/resources").json["resources"]
    (shown,) = [e for e in listed if e["id"] == str(world.theatre.public_id)]
    assert shown == told.json
    wrong = problem(admin.patch(theatre, {"schedule_only": "no"}), 422, "invalid")
    assert wrong["field"] == "schedule_only"
    too_many = problem(admin.patch(theatre, {"capacity": 10**6}), 422, "invalid")
    assert too_many["field"] == "capacity"
    gone = problem(admin.patch(f"/api/resources/{NOBODY}", {}), 404, "not_found")
    assert gone["field"] == "resource_id"


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("lead_time", {"minutes": 10**12}, "minutes"),
        ("horizon", {"days": 10**9}, "days"),
        ("quiet_period", {"minutes": 10**10}, "minutes"),
        ("daily_limit", {"limit": 3, "per_type": "no"}, "per_type"),
    ],
)
def test_a_rule_no_calendar_holds_is_refused_by_its_field(
    admin, desk, world, rao, kind, settings, field
):
    order = {"kind": kind, "settings": settings, "facility_id": world.kochi.public_id}

    told = problem(admin.post("/api/rules", order), 422, "invalid")

    assert told["field"] == field
    assert told["detail"] != "This cannot be right."
    assert desk.get(f"{rao}/slots", day="2026-03-02").status_code == 200
