"""The calendar: what it says, how big it is, what it asks of the database."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.service import NewPost
from app.web import grid_css
from tests import factories as make
from tests.doors import people, strict
from tests.doors.statements import statements
from tests.doors.world import MONDAY, NOW, local

QUARTER = timedelta(minutes=15)

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def test_shows_slots_visits_free_time_and_why_the_rest_is_closed(meena):
    page = strict.page(meena.get("/calendar/kochi"))

    words = strict.words(page)
    assert "10:00 3 left" in words
    assert "Asha Nair Booked" in words
    assert "Open 14:30" in words
    assert "Lunch" in words
    assert "Times in IST (Kochi)" in words


def test_a_day_whose_hours_are_over_has_nothing_left_and_is_not_full(
    app, world, time_machine
):
    time_machine.move_to(local(23), tick=False)
    late = people.signed_in(app, world.meena)

    heads = [
        strict.words(each)
        for each in strict.page(late.get("/calendar/kochi?kind=practitioner")).iter(
            "header"
        )
        if "cal-head" in each.get("class", "")
    ]
    month = strict.page(late.get("/calendar/kochi?view=month"))
    (today,) = (
        strict.words(each)
        for each in month.iter("td")
        if "is-today" in each.get("class", "")
    )

    assert any("Over" in each for each in heads)
    assert not any("left" in each for each in heads)
    assert "over" in today
    assert "full" not in today


def test_names_no_patient_to_who_may_not_see_patients(app, world):
    anu = people.signed_in(app, world.anu)

    page = anu.get("/calendar/kochi")

    assert "Asha Nair" not in page.text
    assert "/booking/" not in page.text


def test_remembers_facility_department_and_kind(meena):
    meena.get("/calendar/kochi?kind=location")

    again = meena.get("/calendar/kochi")

    assert "Theatre 1" in again.text
    assert 'aria-labelledby="c2"' not in again.text
    assert meena.get("/calendar/").headers["Location"] == "/calendar/kochi#now"


def test_answers_htmx_with_the_calendar_alone(meena):
    piece = meena.get("/calendar/kochi", htmx=True)

    strict.piece(piece)
    assert piece.text.lstrip().startswith('<div id="calendar"')
    assert "HX-Request" in piece.vary


def test_shows_a_week_of_one_resource(meena, world):
    page = strict.page(meena.get(f"/calendar/kochi?week={world.rao.code}"))

    assert "Mon 2 Mar" in strict.words(page)
    assert "Sun 8 Mar" in strict.words(page)


@pytest.mark.parametrize("day", ["tomorrow", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_day_that_is_none_is_refused_in_words(meena, day):
    answer = meena.get(f"/calendar/kochi?day={day}")

    strict.page(answer)
    assert answer.status_code == 422
    assert "Give a date" in answer.text


def test_a_day_without_hours_says_so_and_what_to_do(meena):
    page = strict.page(meena.get("/calendar/kochi?day=2020-01-01"))

    assert "Nothing is offered" in strict.words(page)
    assert "Day after" in strict.words(page)


def test_a_name_cannot_carry_markup_into_the_page(meena, world):
    evil = make.patient("<script>alert(1)</script>", "9847000009")

    found = meena.get(f"/patients/kochi/{evil.public_id}")

    strict.page(found)
    assert "<script>alert" not in found.text


def test_twelve_full_doctors_take_as_many_statements_as_one_and_fit_the_budget(
    meena, world
):
    meena.get("/calendar/kochi")
    few = statements(lambda: meena.get("/calendar/kochi"))
    _add_full_doctors(world, 12)

    many = statements(lambda: meena.get("/calendar/kochi"))

    assert many == few
    assert many <= 30
    text = meena.get("/calendar/kochi").text
    assert (text.count('class="slot'), text.count('class="visit')) == (144, 192)
    assert len(text.encode()) <= 120_000


def test_the_title_goes_with_the_day_that_htmx_turns_to(meena):
    piece = meena.get("/calendar/kochi?day=2026-03-03", htmx=True)

    assert "<title>Tue 3 Mar, Kochi · Baari</title>" in piece.text


@pytest.mark.time_machine(local(11), tick=False)
def test_a_week_names_its_resource_and_draws_now_in_one_day(meena):
    page = meena.get("/calendar/kochi?week=rao")

    assert "<title>Dr Vivek Rao, week of Mon 2 Mar, Kochi · Baari</title>" in page.text
    assert page.text.count("now-here") == 1


def test_a_page_that_says_no_asks_the_database_for_nothing(meena):
    asked = statements(lambda: meena.get("/no-such-page"))

    assert asked == 0


def test_the_style_sheet_of_the_grid_is_the_generated_one(app):
    kept = (Path(app.static_folder) / "css/grid.css").read_text(encoding="utf-8")

    assert kept == grid_css.text()


def test_the_dark_values_stand_twice_and_are_equal(app):
    text = (Path(app.static_folder) / "css/baari.css").read_text(encoding="utf-8")

    dark = [part.split("}")[0] for part in text.split("color-scheme: dark;")[1:]]

    assert len(dark) == 2
    assert dark[0].split() == dark[1].split()


def _add_full_doctors(world, count):
    for number in range(count):
        who = make.resource(
            world.kochi,
            name=f"Dr Lakshmi Subramaniam {number}",
            department_id=world.medicine.id,
            room=f"Room {number}",
            token_prefix="CDEFGHIJKLMNO"[number],
        )
        make.hours(
            world.kochi,
            who,
            make.opd(time(9), time(13), minutes=20, tokens=6),
            make.open_time(time(14), time(18)),
            valid_from=MONDAY,
        )
        _fill(world, who, _every(20, 9, 13), _every(15, 14, 18))


def _every(minutes, start, end):
    """Give the moments from one hour to another, so many minutes apart."""
    parts = range(0, (end - start) * 60, minutes)
    return [local(start) + timedelta(minutes=each) for each in parts]


def _fill(world, doctor, slots, visits):
    """Give every slot a token, and the afternoon back to back to one patient."""
    who = make.patient("Padmini Raghavan Warrier")
    for start in slots:
        order = make.token_order(world.kochi, doctor, world.visit, who, start)
        booking.book_token(order, by=SYSTEM, now=NOW)
    for start in visits:
        order = make.timed_order(
            world.kochi, doctor, world.visit, who, start, ends_at=start + QUARTER
        )
        booking.book_timed(order, by=SYSTEM, now=NOW)


def test_names_no_patient_of_another_facility(app, world):
    elsewhere = NewPost(world.leeds.id)
    directory.post_resource(world.rao.public_id, elsewhere, by=SYSTEM, now=NOW)
    ravi, admin = people.signed_in(app, world.ravi), people.signed_in(app, world.admin)

    hidden, told = (came.get("/calendar/leeds?kind=all") for came in (ravi, admin))

    address = f"/appointments/{world.timed.id}"
    assert address in hidden.text
    assert "Taken" in strict.words(strict.page(hidden))
    assert "Asha Nair" not in hidden.text
    assert "Asha Nair" in told.text
