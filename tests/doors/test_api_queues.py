"""The queue as programs work with it, over the real database."""

from datetime import timedelta

import pytest

from tests.doors.callers import caller, problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def walk_in(world, desk, **more):
    body = {
        "resource_id": str(world.rao.public_id),
        "type_id": str(world.visit.public_id),
        "person": {"name": "Unknown"},
    } | more
    return desk.post(f"/api/facilities/{world.kochi.public_id}/walk-ins", body)


def check_in(world, desk, **more):
    return desk.post(f"/api/appointments/{world.token.id}/check-in", more)


def act(desk, entry, name, body=None):
    return desk.post(f"/api/queue-entries/{entry['id']}/{name}", body)


def test_a_day_at_the_counter(world, desk):
    (asha,) = check_in(world, desk).json["entries"]
    other = walk_in(world, desk).json
    queue = f"/api/queues/{asha['queue_id']}"

    called = desk.post(f"{queue}/call-next", {})
    inside = act(desk, called.json, "start", {})
    done = act(desk, called.json, "complete")

    assert (asha["token"], other["token"]) == ("A-01", "A-02")
    # The walk-in came an hour and more before the booked time.
    assert (called.json["id"], called.json["state"]) == (other["id"], "called")
    assert (inside.json["state"], done.json["state"]) == ("in_room", "done")
    told = desk.get(queue).json
    assert [each["id"] for each in told["waiting"]] == [asha["id"]]
    assert told["done"] == 1


def test_each_says_why_they_stand_there(world, desk):
    other = walk_in(world, desk, coming={"level": "urgent"}).json

    assert other["why"] == ["came at 08:30", "walked in +20 min", "urgent -30 min"]
    assert other["parts"][1] == {
        "kind": "walk_in",
        "minutes": 20,
        "of": "",
        "at": None,
    }


def test_an_unchanged_poll_has_no_content(world, desk):
    entry = walk_in(world, desk).json
    queue = f"/api/queues/{entry['queue_id']}"
    version = desk.get(queue).json["version"]

    same = desk.get(queue, version=version)
    act(desk, entry, "hold")
    other = desk.get(queue, version=version)

    assert (same.status_code, same.data) == (204, b"")
    assert other.status_code == 200
    assert other.json["version"] != version


def test_the_same_key_lets_somebody_in_once(world, desk):
    body = {
        "resource_id": str(world.rao.public_id),
        "type_id": str(world.visit.public_id),
        "patient_id": str(world.asha.public_id),
    }
    address = f"/api/facilities/{world.kochi.public_id}/walk-ins"

    first, again = (desk.post(address, body, Idempotency_Key="k") for _ in range(2))

    assert (first.status_code, first.json["id"]) == (201, again.json["id"])


def test_who_skips_says_how_often_they_were_skipped_before(world, desk):
    entry = walk_in(world, desk).json
    assert entry["skips"] == 0

    first = act(desk, entry, "skip?skips=0")
    # Another desk saw them before the first skip: this is no no-show.
    again = act(desk, entry, "skip?skips=0")
    wrong = act(desk, entry, "skip?skips=often")

    assert (first.status_code, first.json["skips"]) == (200, 1)
    assert again.status_code == 409
    assert problem(wrong, 422, "invalid")["field"] == "skips"
    assert act(desk, entry, "skip?skips=1").json["state"] == "no_show"


def test_nobody_is_called_who_was_not_seen(world, desk):
    far = walk_in(world, desk, coming={"how": "phone", "remote": True}).json

    problem(act(desk, far, "call", {}), 409, "not_present")
    problem(
        desk.post(f"/api/queues/{far['queue_id']}/call-next", {}), 409, "nobody_waits"
    )
    assert act(desk, far, "present").json["present"] is True
    assert act(desk, far, "call", {}).json["state"] == "called"


def test_what_cannot_be_is_told_in_words(world, desk):
    entry = walk_in(world, desk).json

    told = problem(act(desk, entry, "recall"), 409, "entry_state")
    assert told["detail"] == "They are waiting."
    both = {"patient_id": str(world.asha.public_id)}
    problem(walk_in(world, desk, **both), 422, "invalid")
    problem(
        act(desk, entry, "transfer", {"resource_id": str(world.rao.public_id)}),
        422,
        "invalid",
    )


def test_an_appointment_of_another_day_is_not_checked_in(world, desk, time_machine):
    time_machine.move_to(NOW - timedelta(days=2), tick=False)

    told = problem(check_in(world, desk), 422, "not_today")

    assert "10:00" in told["detail"]


def test_a_policy_is_tried_and_saved(app, world, desk):
    admin = caller(app, world.admin)
    check_in(world, desk)
    walk_in(world, desk)
    base = f"/api/facilities/{world.kochi.public_id}/queue-policies"
    body = {
        "department_id": str(world.medicine.public_id),
        "scoring": "appointments_first",
    }

    (shown,) = admin.post(f"{base}/preview", body).json["queues"]
    saved = admin.post(base, body)

    assert [(r["token"], r["before"], r["after"]) for r in shown["ranks"]] == [
        ("A-02", 1, 2),
        ("A-01", 2, 1),
    ]
    assert (saved.status_code, saved.json["version"]) == (201, 1)
    assert admin.get(base).json["policies"][0]["scoring"] == "appointments_first"
    problem(admin.post(base, {"settings": {"grace": -1}}), 422, "invalid")
    problem(admin.post(base, {"scoring": "by_height"}), 422, "invalid")


def test_visits_are_listed(world, desk):
    (entry,) = check_in(world, desk).json["entries"]
    act(desk, entry, "undo")

    found = desk.get(
        f"/api/patients/{world.asha.public_id}/visits",
        facility_id=str(world.kochi.public_id),
    )

    assert [each["state"] for each in found.json["visits"]] == ["cancelled"]


def test_an_analyst_sees_numbers_and_no_names(world, desk, analyst):
    entry = walk_in(world, desk).json

    told = analyst.get(f"/api/queues/{entry['queue_id']}").json

    assert [(e["token"], e["patient"]) for e in told["waiting"]] == [("A-02", None)]


def test_places_to_walk_in_are_shown(world, desk):
    found = desk.get(
        f"/api/facilities/{world.kochi.public_id}/walk-ins",
        resource_id=str(world.rao.public_id),
    )

    assert found.json == {"mode": "queue", "left": None}


def test_a_boost_ends(world, desk):
    entry = walk_in(world, desk).json
    body = {"minutes": 10, "reason": "fever", "until": local(11).isoformat()}

    told = act(desk, entry, "boost", body).json

    assert told["boost"]["reason"] == "fever"
    assert told["why"][-1].startswith("sent ahead -10 min until 11:00 by")
