"""Comments through the API: on every kind of object, by whoever may see it."""

import pytest
from sqlalchemy import select

from app.availability.models import Schedule
from app.booking import resource_queries
from app.booking import seeing as bookings
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.db import db
from app.directory import service as directory
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.doors.callers import caller, problem
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def conflict(world):
    """Book a room, which then goes out of use."""
    room = make.resource(world.kochi, ResourceKind.ROOM)
    make.hours(world.kochi, room, make.open_time(make.time(8)))
    order = make.timed_order(world.kochi, room, world.visit, world.asha, local(15))
    booking.book_timed(order, by=SYSTEM, now=NOW)
    directory.change_resource(room.public_id, by=SYSTEM, now=NOW, active=False)
    return resource_queries.conflicts(world.kochi.public_id, by=SYSTEM)[0].id


OBJECTS = {
    "appointment": lambda w: w.timed.id,
    "conflict": conflict,
    "department": lambda w: w.medicine.public_id,
    "exception": lambda w: w.leave,
    "facility": lambda w: w.kochi.public_id,
    "maintenance": lambda w: w.repair,
    "resource": lambda w: w.rao.public_id,
    "schedule": lambda w: db.session.scalars(
        select(Schedule.public_id).where(Schedule.resource_id == w.rao.id)
    ).first(),
    # Nobody has booked in this one: it has no row, and can be spoken of all the same.
    "slot": lambda w: bookings.slot_id(w.kochi, w.rao, local(11, 30)),
}


@pytest.fixture
def say(app, world):
    def at(kind, number, who, text="Mind the step", **headers):
        address = f"/api/objects/{kind}/{number}/comments"
        return caller(app, who).post(address, {"text": text}, **headers)

    return at


@pytest.mark.parametrize("kind", OBJECTS)
def test_who_may_see_an_object_comments_on_it_and_nobody_else(app, world, say, kind):
    number = OBJECTS[kind](world)

    assert say(kind, number, world.meena).status_code == 201
    problem(say(kind, number, world.ravi), 404, "not_found")

    address = f"/api/objects/{kind}/{number}/comments"
    told = caller(app, world.meena).get(address).json["comments"]
    assert [(each["who"], each["text"]) for each in told] == [
        (world.meena.name, "Mind the step")
    ]
    problem(caller(app, world.ravi).get(address), 404, "not_found")


def test_who_may_not_know_patients_reads_nothing_of_a_visit(app, world, say):
    problem(say("appointment", world.timed.id, world.anu), 404, "not_found")
    assert say("resource", world.rao.public_id, world.anu).status_code == 201


def test_a_second_press_says_it_once(app, world, say):
    once = {"idempotency_key": "k1"}

    first = say("appointment", world.timed.id, world.meena, **once)
    again = say("appointment", world.timed.id, world.meena, **once)
    other = say("appointment", world.timed.id, world.meena, "Else", **once)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    problem(other, 422, "idempotency_key_reused")
    address = f"/api/objects/appointment/{world.timed.id}/comments"
    assert len(caller(app, world.meena).get(address).json["comments"]) == 1


@pytest.mark.parametrize(
    ("kind", "number"),
    [("nothing", "1"), ("appointment", "1"), ("slot", "a.b.c"), ("slot", "x" * 200)],
)
def test_what_is_not_there_cannot_be_spoken_of(world, say, kind, number):
    problem(say(kind, number, world.meena), 404, "not_found")


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001, "a\x07b"])
def test_nothing_too_much_and_signs_nobody_types_are_refused(world, say, text):
    problem(say("resource", world.rao.public_id, world.meena, text), 422, "invalid")


def test_the_trail_is_found_by_actor_object_and_time(app, world, say):
    say("appointment", world.timed.id, world.meena)
    admin = caller(app, world.admin)
    asked = {"from": "2026-01-01T00:00Z", "to": "2026-12-01T00:00Z"}

    hers = {"who": world.meena.username, "kind": "appointment"}
    by_name = admin.get("/api/audit", **asked, **hers)
    of_it = admin.get(f"/api/objects/appointment/{world.timed.id}/trail")
    elsewhere = admin.get("/api/audit", **asked, facility_id=world.leeds.public_id)

    actions = [each["action"] for each in by_name.json["lines"]]
    assert actions == ["comment.added"]
    assert [each["action"] for each in of_it.json["lines"]] == [
        "comment.added",
        "appointment.booked",
    ]
    told = {each["object_id"] for each in elsewhere.json["lines"]}
    assert str(world.timed.id) not in told
    problem(caller(app, world.meena).get("/api/audit", **asked), 403, "forbidden")
