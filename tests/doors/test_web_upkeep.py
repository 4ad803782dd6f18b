"""What was set up once is changed by pages: places, things, people and roles."""

from datetime import timedelta

import pytest

from app.accounts import queries as accounts
from app.accounts.errors import SignInError
from app.accounts.permissions import Role
from app.accounts.service import sign_in
from app.core.actor import SYSTEM
from app.directory import queries as directory
from app.directory import service
from tests import factories as make
from tests.doors import people
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

HERE = "/setup/at/kochi"


@pytest.fixture
def boss(world):
    return make.user(Role.ADMIN)


@pytest.fixture
def admin(app, boss):
    return people.signed_in(app, boss)


def user(username):
    return next(e for e in accounts.staff(by=SYSTEM) if e.username == username)


def test_a_facility_and_its_department_get_other_names(admin, world):
    where = f"{HERE}/departments/{world.medicine.public_id}"
    admin.post(where, name="Medicine 2", active="1")
    form = {"name": "Kochi General", "address": "MG Road", "slug": "kochi-mg"}
    form |= {"zone": world.kochi.zone.key}
    admin.ask("POST", f"{HERE}/change", form=form)

    kochi = directory.facility("kochi-mg", by=SYSTEM)
    (medicine,) = directory.departments(kochi, by=SYSTEM)
    assert (kochi.name, kochi.address) == ("Kochi General", "MG Road")
    assert medicine.name == "Medicine 2"
    form |= {"name": "Kept as typed", "zone": "Asia/Dubai"}
    refused = admin.ask("POST", "/setup/at/kochi-mg/change", form=form)
    assert refused.status_code == 409
    assert 'value="Kept as typed"' in refused.text
    assert "Hours are local" in refused.text


def test_a_department_in_use_stays_and_an_empty_one_is_not_offered(admin, world):
    kept = admin.post(f"{HERE}/departments/{world.medicine.public_id}", name="Medicine")
    assert (kept.status_code, world.rao.name in kept.text) == (409, True)

    ent = service.add_department(world.kochi, "ENT", by=SYSTEM, now=NOW)
    admin.post(f"{HERE}/departments/{ent.public_id}", name="ENT")

    assert "out of use" in admin.get(f"{HERE}/departments").text
    for page in ("things/new", "rules/new/horizon", "people/of/meena/give", "policy"):
        assert "ENT" not in admin.get(f"{HERE}/{page}").text


def test_a_room_gets_another_name_and_place_and_learns_something(admin, world):
    ent = service.add_department(world.kochi, "ENT", by=SYSTEM, now=NOW)
    form = {"name": "Theatre One", "capabilities": "laser, xray", "capacity": "1"}
    form |= {"active": "1", "department": str(ent.public_id), "place": "Floor 2"}
    form |= {"buffer_before": "5", "buffer_after": "15"}
    admin.post(f"{HERE}/things/{world.theatre.code}", **form)

    found = directory.resource(world.kochi, world.theatre.public_id, by=SYSTEM)
    assert (found.name, set(found.capabilities)) == ("Theatre One", {"laser", "xray"})
    assert (found.department, found.place) == ("ENT", "Floor 2")
    assert (found.buffer_before, found.buffer_after) == (
        timedelta(minutes=5),
        timedelta(minutes=15),
    )


def test_who_left_signs_in_no_more_and_who_forgot_gets_a_password(admin, meena, world):
    where = f"{HERE}/people/of/{world.meena.username}/change"
    short = admin.post(where, name="Meena", active="1", password="short")
    assert short.status_code == 422

    admin.post(where, name="Meena K", active="1", password="another long one")
    assert sign_in(world.meena.username, "another long one", now=NOW, demo=False)
    admin.post(where, name="Meena K")

    assert (user(world.meena.username).name, user(world.meena.username).active) == (
        "Meena K",
        False,
    )
    with pytest.raises(SignInError):
        sign_in(world.meena.username, "another long one", now=NOW, demo=False)
    assert meena.get("/calendar/kochi").status_code == 303


def test_nobody_shuts_themselves_out(admin, boss):
    answer = admin.post(f"{HERE}/people/of/{boss.username}/change", name="Boss")

    assert answer.status_code == 422
    assert user(boss.username).active


def test_ones_own_role_is_changed_and_dropped(admin, world):
    desk = ["booking:view_calendar", "booking:book"]
    admin.post(f"{HERE}/people/roles/new", name="Clerk", code="clerk", permissions=desk)
    where = f"{HERE}/people/roles/of/clerk"
    admin.post(where, name="Clerks", permissions=desk[:1])

    roles = {each.code: each for each in accounts.roles(by=SYSTEM)}
    assert (roles["clerk"].name, list(roles["clerk"].permissions)) == (
        "Clerks",
        desk[:1],
    )
    admin.post(f"{where}/drop")
    assert "clerk" not in {each.code for each in accounts.roles(by=SYSTEM)}
    assert admin.get(f"{HERE}/people/roles/of/admin").status_code == 404
