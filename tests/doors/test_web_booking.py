"""Booking at the desk: the form, what it refuses, and that nothing typed is lost."""

import re

import pytest

from app.booking import queries
from app.core.actor import SYSTEM
from app.core.spans import day_span
from app.web import people
from tests import factories as make
from tests.doors import strict
from tests.doors.world import MONDAY, NOW, local, stamp

pytestmark = pytest.mark.time_machine(NOW, tick=False)


def order(world, clock, **more):
    """Give the fields of a booking form, filled in."""
    return {
        "with": world.rao.code,
        "day": MONDAY.isoformat(),
        "time": clock,
        "type": str(world.visit.public_id),
        "patient": str(world.asha.public_id),
        "once": "one-form",
        "act": "book",
    } | more


def booked(world):
    window = day_span(MONDAY, world.kochi.zone)
    return queries.appointments(world.kochi, window, by=SYSTEM)


def test_the_form_of_a_slot_names_it_and_asks_for_no_time(meena, world):
    form = meena.get(f"/booking/kochi?with=rao&at={stamp(local(10))}")

    words = strict.words(strict.page(form))
    assert "1 of 4 taken" in words
    assert 'type="hidden" name="time" value="10:00"' in form.text


def test_books_a_token_where_a_slot_starts(meena, world):
    answer = meena.post("/booking/kochi", **order(world, "10:30"))

    shown = meena.get(answer.headers["Location"])
    assert answer.status_code == 303
    assert "Booked, token A-02" in strict.words(strict.page(shown))


def test_books_a_time_with_a_theatre(meena, world):
    meena.post("/booking/kochi", **order(world, "15:00", also_place="theatre-1"))

    names = [claim.resource.name for claim in booked(world)[-1].resources]
    assert names == ["Dr Vivek Rao", "Theatre 1"]


def test_a_double_click_books_once(meena, world):
    answers = [meena.post("/booking/kochi", **order(world, "15:00")) for _ in range(2)]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert len(booked(world)) == 3


def test_the_same_form_with_another_time_is_another_booking(meena, world):
    meena.post("/booking/kochi", **order(world, "15:00"))

    meena.post("/booking/kochi", **order(world, "16:00"))

    assert len(booked(world)) == 4


def test_htmx_gets_the_confirmation_and_turns_the_calendar(meena, world):
    answer = meena.post("/booking/kochi", htmx=True, **order(world, "10:30"))

    strict.piece(answer)
    assert "A-02" in answer.text
    assert answer.headers["HX-Trigger"] == "calendar-changed"


def test_a_taken_time_says_who_where_and_until_when_and_offers_others(meena, world):
    answer = meena.post("/booking/kochi", **order(world, "14:15", note="By wheelchair"))

    words = strict.words(strict.page(answer))
    assert answer.status_code == 409
    assert "Asha Nair has Dr Vivek Rao 14:00" in words
    assert "booked by Baari" in words
    assert "Nearest free with Dr Vivek Rao 14:30 today" in words
    assert 'value="By wheelchair"' in answer.text
    assert len(booked(world)) == 2


def test_a_pick_wins_unless_a_time_was_typed_since(meena, world):
    was = f"{MONDAY.isoformat()} 14:15"
    pick = {"pick": stamp(local(14, 30)), "was": was}

    meena.post("/booking/kochi", **order(world, "14:15", **pick))
    meena.post("/booking/kochi", **order(world, "16:00", **pick))

    starts = [each.span.start for each in booked(world)][-2:]
    assert starts == [local(14, 30), local(16)]


@pytest.mark.parametrize(
    "case",
    [
        ("time", "25:00", 422, "Give a time"),
        ("time", "", 422, "Give a time"),
        ("time", "13:15", 422, "has a break then: Lunch"),
        ("time", "20:00", 422, "has no hours then"),
        ("time", "08:00", 422, "gone by"),
        ("day", "yesterday", 422, "Give a date"),
        ("minutes", "many", 422, "Give a whole number"),
        ("patient", "", 422, "This is needed"),
        ("patient", "nobody", 404, "no such patient"),
        ("type", "nothing", 422, "Choose one"),
        ("with", "nobody", 404, "There is no such"),
        ("note", "a\u0000b", 422, "characters that no line"),
        ("also_place", "nowhere", 404, "There is no such"),
    ],
)
def test_refuses_in_words_beside_the_field(meena, world, case):
    field, value, status, words = case

    answer = meena.post("/booking/kochi", **order(world, "15:00", **{field: value}))

    told = strict.words(strict.page(answer))
    assert (answer.status_code, len(booked(world))) == (status, 2)
    assert words in told


def test_looking_somebody_up_loses_nothing(meena, world):
    typed = order(world, "15:00", q="2345", patient="", note="Hurry", act="find")

    form = meena.post("/booking/kochi", **typed)

    assert form.status_code == 200
    assert re.search(r'name="patient"\s+value="[^"]+"\s+checked', form.text)
    assert 'value="15:00"' in form.text
    assert "Hurry" in form.text


def test_registering_warns_of_the_same_phone_and_still_allows_it(meena, world):
    new = {"new_name": "Diya", "new_phone": "98470 12345", "act": "register"}

    warned = meena.post("/booking/kochi", **order(world, "15:00", **new))
    made = meena.post("/booking/kochi", **order(world, "15:00", **new, anyway="1"))

    assert warned.status_code == 409
    assert "Perhaps registered already" in strict.words(strict.page(warned))
    assert made.status_code == 200
    assert "Diya" in made.text


def test_who_is_registered_already_is_chosen_instead(meena, world):
    new = {"new_name": "Asha again", "new_phone": "98470 12345", "patient": ""}
    warned = meena.post(
        "/booking/kochi", **order(world, "15:00", **new, act="register")
    )
    known = next(
        each
        for each in strict.page(warned).iter("input")
        if each.get("value") == str(world.asha.public_id)
    )

    chosen = new | {known.get("name"): known.get("value")}
    made = meena.post("/booking/kochi", **order(world, "15:00", **chosen, anyway="1"))

    assert made.status_code == 303
    assert booked(world)[-1].patient.public_id == world.asha.public_id


def test_moves_and_says_so(meena, world):
    to = {"with": "rao", "day": MONDAY.isoformat(), "time": "15:30"}

    answer = meena.post(f"/appointments/{world.timed.id}/move", **to)

    shown = meena.get(answer.headers["Location"])
    assert "Moved" in strict.words(strict.page(shown))
    assert queries.appointment(world.timed.id, by=SYSTEM).span.start == local(15, 30)


def test_moving_onto_a_break_is_refused_in_place_with_other_times(meena, world):
    to = {"with": "rao", "day": MONDAY.isoformat(), "time": "13:00"}

    answer = meena.post(f"/appointments/{world.timed.id}/move", **to)

    words = strict.words(strict.page(answer))
    assert answer.status_code == 422
    assert "has a break then: Lunch" in words
    assert "Nearest free" in words


def test_a_move_from_an_old_page_is_refused(meena, world):
    to = {"with": "rao", "day": MONDAY.isoformat(), "time": "15:30", "revision": "9"}

    answer = meena.post(f"/appointments/{world.timed.id}/move", **to)

    assert answer.status_code == 409
    assert "Somebody changed this appointment" in answer.text


def test_cancels_with_a_reason_and_never_without(meena, world):
    address = f"/appointments/{world.token.id}/cancel"

    without = meena.post(address, reason="  ")
    answer = meena.post(address, reason="Patient asked")

    assert without.status_code == 422
    assert "Asha Nair loses" in strict.words(strict.page(without))
    shown = meena.get(answer.headers["Location"])
    assert "Cancelled Patient asked" in strict.words(strict.page(shown))


@pytest.mark.parametrize("typed", ["9847012345", "2345", "Asha", "nair ash", "10001"])
def test_one_box_finds_by_phone_its_end_name_or_number(meena, world, typed):
    typed = world.asha.mrn if typed == "10001" else typed

    page = meena.get(f"/patients/kochi?q={typed}")

    assert "Asha Nair" in strict.words(strict.page(page))


def test_every_page_and_piece_is_strict_html(meena, world):
    slot = f"with=rao&at={stamp(local(10))}"
    addresses = [
        "/sign-in",
        f"/booking/kochi?{slot}",
        "/booking/kochi",
        f"/slots/kochi?{slot}",
        "/patients/kochi",
        "/patients/kochi?q=Nobody",
        "/patients/kochi/new",
        f"/patients/kochi/{world.asha.public_id}",
        f"/appointments/{world.token.id}",
        f"/appointments/{world.timed.id}/move",
        f"/appointments/{world.timed.id}/cancel",
        "/calendar/kochi?kind=all",
    ]

    for address in addresses:
        strict.page(meena.get(address))
        if address != "/sign-in":
            strict.piece(meena.get(address, htmx=True))


def test_a_nul_is_refused_wherever_it_is_typed(meena, world):
    nul = "\x00"
    answers = [
        meena.get("/calendar/%00"),
        meena.get("/patients/kochi?q=%00"),
        meena.post(
            "/booking/kochi", **order(world, "15:00", note=nul + "a" + nul + "b")
        ),
        meena.post("/patients/kochi/new", new_name=f"A{nul}sha", new_phone=nul),
        meena.post("/sign-in", username=nul, password=nul),
    ]

    assert [each.status_code for each in answers] == [404, 200, 422, 422, 401]


def test_a_nul_in_the_name_of_a_form_is_left_out(meena, world):
    answer = meena.post("/booking/kochi", **order(world, "15:00", once="one\x00form"))

    assert answer.status_code == 303


def test_a_bad_time_in_a_form_opened_for_another_loses_nothing(meena, world):
    asked = order(world, "25:00", at=stamp(local(15)), note="By wheelchair")

    answer = meena.post("/booking/kochi", **asked)

    told = strict.words(strict.page(answer))
    assert (answer.status_code, "Give a time" in told) == (422, True)
    assert 'value="By wheelchair"' in answer.text


def test_no_minutes_at_all_are_refused_rather_than_guessed(meena, world):
    answer = meena.post("/booking/kochi", **order(world, "15:00", minutes="0"))

    assert answer.status_code == 422
    assert len(booked(world)) == 2


def test_cancelling_without_a_reason_says_that_one_is_needed(meena, world):
    answer = meena.post(f"/appointments/{world.timed.id}/cancel", reason="  ")

    assert answer.status_code == 422
    assert "This is needed." in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("new_name", "a\x00b", "It holds characters"),
        ("new_phone", "98470 1", "Give a phone number"),
        ("new_sex", "martian", "Choose one of"),
    ],
)
@pytest.mark.parametrize(
    ("address", "more"),
    [("/booking/kochi", {"act": "register"}), ("/patients/kochi/new", {})],
)
def test_a_registration_that_cannot_be_is_refused_at_its_field(
    meena, field, typed, told, address, more
):
    person = {"new_name": "Beena", "new_phone": "9847099999", "new_sex": "female"}

    answer = meena.post(address, **more | person | {field: typed})

    assert answer.status_code == 422
    assert told in answer.text
    assert f'id="f-{field}-why"' in answer.text


def test_says_when_not_all_who_fit_are_shown(meena):
    for number in range(people.SHOWN + 1):
        make.patient(name=f"Thomas Kurian {number}")

    some = strict.words(strict.page(meena.get("/booking/kochi?q=Thomas")))
    one = strict.words(strict.page(meena.get("/booking/kochi?q=Kurian 3")))

    assert "There are more: type more of the name" in some
    assert f"Thomas Kurian {people.SHOWN}" not in some
    assert "There are more" not in one
