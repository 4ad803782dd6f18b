"""Lending through the API, and acting on behalf of somebody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors import people
from tests.doors.callers import caller, problem
from tests.doors.world import NOW, build, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def world(session):
    return build()


@pytest.fixture
def doctor(world):
    """Dr Rao, whose role is over himself alone."""
    user = make.user(None)
    reach = Reach(world.kochi.id, resource_id=world.rao.id)
    accounts.give_role(user.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
    return user


@pytest.fixture
def latha(world):
    return make.user(None)


def lend(by, world, to, hours=8, *permissions):
    named = permissions or ("booking:view_calendar", "booking:request", "booking:book")
    body = {
        "to": to.username,
        "permissions": list(named),
        "facility_id": str(world.kochi.public_id),
        "resource_ids": [str(world.rao.public_id)],
        "starts_at": NOW.isoformat(),
        "ends_at": (NOW + timedelta(hours=hours)).isoformat(),
    }
    return by.post("/api/delegations", body)


def on_behalf(by, made):
    lent = {"On-Behalf-Of": made.json["id"]}
    return replace(by, headers={**by.headers, **lent})


def book(by, world, hour=15):
    body = {
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(hour).isoformat(),
        "resources": [{"resource_id": str(world.rao.public_id)}],
    }
    return by.post(f"/api/facilities/{world.kochi.public_id}/appointments", body)


def test_what_is_done_under_it_reads_on_behalf_of_everywhere(app, world, doctor, latha):
    made = lend(caller(app, doctor), world, latha)
    acting = on_behalf(caller(app, latha), made)

    booked = book(acting, world).json

    both = f"{latha.name} on behalf of {doctor.name}"
    assert booked["booked_by"] == both
    address = f"/api/appointments/{booked['id']}"
    desk = caller(app, world.meena)
    assert desk.get(address).json["booked_by"] == both
    lines = desk.get(f"{address}/trail").json["lines"]
    assert [(each["who"], each["action"]) for each in lines] == [
        (both, "appointment.booked")
    ]
    [used] = desk.get(f"/api/booking/appointments/{booked['id']}/resources").json[
        "resources"
    ]
    assert used["assigned_by"] == both
    page = people.signed_in(app, world.meena).get(f"/appointments/{booked['id']}")
    assert both in page.text


def test_without_the_header_nothing_was_lent(app, world, doctor, latha):
    lend(caller(app, doctor), world, latha)

    problem(book(caller(app, latha), world), 404, "not_found")


def test_it_is_listed_to_both(app, world, doctor, latha):
    made = lend(caller(app, doctor), world, latha).json

    [lent] = caller(app, doctor).get("/api/delegations").json["lent_by_me"]
    [borrowed] = caller(app, latha).get("/api/delegations").json["lent_to_me"]

    assert lent == borrowed
    assert (lent["id"], lent["resource_ids"]) == (
        made["id"],
        [str(world.rao.public_id)],
    )


def test_it_ends_by_itself(app, world, doctor, latha, time_machine):
    made = lend(caller(app, doctor), world, latha, 1)
    acting = on_behalf(caller(app, latha), made)

    time_machine.move_to(NOW + timedelta(hours=1), tick=False)

    problem(book(acting, world), 404, "not_found")


def test_it_is_revoked_by_its_lender_and_nobody_else(app, world, doctor, latha):
    made = lend(caller(app, doctor), world, latha)
    acting = on_behalf(caller(app, latha), made)
    address = f"/api/delegations/{made.json['id']}/revoke"

    problem(caller(app, world.meena).post(address), 404, "not_found")
    assert caller(app, doctor).post(address).status_code == 204

    problem(book(acting, world), 404, "not_found")


def test_it_carries_no_more_than_the_lender_holds_still(app, world, doctor, latha):
    made = lend(caller(app, doctor), world, latha)
    reach = Reach(world.kochi.id, resource_id=world.rao.id)
    accounts.take_role(doctor.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)

    problem(book(on_behalf(caller(app, latha), made), world), 404, "not_found")


def test_it_does_not_follow_the_lender_to_another_facility(app, world, latha):
    lender = make.user(Role.RECEPTION, world.kochi)
    made = lend(caller(app, lender), world, latha)
    acting = on_behalf(caller(app, latha), made)
    assert book(acting, world).status_code == 201
    by = {"by": SYSTEM, "now": NOW}
    accounts.take_role(lender.username, Role.RECEPTION, Reach(world.kochi.id), **by)
    accounts.give_role(lender.username, Role.RECEPTION, Reach(world.leeds.id), **by)

    problem(book(acting, world, 16), 404, "not_found")


def test_nobody_lends_what_they_do_not_hold(app, world, doctor, latha):
    refused = lend(caller(app, doctor), world, latha, 8, "booking:override")

    problem(refused, 422, "invalid")


def test_who_acts_on_behalf_of_nobody_is_told_so(app, world, latha):
    came = caller(app, latha)
    lost = replace(came, headers={**came.headers, "On-Behalf-Of": "Dr Rao"})

    problem(lost.get("/api/facilities"), 404, "not_found")
