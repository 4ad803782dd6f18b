"""Leave and maintenance over bookings, as JSON."""

from collections import Counter

import pytest

from tests.doors.callers import caller, problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def admin(app, world):
    return caller(app, world.admin)


@pytest.fixture
def place(world):
    return f"/api/facilities/{world.kochi.public_id}"


def away(world, start=14, end=15, **fields):
    return {
        "resource_id": str(world.rao.public_id),
        "starts_at": local(start).isoformat(),
        "ends_at": local(end).isoformat(),
        "reason": "Ill",
    } | fields


def choice(told, remedy):
    (item,) = told["items"]
    (proposal,) = [e for e in item["proposals"] if e["remedy"] == remedy]
    return {
        "appointment_id": item["appointment"]["id"],
        "proposal_id": proposal["id"],
    }


def test_a_doctor_is_marked_absent_and_people_are_moved_and_back(
    admin, desk, world, place
):
    made = admin.post(f"{place}/absences", away(world), Idempotency_Key="ill-1")
    again = admin.post(f"{place}/absences", away(world), Idempotency_Key="ill-1")
    told = made.json
    address = f"/api/cascades/{told['id']}"

    assert (made.status_code, again.json) == (201, told)
    (item,) = told["items"]
    assert (item["appointment"]["id"], item["fate"]) == (
        str(world.timed.id),
        "waiting",
    )
    assert [each["remedy"] for each in item["proposals"]] == ["later", "another_day"]
    assert all(each["held"] for each in item["proposals"])
    assert desk.get(address).json == told

    body = {"choices": [choice(told, "later")]}
    applied = [
        desk.post(f"{address}/apply", body, Idempotency_Key="apply-1") for _ in range(2)
    ]
    assert applied[0].status_code == 200, applied[0].text
    assert applied[0].json == applied[1].json
    assert [each["moved"] for each in applied[0].json["results"]] == [True]
    moved = applied[0].json["cascade"]["items"][0]["appointment"]
    assert moved["starts_at"] == local(15).isoformat()

    undone = admin.post(f"{address}/undo").json
    assert undone["undone_at"] == NOW.isoformat()
    assert undone["items"][0]["fate"] == "returned"
    assert undone["items"][0]["appointment"]["starts_at"] == local(14).isoformat()
    assert desk.post(f"{address}/apply", body).status_code == 409


def test_from_now_on_needs_no_start(admin, world, place):
    body = {name: v for name, v in away(world).items() if name != "starts_at"}

    told = admin.post(f"{place}/absences", body).json

    assert told["starts_at"] == NOW.isoformat()
    window = {"from": local(9).isoformat(), "to": local(10).isoformat()}
    listed = admin.get(f"{place}/cascades", **window).json["cascades"]
    assert [each["id"] for each in listed] == [told["id"]]
    assert listed[0]["counts"] == Counter(each["fate"] for each in told["items"])
    assert "items" not in listed[0]


def test_an_end_before_the_start_and_a_cascade_that_is_none_are_refused(
    admin, world, place
):
    backwards = admin.post(f"{place}/absences", away(world, end=13))
    nowhere = admin.get(f"/api/cascades/{world.asha.public_id}")

    assert problem(backwards, 422, "invalid")["field"] == "ends_at"
    problem(nowhere, 404, "not_found")


def test_maintenance_goes_around_a_booking(admin, world, place):
    body = away(world, 12, 16, policy="around")

    told = admin.post(f"{place}/maintenance/plan", body)
    window = {"from": local(9).isoformat(), "to": local(17).isoformat()}
    shut = admin.get(f"{place}/maintenance", **window).json["maintenance"]

    assert told.status_code == 201, told.text
    assert told.json["items"][0]["policy"] == "around"
    assert [(each["starts_at"], each["ends_at"]) for each in shut] == [
        (local(12).isoformat(), local(14).isoformat()),
        (local(14, 30).isoformat(), local(16).isoformat()),
    ]


def test_each_booking_may_have_a_policy_of_its_own(admin, world, place):
    own = {"appointment_id": str(world.timed.id), "policy": "notify"}
    body = away(world, 9, 16, policy="move", choices=[own])

    told = admin.post(f"{place}/maintenance/plan", body).json

    assert [(e["policy"], e["fate"]) for e in told["items"]] == [
        ("move", "waiting"),
        ("notify", "stays"),
    ]
    other = admin.post(
        f"{place}/maintenance/plan",
        away(world, 16, 17, policy="move", choices=[own]),
    )
    assert problem(other, 422, "invalid")["field"] == "choices"


def test_proposals_that_ran_out_are_held_again(admin, world, place, time_machine):
    told = admin.post(f"{place}/absences", away(world)).json
    address = f"/api/cascades/{told['id']}"

    time_machine.move_to(local(11), tick=False)
    lapsed = admin.get(address).json["items"][0]["proposals"]
    renewed = admin.post(f"{address}/propose").json["items"][0]["proposals"]

    assert [each["held"] for each in lapsed] == [False, False]
    assert [each["held"] for each in renewed] == [True, True]
