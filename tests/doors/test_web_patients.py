"""What pages show of a patient, of what cannot be moved, and of the demo."""

from datetime import timedelta

import pytest

from app.accounts import service as accounts
from app.accounts.service import NewUser
from app.accounts.views import Reach
from app.booking import queries
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.spans import Span
from tests import factories as make
from tests.doors import people, strict
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def test_the_latest_visits_are_listed_when_there_are_too_many(world):
    window = Span(local(0), local(23))

    listed = queries.appointments(
        world.kochi,
        window,
        by=SYSTEM,
        patient_id=world.asha.public_id,
        limit=1,
        latest=True,
    )

    assert [each.id for each in listed] == [world.timed.id]


def test_a_patients_page_tells_the_last_visit_first(app, world, time_machine):
    desk = people.signed_in(app, world.meena)
    time_machine.move_to(NOW + timedelta(hours=11), tick=False)

    page = desk.get(f"/patients/kochi/{world.asha.public_id}").text

    assert page.index(str(world.timed.id)) < page.index(str(world.token.id))


def test_what_is_cancelled_opens_no_form_to_move_it(app, world):
    desk = people.signed_in(app, world.meena)
    booking.cancel(world.timed.id, "ill", by=SYSTEM, now=NOW)

    answer = desk.get(f"/appointments/{world.timed.id}/move")

    assert answer.status_code == 409
    assert "cancelled already" in answer.text


def test_an_own_hospital_is_not_told_of_the_demos_people(app, session):
    assert "demo-only" not in people.stranger(app).get("/sign-in").text

    order = NewUser("reception", "Meena", "demo-only", demo=True)
    accounts.add_user(order, by=SYSTEM, now=NOW)

    assert "demo-only" in people.stranger(app).get("/sign-in").text


def test_a_leeds_desk_registers_a_phone_as_leeds_dials(app, world):
    desk = people.signed_in(app, world.ravi)

    answer = desk.post(
        "/patients/leeds/new", new_name="Ann", new_phone="020 7946 0958", new_sex=""
    )

    assert answer.status_code == 303
    page = desk.get(answer.headers["Location"]).text
    assert "+44 20 7946 0958" in page


def test_who_is_registered_already_is_led_to(app, world):
    desk = people.signed_in(app, world.meena)
    typed = {"new_name": "Diya", "new_phone": world.asha.phone, "new_sex": ""}

    warned = desk.post("/patients/kochi/new", **typed)

    assert warned.status_code == 409
    assert f'href="/patients/kochi/{world.asha.public_id}"' in warned.text


def test_the_desk_corrects_a_name_and_loses_nothing_of_what_is_wrong(app, world):
    desk = people.signed_in(app, world.meena)
    page = f"/patients/kochi/{world.asha.public_id}"
    assert f'href="{page}/correct"' in desk.get(page).text
    form = strict.page(desk.get(f"{page}/correct"))
    typed = {e.get("name"): e.get("value") for e in form.iter("input")}
    assert typed["new_name"] == world.asha.name

    wrong = desk.post(
        f"{page}/correct", new_name="Asha Menon", new_phone="12", new_sex="female"
    )
    assert wrong.status_code == 422
    assert 'value="Asha Menon"' in wrong.text

    answer = desk.post(
        f"{page}/correct",
        new_name="Asha Menon",
        new_phone="9847054321",
        new_born="1991",
        new_sex="female",
    )
    assert answer.status_code == 303
    told = strict.words(strict.page(desk.get(answer.headers["Location"])))
    for each in ("Corrected", "Asha Menon", "98470 54321", "1991"):
        assert each in told


def test_who_has_one_department_sees_its_calendar(app, world):
    latha = make.user(None)
    where = Reach(world.kochi.id, department_id=world.medicine.id)
    accounts.give_role(latha.username, "reception", where, by=SYSTEM, now=NOW)

    page = people.signed_in(app, latha).get("/calendar/kochi").text

    assert "Dr Vivek Rao" in page
    assert "Theatre 1" not in page


def test_who_is_kept_stays_chosen_when_the_merge_is_refused(app, world):
    desk = people.signed_in(app, world.admin)
    other = make.patient("Asha N", "9847012345")
    beside = booking.add_participant(
        world.timed.id, other.public_id, by=SYSTEM, now=NOW
    )
    address = f"/patients/kochi/{world.asha.public_id}/merge/{other.public_id}"

    answer = desk.post(address, kept=str(other.public_id))

    assert (answer.status_code, len(beside.patients)) == (409, 2)
    told = answer.text.split("Which record is kept?")[1]
    assert told.index("checked") > told.index(str(other.public_id))


def test_who_was_merged_meanwhile_is_not_offered_beside_themselves(app, world):
    desk = people.signed_in(app, world.admin)
    other = make.patient("Asha N", "9847012345")
    address = f"/patients/kochi/{other.public_id}/merge/{world.asha.public_id}"
    kept = str(world.asha.public_id)
    assert desk.post(address, kept=kept).status_code == 303

    again, back = desk.post(address, kept=kept), desk.get(address)

    assert (again.status_code, back.status_code) == (409, 200)
    for answer in (again, back):
        assert "they are one patient already" in answer.text
        assert "Which record is kept?" not in answer.text
