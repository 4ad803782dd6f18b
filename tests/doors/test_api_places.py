"""A theatre with an owner and managers, which only authorised people book."""

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.core.actor import SYSTEM
from app.directory import service as directory
from tests import factories as make
from tests.doors.callers import caller, problem, timed_body
from tests.doors.world import MONDAY, NOW, build, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def world(session):
    return build()


@pytest.fixture
def owner(app, world):
    """Own the theatre, and open it to authorised people alone."""
    user = own(make.user(None), Role.LOCATION_OWNER, world.kochi, world.theatre)
    came = caller(app, user)
    told = came.put(place(world), {"restricted": True, "needs_approval": True})
    assert told.status_code == 200, told.text
    return came


@pytest.fixture
def surgeon(world):
    """A doctor who manages himself, and nothing else."""
    return own(make.user(None), Role.DOCTOR, world.kochi, world.rao)


def own(user, role, at, of):
    reach = Reach(at.id, resource_id=of.id)
    accounts.give_role(user.username, role, reach, by=SYSTEM, now=NOW)
    return user


def place(world, end=""):
    at = f"/api/facilities/{world.kochi.public_id}"
    return f"{at}/places/{world.theatre.public_id}{end}"


def appoint(by, world, user, role):
    return by.post(place(world, "/people"), {"username": user.username, "role": role})


def operate(by, world, hour=15):
    body = {
        "patient_id": str(world.asha.public_id),
        "type_id": str(world.visit.public_id),
        "starts_at": local(hour).isoformat(),
        "resources": [
            {"resource_id": str(world.rao.public_id)},
            {"resource_id": str(world.theatre.public_id)},
        ],
    }
    return by.post(f"/api/facilities/{world.kochi.public_id}/appointments", body)


def approve(by, booking):
    return by.post(f"/api/appointments/{booking.json['id']}/approve")


class TestTheatre:
    def test_is_booked_by_nobody_who_is_not_authorised(
        self, app, world, owner, surgeon
    ):
        problem(operate(caller(app, world.meena), world), 403, "forbidden")
        problem(operate(caller(app, surgeon), world), 403, "forbidden")

    def test_is_booked_by_an_authorised_doctor_and_the_manager_approves(
        self, app, world, owner, surgeon
    ):
        latha = make.user(None)
        manager = caller(app, latha)
        assert appoint(owner, world, latha, "location_manager").json["changed"]
        assert appoint(manager, world, surgeon, "location_user").json["changed"]

        asked = operate(caller(app, surgeon), world)

        assert (asked.status_code, asked.json["status"]) == (201, "requested")
        problem(approve(caller(app, surgeon), asked), 403, "forbidden")
        problem(approve(caller(app, world.meena), asked), 403, "forbidden")
        address = f"/api/facilities/{world.kochi.public_id}/requests"
        listed = manager.get(address).json["appointments"]
        assert [each["id"] for each in listed] == [asked.json["id"]]
        assert approve(manager, asked).json["status"] == "scheduled"

    def test_is_booked_at_once_where_no_approval_is_wanted(
        self, app, world, owner, surgeon
    ):
        owner.put(place(world), {"needs_approval": False})
        appoint(owner, world, surgeon, "location_user")

        assert operate(caller(app, surgeon), world).json["status"] == "scheduled"

    def test_is_managed_by_its_manager_whoever_operates(
        self, app, world, owner, surgeon
    ):
        appoint(owner, world, surgeon, "location_user")
        booked = operate(caller(app, surgeon), world).json
        address = f"/api/appointments/{booked['id']}/cancel"

        problem(
            caller(app, world.meena).post(address, {"reason": "x"}), 403, "forbidden"
        )
        assert owner.post(address, {"reason": "Flooded"}).json["status"] == "cancelled"

    def test_is_moved_by_nobody_who_could_not_approve_it(
        self, app, world, owner, surgeon
    ):
        appoint(owner, world, surgeon, "location_user")
        asked = operate(caller(app, surgeon), world)
        approve(owner, asked)
        address = f"/api/appointments/{asked.json['id']}/move"
        later = {"starts_at": local(16).isoformat()}

        problem(caller(app, surgeon).post(address, later), 403, "forbidden")
        assert owner.post(address, later).json["starts_at"] == later["starts_at"]

    def test_may_be_taken_from_who_was_authorised(self, app, world, owner, surgeon):
        appoint(owner, world, surgeon, "location_user")
        gone = {"username": surgeon.username, "role": "location_user"}
        assert owner.post(place(world, "/people/remove"), gone).json["changed"]

        problem(operate(caller(app, surgeon), world), 403, "forbidden")

    def test_is_never_chosen_for_who_may_not_book_it(self, app, world):
        make.hours(world.kochi)
        kind = make.kind(requires_room=True)
        # The first by name would be chosen, were it not for authorised people.
        first = make.resource(world.kochi, make.ResourceKind.ROOM, name="Room 1")
        second = make.resource(world.kochi, make.ResourceKind.ROOM, name="Room 2")
        directory.open_place(
            world.kochi, first.public_id, by=SYSTEM, now=NOW, restricted=True
        )
        order = timed_body(world, local(15), type_id=str(kind.public_id))
        address = f"/api/facilities/{world.kochi.public_id}/appointments"

        told = caller(app, world.meena).post(address, order)

        used = {each["resource"]["code"] for each in told.json["resources"]}
        assert used == {"rao", second.code}

    def test_has_its_people_listed_for_who_keeps_it(self, app, world, owner, surgeon):
        appoint(owner, world, surgeon, "location_user")

        told = owner.get(place(world, "/people")).json

        assert told["authorised"] == [surgeon.username]
        assert len(told["owners"]) == 1
        refused = caller(app, world.meena).get(place(world, "/people"))
        problem(refused, 403, "forbidden")

    def test_has_managers_named_by_its_owner_alone(self, app, world, owner):
        latha, other = make.user(None), make.user(None)
        appoint(owner, world, latha, "location_manager")

        refused = appoint(caller(app, latha), world, other, "location_manager")

        problem(refused, 403, "forbidden")

    def test_shows_its_calendar_to_its_manager_and_nobody_elses(
        self, app, world, owner
    ):
        at = f"/api/facilities/{world.kochi.public_id}"

        codes = [r["code"] for r in owner.get(f"{at}/resources").json["resources"]]
        day = {"from": local(0).isoformat(), "to": local(20).isoformat()}
        listed = owner.get(f"{at}/appointments", **day).json["appointments"]

        assert codes == ["theatre-1"]
        assert listed == []
        found = owner.get("/api/facilities").json["facilities"]
        assert [each["slug"] for each in found] == ["kochi"]
        slots = f"{at}/resources/{world.rao.public_id}/slots"
        problem(owner.get(slots, day=MONDAY.isoformat()), 404, "not_found")


class TestOwnHours:
    def away(self, by, world, of):
        body = {
            "resource_id": str(of.public_id),
            "is_available": False,
            "starts_at": local(15).isoformat(),
            "ends_at": local(16).isoformat(),
        }
        return by.post(f"/api/facilities/{world.kochi.public_id}/exceptions", body)

    def test_are_managed_by_the_doctor(self, app, world, surgeon):
        assert self.away(caller(app, surgeon), world, world.rao).status_code == 201

    def test_are_not_managed_by_another_doctor_of_the_facility(self, app, world):
        other = make.user(Role.DOCTOR, world.kochi)

        problem(self.away(caller(app, other), world, world.rao), 403, "forbidden")

    def test_are_the_doctors_own_who_was_entered_with_an_account(self, app, world):
        user = make.user(None)
        own_self = make.resource(world.kochi, user_id=user.id)

        assert self.away(caller(app, user), world, own_self).status_code == 201
