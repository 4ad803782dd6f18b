"""Emergencies and the rebooking list at the staff's door."""

import re
from datetime import timedelta

import pytest

from app.booking import displacement_queries as queries
from app.booking import service
from app.booking.kinds import Rebook
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors import people, strict
from tests.doors.people import hidden
from tests.doors.world import MONDAY, NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


@pytest.fixture
def case(world):
    """Plan a case in the theatre at eleven, that can give way."""
    order = make.timed_order(
        world.kochi, world.theatre, world.visit, world.asha, local(11)
    )
    return service.book_timed(order, by=SYSTEM, now=NOW)


def asked(world, **more):
    return {
        "theatre": "theatre-1",
        "day": MONDAY.isoformat(),
        "time": "11:00",
        "minutes": "60",
        "type": str(world.visit.public_id),
        "priority": "1",
        "patient": str(make.patient("Beena").public_id),
        "reason": "Ruptured appendix",
        "once": "one-form",
        "act": "admit",
    } | more


def entries(world):
    return queries.rebookings(world.kochi, by=SYSTEM)


def test_an_emergency_is_looked_at_and_nothing_is_kept(admin, world, case):
    answer = admin.post("/emergencies/kochi", **asked(world, act="look"))

    told = strict.words(strict.page(answer))
    assert "Asha Nair" in told
    assert "held, on the rebooking list" in told
    assert "Let the emergency in" in told
    assert entries(world) == []


def test_it_is_let_in_and_who_gave_way_is_listed(admin, world, case):
    answer = admin.post("/emergencies/kochi", **asked(world))

    told = strict.words(strict.page(admin.get(answer.headers["Location"])))
    assert "Emergency: Ruptured appendix" in told
    assert "Asha Nair" in told
    listed = strict.words(strict.page(admin.get("/rebookings/kochi")))
    assert "Asha Nair" in listed
    assert "Ruptured appendix" in listed


def test_a_double_click_lets_one_emergency_in(admin, world, case):
    order = asked(world)

    places = {
        admin.post("/emergencies/kochi", **order).headers["Location"] for _ in "ab"
    }

    assert len(places) == 1


def test_a_patient_nobody_knows_is_registered_and_the_form_goes_on(admin, world):
    typed = asked(world, patient="", act="unknown", time="13:30")

    answer = admin.post("/emergencies/kochi", **typed)

    assert "Unknown patient, Mon 2 Mar" in strict.words(strict.page(answer))
    assert re.search(r'name="patient"\s+value="[\w-]+"\s+checked', answer.text)
    assert 'value="13:30"' in answer.text
    assert 'value="Ruptured appendix"' in answer.text


@pytest.mark.parametrize(
    ("field", "value", "status", "words"),
    [
        ("theatre", "", 422, "This is needed"),
        ("theatre", "rao", 422, "Choose one"),
        ("lead", "theatre-1", 422, "Choose one"),
        ("time", "25:00", 422, "Give a time"),
        ("minutes", "long", 422, "Give a whole number"),
        ("type", "nothing", 422, "Choose one"),
        ("priority", "9", 422, "Choose one"),
        ("patient", "", 422, "This is needed"),
        ("reason", " ", 422, "characters"),
    ],
)
def test_an_emergency_that_cannot_be_is_refused_at_its_field(
    admin, world, field, value, status, words
):
    answer = admin.post("/emergencies/kochi", **asked(world) | {field: value})

    assert answer.status_code == status
    assert words in strict.words(strict.page(answer))
    assert f'id="f-{field}-why"' in answer.text or field == "lead"
    assert field == "reason" or 'value="Ruptured appendix"' in answer.text


def test_what_is_as_urgent_is_named(admin, world):
    admin.post("/emergencies/kochi", **asked(world))

    answer = admin.post("/emergencies/kochi", **asked(world, once="another"))

    told = strict.words(strict.page(answer))
    assert answer.status_code == 409
    assert "Beena has Theatre 1 11:00" in told


def test_reception_is_shown_no_way_to_an_emergency(meena):
    shown = meena.get("/rebookings/kochi")

    assert "/emergencies/kochi" not in shown.text
    assert meena.get("/emergencies/kochi").status_code == 403


@pytest.fixture
def entry(admin, world, case):
    admin.post("/emergencies/kochi", **asked(world))
    (one,) = entries(world)
    return one


def test_reception_books_what_is_held(meena, world, entry):
    assert "Book it" in meena.get("/rebookings/kochi").text

    answer = meena.post(f"/rebookings/kochi/{entry.id}/book")

    assert "Booked." in strict.words(strict.page(meena.get(answer.headers["Location"])))
    (now,) = entries(world)
    assert (now.status, now.booked.span.start) == (
        Rebook.BOOKED,
        entry.proposal.span.start,
    )


def test_another_place_is_typed_and_nothing_is_lost_when_it_is_refused(
    meena, world, entry
):
    day = (MONDAY + timedelta(days=1)).isoformat()
    address = f"/rebookings/kochi/{entry.id}"
    strict.page(meena.get(address))
    other = {"other": "1", "with": "theatre-1", "day": day}

    refused = meena.post(f"{address}/book", **other, time="22:00")
    booked = meena.post(f"{address}/book", **other, time="16:00")

    told = strict.words(strict.page(refused))
    assert refused.status_code == 422
    assert "has no hours then" in told
    assert 'value="22:00"' in refused.text
    assert booked.status_code == 303
    assert entries(world)[0].booked.span.start == local(
        16, day=MONDAY + timedelta(days=1)
    )


def test_somebody_is_struck_off_with_a_reason_and_never_without(meena, world, entry):
    address = f"/rebookings/kochi/{entry.id}/drop"

    without = meena.post(address, reason=" ")
    gone = meena.post(address, reason="Went elsewhere")

    assert without.status_code == 422
    assert 'id="f-reason-why"' in without.text
    assert gone.status_code == 303
    told = strict.words(strict.page(meena.get("/rebookings/kochi")))
    assert "struck off: Went elsewhere" in told


def test_the_next_place_is_held_again(meena, world, entry):
    answer = meena.post(f"/rebookings/kochi/{entry.id}/propose")

    assert answer.status_code == 303
    assert entries(world)[0].proposal is not None


def test_pages_of_what_is_urgent_are_strict_html_in_pieces(admin, world, entry):
    addresses = (
        "/emergencies/kochi",
        "/rebookings/kochi",
        f"/rebookings/kochi/{entry.id}",
    )
    for address in addresses:
        strict.page(admin.get(address))
        strict.piece(admin.get(address, htmx=True))
    begun = hidden(admin.get("/emergencies/kochi"))
    order = {**begun, **asked(world, time="15:00", act="look")}
    strict.piece(admin.post("/emergencies/kochi", htmx=True, **order))
