"""How many statements a request may send, counted at the JSON door from end to end."""

from contextlib import contextmanager
from datetime import time, timedelta

import pytest
from sqlalchemy import event

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.booking import queries
from app.booking import service as booking
from app.booking.setting import NewRule
from app.booking.views import Want
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.spans import Span
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.doors.callers import caller, problem
from tests.doors.world import JUNE, MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)

# What only says where a transaction begins and ends asks nothing of the database.
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")


@contextmanager
def counted():
    """Note the statements that are sent within."""
    sent = []

    def note(*args):
        if not args[2].lstrip().startswith(_FRAME):
            sent.append(args[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def rules(world):
    """Let rules hold, so that reading them is counted too."""
    for kind, settings in (("lead_time", {"minutes": 5}), ("horizon", {"days": 90})):
        booking.add_rule(NewRule(kind, settings), by=SYSTEM, now=NOW)


@pytest.fixture
def hundred(world):
    """Book a hundred tokens on a day, with a room and a group among what is listed."""
    busy = make.resource(world.kochi, token_prefix="B")
    opd = make.opd(time(9), time(17), minutes=60, tokens=20)
    make.hours(world.kochi, busy, opd, valid_from=JUNE)
    people = [make.patient(f"Patient {n}") for n in range(20)]
    for number in range(100):
        start = local(9 + number // 20, day=JUNE)
        person = people[number % 20]
        order = make.token_order(world.kochi, busy, world.visit, person, start)
        booking.book_token(order, by=SYSTEM, now=NOW)


def place(world):
    return f"/api/facilities/{world.kochi.public_id}"


def token(world, patient, starts_at):
    return {
        "resource_id": str(world.rao.public_id),
        "patient_id": str(patient.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": starts_at.isoformat(),
    }


def window(start, end):
    return {"from": start.isoformat(), "to": end.isoformat()}


def test_a_token_in_a_slot_that_has_a_row_takes_six(desk, world, rules):
    body = token(world, make.patient("Ravi Menon"), local(10))

    with counted() as sent:
        answer = desk.post(f"{place(world)}/tokens", body, Idempotency_Key="once")

    assert answer.status_code == 201, answer.text
    assert len(sent) <= 6, sent


def test_the_same_token_again_books_no_second(desk, world, rules):
    body = token(world, make.patient("Ravi Menon"), local(10))
    first = desk.post(f"{place(world)}/tokens", body, Idempotency_Key="once")

    with counted() as sent:
        again = desk.post(f"{place(world)}/tokens", body, Idempotency_Key="once")

    assert again.json == first.json
    assert not [each for each in sent if "INSERT INTO appointments" in each]


class TestLine:
    """However many wait, who is told of one person asks for no more."""

    @pytest.fixture(params=[1, 6], ids=["of one", "of six"])
    def queue(self, request, desk, world, rules):
        order = {
            "resource_id": str(world.rao.public_id),
            "type_id": str(world.visit.public_id),
            "person": {"name": "Unknown"},
        }
        for _ in range(request.param):
            came = desk.post(f"{place(world)}/walk-ins", order)
        return came.json["queue_id"]

    def test_a_check_in_takes_seven(self, desk, world, queue):
        with counted() as sent:
            answer = desk.post(f"/api/appointments/{world.token.id}/check-in", {})

        assert answer.status_code == 200, answer.text
        assert len(sent) <= 7, sent

    def test_the_next_is_called_with_six(self, desk, queue):
        with counted() as sent:
            answer = desk.post(f"/api/queues/{queue}/call-next", {})

        assert answer.json["state"] == "called", answer.text
        assert len(sent) <= 6, sent


def test_slots_of_a_day_take_four(desk, world, rules):
    with counted() as sent:
        answer = desk.get(
            f"{place(world)}/resources/{world.rao.public_id}/slots", day=MONDAY
        )

    assert len(answer.json["slots"]) == 4
    assert len(sent) <= 4, sent


@pytest.mark.parametrize("named", [True, False], ids=["of one", "of all"])
def test_a_month_takes_four(desk, world, rules, named):
    asked = {"resource_id": world.rao.public_id} if named else {}

    with counted() as sent:
        answer = desk.get(f"{place(world)}/month", first_day=MONDAY, days=31, **asked)

    assert {len(each["days"]) for each in answer.json["resources"]} == {31}
    assert len(answer.json["resources"]) == (1 if named else 2)
    assert len(sent) <= 4, sent


def test_a_month_of_a_house_without_resources_is_empty(app, world):
    answer = caller(app, world.admin).get(
        f"/api/facilities/{world.leeds.public_id}/month", first_day=MONDAY
    )

    assert answer.json == {"resources": []}


def test_the_use_of_fifty_resources_over_a_month_takes_six(analyst, world):
    for _ in range(50):
        make.resource(world.kochi, ResourceKind.ROOM)
    month = window(local(0), local(0) + timedelta(days=31))
    asked = {"facility_id": str(world.kochi.public_id), **month}

    with counted() as sent:
        answer = analyst.get("/api/booking/resources/utilization", **asked)

    assert len(answer.json["resources"]) > 50, answer.text
    assert len(sent) <= 6, sent


def test_a_hundred_appointments_take_four(desk, world, hundred):
    asked = window(local(0, day=JUNE), local(23, day=JUNE))

    with counted() as sent:
        answer = desk.get(f"{place(world)}/appointments", **asked, limit=100)

    told = answer.json["appointments"]
    assert len({each["id"] for each in told}) == 100
    assert {each["token"] for each in told} == {f"B-{n:02d}" for n in range(1, 101)}
    assert all(each["patients"] for each in told)
    assert len(sent) <= 4, sent


def test_a_page_tells_each_as_it_is_told_alone(world):
    group = make.timed_order(
        world.kochi,
        world.rao,
        world.visit,
        world.asha,
        local(15),
        also=(Want(world.theatre.public_id),),
        also_patients=(make.patient("Ravi Menon").public_id,),
    )
    booking.book_timed(group, by=SYSTEM, now=NOW)
    around = Span(local(0), local(0) + timedelta(days=1))

    page = queries.appointments(world.kochi, around, by=SYSTEM)

    assert len(page) == 3
    assert page == [queries.appointment(each.id, by=SYSTEM) for each in page]


class TestGrants:
    """What somebody holds is read once a request, and at each request anew."""

    def test_a_role_given_in_a_request_holds_in_the_next(self, app, world):
        ravi = caller(app, world.ravi)
        before = ravi.get(f"{place(world)}/month", first_day=MONDAY)
        reach = Reach(world.kochi.id)
        accounts.give_role(
            world.ravi.username, Role.RECEPTION, reach, by=SYSTEM, now=NOW
        )

        after = ravi.get(f"{place(world)}/month", first_day=MONDAY)

        problem(before, 404, "not_found")
        assert after.status_code == 200
