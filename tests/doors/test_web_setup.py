"""Set-up at the staff's door: a site is opened, and each form keeps what was typed."""

import re

import pytest

from app.accounts import queries as accounts
from app.accounts.permissions import Role
from app.booking import queries as booking
from app.booking import rules
from app.core.actor import SYSTEM
from app.directory import queries as directory
from tests import factories as make
from tests.doors import people, strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

HERE = "/setup/at/kochi"


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, make.user(Role.ADMIN))


def told(answer) -> str:
    return strict.words(strict.page(answer))


def test_a_site_is_opened_and_each_step_says_the_next(admin):
    made = admin.post("/setup/new", name="Aluva", slug="aluva", zone="Asia/Kolkata")
    place = made.headers["Location"].split("?")[0]
    assert "Next: Department" in told(admin.get(place))

    admin.post(f"{place}/departments/new", name="Vaccination")
    assert "Next: Doctor, room or site" in told(admin.get(place))

    aluva = directory.facility("aluva", by=SYSTEM)
    (room,) = directory.departments(aluva, by=SYSTEM)
    admin.post(
        f"{place}/things/new",
        kind="location",
        form="site",
        name="Camp",
        code="camp",
        department=room.public_id,
        capacity="2",
        capabilities="fridge, cold chain",
        token_prefix="v",
    )

    (camp,) = directory.resources(aluva, by=SYSTEM)
    assert (camp.department, camp.capacity, camp.token_prefix) == (
        "Vaccination",
        2,
        "V",
    )
    assert camp.capabilities == {"fridge", "cold chain"}
    shown = told(admin.get(place))
    assert "Next: Hours" in shown
    assert "no hours yet" in shown
    assert "no hours yet" in told(admin.get("/setup"))


def test_a_rule_says_its_sentence_and_is_dropped(admin, world):
    admin.post(f"{HERE}/rules/new/dose_gap", days="28", type=world.visit.public_id)
    shown = admin.get(f"{HERE}/rules")
    assert "Between two doses lie at least 28 days." in told(shown)
    (rule,) = [
        each
        for each in booking.rules(world.kochi, by=SYSTEM)
        if each.kind == "dose_gap"
    ]
    assert (rule.settings, rule.type_id) == ({"days": 28}, world.visit.public_id)
    assert str(rule.id) in shown.text

    admin.post(f"{HERE}/rules/{rule.id}/drop")

    kinds = [each.kind for each in booking.rules(world.kochi, by=SYSTEM)]
    assert "dose_gap" not in kinds


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("age_range", {"least": "5", "most": "12"}, "people of 5 to 12 years"),
        ("allowed_days", {"weekdays": ["0", "3"]}, "only on Mondays, Thursdays"),
        ("cancel_notice", {"minutes": "60"}, "latest 60 minutes before"),
        ("buyer_quota", {"places": "3"}, "at most 3 places of a session"),
        ("daily_limit", {"limit": "9", "per_type": "1"}, "9 patients of each type"),
        ("dose_gap", {"days": "30"}, "at least 30 days"),
        ("follow_up_window", {"days": "7"}, "within 7 days of a visit to any doctor"),
        ("horizon", {"dates": "2026-03-09"}, "Booked only for"),
        ("later_days", {"days": "3"}, "up to 3 days later"),
        ("lead_time", {"minutes": "120"}, "closes 2 hours before"),
        ("one_active", {}, "One booking a day"),
        ("overbooking", {"extra": "2"}, "2 or 0 % more"),
        ("patient_overlap", {}, "one place at a time"),
        ("quiet_period", {"minutes": "45"}, "at least 45 minutes"),
        ("required_role", {"roles": ["nurse"]}, "Booked only by: nurse"),
        ("walk_in_share", {"percent": "25"}, "25 % of each slot's tokens are kept"),
    ],
)
def test_each_kind_of_rule_is_set_by_its_own_form(admin, world, kind, typed, says):
    form = admin.get(f"{HERE}/rules/new/{kind}")
    strict.page(form)
    for name in typed:
        assert f'name="{name}"' in form.text

    made = admin.post(f"{HERE}/rules/new/{kind}", **typed)

    assert made.status_code == 303, told(made)
    assert says in told(admin.get(f"{HERE}/rules"))


def test_no_kind_of_rule_is_left_out():
    marks = test_each_kind_of_rule_is_set_by_its_own_form.pytestmark
    assert {row[0] for row in marks[0].args[1]} == set(rules.OWN)


def test_a_user_is_added_given_a_role_and_loses_it(admin, world):
    admin.post(
        f"{HERE}/people/new", name="Lina Jose", username="lina", password="long enough"
    )
    assert "no role yet" in told(admin.get(f"{HERE}/people"))

    one = f"{HERE}/people/of/lina"
    admin.post(f"{one}/give", role="nurse", where="facility")
    admin.post(f"{one}/give", role="location_owner", where=_only(world.theatre))
    shown = told(admin.get(one))
    assert "Nurse" in shown
    assert f"Only {world.theatre.name}" in shown

    admin.post(f"{one}/take", role="nurse", where="facility")

    kept = [each.role for each in accounts.roles_of("lina", by=SYSTEM)]
    assert kept == ["location_owner"]


def test_a_type_is_added_and_changed(admin, world):
    typed = {"name": "BCG", "code": "bcg", "category": "vaccination", "minutes": "10"}
    admin.post(f"{HERE}/types/new", **typed, requires_room="1")
    kind = next(e for e in directory.types(by=SYSTEM) if e.code == "bcg")
    form = admin.get(f"{HERE}/types/{kind.public_id}")
    assert re.search(r'name="requires_room"\s+value="1"\s+checked', form.text)

    typed |= {"minutes": "20", "reminder_hours": "48"}
    admin.post(f"{HERE}/types/{kind.public_id}", **typed, active="1")

    changed = next(e for e in directory.types(by=SYSTEM) if e.code == "bcg")
    assert (changed.minutes, changed.requires_room) == (20, False)
    assert (kind.reminder_hours, changed.reminder_hours) == (24, 48)


def test_what_is_booked_is_changed_and_put_out_of_use(admin, world):
    one = f"{HERE}/things/{world.theatre.code}"
    strict.page(admin.get(one))
    admin.post(f"{one}/door", restricted="1")
    admin.post(
        one,
        name=world.theatre.name,
        capacity="3",
        buffer_before="0",
        buffer_after="0",
    )

    found = directory.resource(world.kochi, world.theatre.public_id, by=SYSTEM)
    assert (found.capacity, found.active, found.restricted) == (3, False, True)
    assert "out of use" in told(admin.get(f"{HERE}/things"))


@pytest.mark.parametrize(
    ("page", "typed", "field", "says"),
    [
        ("/setup/new", {"slug": "Not this"}, "slug", "small letters"),
        ("/setup/new", {"zone": "Mars/Base"}, "zone", "time zone"),
        (f"{HERE}/departments/new", {"name": ""}, "name", "character"),
        (f"{HERE}/things/new", {"kind": "spoon"}, "kind", "Choose one"),
        (f"{HERE}/things/new", {"capacity": "many"}, "capacity", "whole number"),
        (f"{HERE}/things/new", {"capacity": "0"}, "capacity", "1 to 200"),
        (f"{HERE}/things/new", {"user": "nobody"}, "user", "Choose one"),
        (f"{HERE}/things/new", {"department": "x"}, "department", "Choose one"),
        (f"{HERE}/types/new", {"minutes": ""}, "minutes", "needed"),
        (f"{HERE}/types/new", {"price": "NaN"}, "price", "number"),
        (f"{HERE}/rules/new/dose_gap", {"days": "0"}, "days", "1 to"),
        (f"{HERE}/rules/new/dose_gap", {"days": "9", "type": "x"}, "type", "Choose"),
        (f"{HERE}/people/new", {"password": "short"}, "password", "8"),
        (f"{HERE}/people/roles/new", {"permissions": []}, "permissions", "needed"),
        (f"{HERE}/people/roles/new", {"permissions": "x"}, "permissions", "Choose"),
    ],
)
@pytest.mark.usefixtures("world")
def test_what_cannot_be_right_is_told_at_its_field(admin, page, typed, field, says):
    right = {
        "name": "Kept as typed",
        "slug": "aluva",
        "code": "kept",
        "zone": "Asia/Kolkata",
        "kind": "room",
        "capacity": "1",
        "category": "new",
        "minutes": "10",
        "username": "lina",
        "password": "long enough",
        "permissions": "booking:view_calendar",
    }

    answer = admin.post(page, **right | typed)

    assert answer.status_code == 422
    assert says in told(answer)
    assert f'id="f-{field}-why"' in answer.text
    assert 'id="refusal"' in answer.text
    assert "long enough" not in answer.text
    if field != "name" and "/rules/" not in page:
        assert 'value="Kept as typed"' in answer.text


@pytest.mark.usefixtures("world")
def test_reception_is_not_shown_the_way(meena, admin):
    assert f'href="{HERE}"' not in meena.get("/patients/kochi").text
    assert f'href="{HERE}"' in admin.get("/patients/kochi").text


@pytest.mark.usefixtures("world")
def test_every_list_is_strict_html(admin):
    for tail in (
        "",
        "/departments",
        "/things",
        "/types",
        "/rules",
        "/rules/new",
        "/priorities",
        "/people",
        "/people/roles",
    ):
        strict.page(admin.get(HERE + tail))


def _only(it) -> str:
    return f"resource:{it.public_id}"
