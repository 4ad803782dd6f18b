"""The life of an appointment as programs live it, over the real database."""

from datetime import timedelta

import pytest

from tests.doors.callers import problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def token_hold(world, **more):
    return {
        "resource_id": str(world.rao.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(11).isoformat(),
        "holding": {"key": "browser-1"},
    } | more


def timed(world, hour, **more):
    return {
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(hour).isoformat(),
        "resources": [{"resource_id": str(world.rao.public_id)}],
    } | more


def kochi(world, tail):
    return f"/api/facilities/{world.kochi.public_id}/{tail}"


def test_a_hold_is_kept_extended_and_confirmed(world, desk):
    held = desk.post(kochi(world, "token-holds"), token_hold(world)).json
    at = f"/api/appointments/{held['id']}"

    longer = desk.post(f"{at}/extend", {"minutes": 30}).json
    booked = desk.post(f"{at}/confirm", {"patient_ids": [str(world.asha.public_id)]})

    assert (held["status"], held["token"]) == ("held", None)
    assert longer["hold_expires_at"] > held["hold_expires_at"]
    assert (booked.json["status"], booked.json["token"]) == ("scheduled", "A-02")


def test_a_hold_that_was_let_go_is_lost(world, desk):
    held = desk.post(kochi(world, "token-holds"), token_hold(world)).json
    at = f"/api/appointments/{held['id']}"
    desk.post(f"{at}/release")

    refused = desk.post(f"{at}/confirm", {"patient_ids": [], "retake": False})

    problem(refused, 409, "hold_lost")


def test_a_no_show_can_be_undone_by_who_marked_it(world, desk):
    at = f"/api/appointments/{world.timed.id}"

    marked = desk.post(f"{at}/no-show", {})
    undone = desk.post(f"{at}/undo")
    again = desk.post(f"{at}/undo")

    assert (marked.json["status"], undone.json["status"]) == ("no_show", "scheduled")
    problem(again, 409, "undo")


def test_what_is_no_step_of_a_visit_is_named(world, desk):
    at = f"/api/appointments/{world.timed.id}/attend"

    told = problem(desk.post(at, {"to": "cancelled"}), 422, "invalid")

    assert told["field"] == "to"


def test_one_of_a_group_arrives(world, desk):
    at = f"/api/appointments/{world.timed.id}"
    leela = desk.post(
        "/api/patients", {"facility_id": str(world.kochi.public_id), "name": "Leela"}
    ).json["id"]
    desk.post(f"{at}/participants", {"patient_id": leela})

    told = desk.post(f"{at}/attend", {"to": "checked_in", "patient_id": leela}).json
    gone = desk.post(f"{at}/participants/{world.asha.public_id}/remove").json

    seen = {each["patient"]["name"]: each["status"] for each in told["participants"]}
    assert seen == {"Asha Nair": "scheduled", "Leela": "checked_in"}
    assert [each["name"] for each in gone["patients"]] == ["Leela"]


def test_who_comes_along_says_as_what(world, desk):
    leela, ravi = (
        desk.post(
            "/api/patients", {"facility_id": str(world.kochi.public_id), "name": name}
        ).json["id"]
        for name in ("Leela", "Ravi")
    )
    also = [{"patient_id": leela, "role": "guardian"}, {"patient_id": ravi}]

    told = desk.post(kochi(world, "appointments"), timed(world, 16, participants=also))
    joined = desk.post(
        f"/api/appointments/{world.timed.id}/participants",
        {"patient_id": leela, "role": "companion"},
    )
    nonsense = desk.post(
        f"/api/appointments/{world.timed.id}/participants",
        {"patient_id": ravi, "role": "surgeon"},
    )
    nobody = timed(world, 15, participants=also[:1], patient_id=None)

    assert roles(told) == {
        "Asha Nair": "patient",
        "Leela": "guardian",
        "Ravi": "patient",
    }
    assert roles(joined) == {"Asha Nair": "patient", "Leela": "companion"}
    assert problem(nonsense, 422, "invalid")["field"] == "role"
    refused = problem(desk.post(kochi(world, "appointments"), nobody), 422, "invalid")
    assert refused["detail"] == "Somebody must come as the patient."


def roles(told):
    return {each["patient"]["name"]: each["role"] for each in told.json["participants"]}


def test_a_series_is_booked_read_and_called_off(world, desk):
    order = timed(world, 16, repeat={"occurrences": 3, "every_weeks": 2})
    series = desk.post(kochi(world, "series"), order).json
    first = series["occurrences"][0]["appointment"]["id"]

    read = desk.get(f"/api/series/{series['id']}").json
    ended = desk.post(f"/api/appointments/{first}/following/cancel", {"reason": "ill"})

    assert [each["code"] for each in read["occurrences"]] == [None] * 3
    statuses = {e["appointment"]["status"] for e in ended.json["occurrences"]}
    assert statuses == {"cancelled"}


def test_a_freed_place_is_offered_and_accepted(world, desk):
    wish = {
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "resource_id": str(world.rao.public_id),
        "first_day": "2026-03-02",
        "last_day": "2026-03-02",
        "earliest": "14:00",
        "latest": "14:30",
    }
    joined = desk.post(kochi(world, "waitlist"), wish)
    desk.post(f"/api/appointments/{world.timed.id}/cancel", {"reason": "ill"})
    (entry,) = desk.get(kochi(world, "waitlist")).json["entries"]

    told = desk.post(f"/api/offers/{entry['offer']['id']}/accept").json

    assert (joined.status_code, entry["status"]) == (201, "offered")
    assert (told["status"], told["starts_at"]) == ("scheduled", _stamp(local(14)))
    assert desk.get(kochi(world, "waitlist")).json["entries"] == []


def test_an_offer_is_hidden_from_another_facility(world, desk, outsider):
    wish = {
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "first_day": "2026-03-02",
        "last_day": "2026-03-02",
    }
    desk.post(kochi(world, "waitlist"), wish)
    desk.post(f"/api/appointments/{world.timed.id}/cancel", {"reason": "ill"})
    (entry,) = desk.get(kochi(world, "waitlist")).json["entries"]

    refused = outsider.post(f"/api/offers/{entry['offer']['id']}/accept")

    problem(refused, 404, "not_found")


def test_a_waitlist_entry_needs_days_in_order(world, desk):
    wish = {
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "first_day": "2026-03-02",
        "last_day": "2026-03-01",
    }

    told = problem(desk.post(kochi(world, "waitlist"), wish), 422, "invalid")

    assert told["field"] == "last_day"


def _stamp(moment):
    assert moment.utcoffset() == timedelta(0)
    return moment.isoformat()
