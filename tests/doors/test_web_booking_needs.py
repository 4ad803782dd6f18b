"""What a type needs stands on the booking form: chosen, with why, and to be changed."""

import re

import pytest

from app.booking import queries
from app.booking import service as booking
from app.core.actor import SYSTEM
from app.core.spans import day_span
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.doors import strict
from tests.doors.world import MONDAY, NOW, local, stamp

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def chairs(world):
    make.hours(world.kochi)
    return [
        make.resource(world.kochi, ResourceKind.CHAIR, name=f"Chair {n}")
        for n in (1, 2, 3)
    ]


@pytest.fixture
def scaling(session):
    return make.kind(requires_chair=True)


def typed(world, kind, clock="15:00", **more):
    return {
        "with": world.rao.code,
        "day": MONDAY.isoformat(),
        "time": clock,
        "type": str(kind.public_id),
        "patient": str(world.asha.public_id),
        "note": "By wheelchair",
        "once": "one-form",
        "act": "look",
    } | more


def look(meena, world, kind, **more):
    return meena.post("/booking/kochi", **typed(world, kind, **more))


def as_sent(form):
    """Give what a form would send of its needs, if nobody touched them."""
    found = re.findall(r'name="(usual_\d+|sealed)" value="([^"]*)"', form.text)
    selects = r'name="use_(\d+)"(.*?)</select>'
    for at, inner in re.findall(selects, form.text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]+)" selected', inner)
        found.append((f"use_{at}", chosen[1]))
    return dict(found)


def book(meena, world, kind, **more):
    return look(meena, world, kind, **more, act="book")


def taken(world, chair, clock=15):
    """Let somebody else have a chair, and say which one they are."""
    order = make.timed_order(
        world.kochi, chair, world.visit, make.patient("Diya"), local(clock)
    )
    return booking.book_timed(order, by=SYSTEM, now=NOW)


def used(world):
    window = day_span(MONDAY, world.kochi.zone)
    found = queries.appointments(world.kochi, window, by=SYSTEM)
    made = next(each for each in found if each.note == "By wheelchair")
    return {claim.resource.name: claim.how for claim in made.resources}


def words(answer):
    return strict.words(strict.page(answer))


def test_the_form_shows_what_is_chosen_why_and_why_nothing_else(
    meena, world, chairs, scaling
):
    taken(world, chairs[0])

    form = look(meena, world, scaling)

    told = words(form)
    assert "Chosen automatically: first by name" in told
    assert "(Chair 1 is taken, Chair 3 is free too)" in told
    assert as_sent(form)["use_1"] == str(chairs[1].public_id)
    assert str(chairs[0].public_id) not in form.text


def test_a_free_cell_opens_the_form_with_what_its_first_type_needs(
    meena, world, chairs
):
    needing = make.kind(requires_chair=True)
    at = stamp(local(15))

    form = meena.get(f"/booking/kochi?with=rao&at={at}&type={needing.public_id}")

    assert as_sent(form)["use_1"] == str(chairs[0].public_id)


def test_htmx_gets_the_needs_alone_for_the_patient_it_asks_about(
    meena, world, chairs, scaling
):
    seen = booking.book_timed(
        make.timed_order(world.kochi, world.rao, scaling, world.asha, local(12)),
        by=SYSTEM,
        now=NOW,
    )
    part = meena.post(
        "/booking/kochi", htmx=True, **typed(world, scaling) | {"act": "needed"}
    )

    assert seen.resources[1].resource == chairs[0]
    strict.piece(part)
    assert part.text.lstrip().startswith("<fieldset")
    assert "used last time" in part.text
    assert part.status_code == 200


def test_what_needs_nothing_shows_nothing(meena, world, chairs):
    form = look(meena, world, world.visit)

    assert 'id="needed"' not in form.text
    assert "use_1" not in form.text


def test_until_it_is_clear_when_nothing_is_chosen(meena, world, chairs, scaling):
    form = look(meena, world, scaling, clock="")

    assert "as soon as it is clear with whom and when" in words(form)
    assert "use_1" not in form.text


def test_what_the_form_shows_is_booked(meena, world, chairs, scaling):
    shown = as_sent(look(meena, world, scaling))

    answer = book(meena, world, scaling, **shown)

    assert answer.status_code == 303
    assert used(world)["Chair 1"] == "auto"


def test_what_is_picked_by_hand_is_shown_kept_and_booked(meena, world, chairs, scaling):
    shown = as_sent(look(meena, world, scaling))
    picked = shown | {"use_1": str(chairs[2].public_id)}

    again = look(meena, world, scaling, **picked)
    book(meena, world, scaling, **as_sent(again))

    assert "Picked by hand instead of Chair 1" in words(again)
    assert used(world)["Chair 3"] == "manual"


def test_a_token_gets_what_was_picked_too(meena, world, chairs, scaling):
    shown = as_sent(look(meena, world, scaling, clock="10:30"))
    picked = shown | {"use_1": str(chairs[1].public_id)}

    answer = book(meena, world, scaling, clock="10:30", **picked)

    told = words(meena.get(answer.headers["Location"]))
    assert "Booked, token A-02" in told
    assert "Chair 2" in told


@pytest.mark.parametrize("picked", [0, 2])
def test_what_is_taken_meanwhile_is_refused_in_place_with_what_is_free(
    meena, world, chairs, scaling, picked
):
    """Chosen by Baari or by hand: what the form says is had, or it says why not."""
    shown = as_sent(look(meena, world, scaling))
    shown["use_1"] = str(chairs[picked].public_id)
    taken(world, chairs[picked])

    refused = book(meena, world, scaling, **shown)

    told = words(refused)
    assert refused.status_code == 409
    assert f"Diya has {chairs[picked].name} 15:00" in told
    assert "Nearest free with Dr Vivek Rao 15:00 today" in told
    assert f"{chairs[picked].name} is taken" in told
    assert 'value="By wheelchair"' in refused.text
    instead = as_sent(refused)
    assert instead["use_1"] != shown["use_1"]

    was = f"{MONDAY.isoformat()} 15:00"
    pick = {"pick": stamp(local(15)), "was": was}
    assert book(meena, world, scaling, **instead, **pick).status_code == 303


def test_where_none_is_free_the_form_says_so_and_the_refusal_when_one_is(
    meena, world, chairs, scaling
):
    for each in chairs:
        taken(world, each)

    form = look(meena, world, scaling)
    refused = book(meena, world, scaling)

    assert "No chair is free: Chair 1 is taken" in words(form)
    assert refused.status_code == 409
    assert "Nearest free with Dr Vivek Rao 15:30 today" in words(refused)
    # Beside the form again is what would be had at the time that it offers.
    assert as_sent(refused)["use_1"] == str(chairs[0].public_id)


def test_what_was_chosen_for_another_time_is_chosen_anew(meena, world, chairs, scaling):
    shown = as_sent(look(meena, world, scaling))
    taken(world, chairs[0], 16)

    book(meena, world, scaling, clock="16:00", **shown)

    assert used(world)["Chair 2"] == "auto"


def test_what_was_picked_for_another_time_stays_picked(meena, world, chairs, scaling):
    shown = as_sent(look(meena, world, scaling))
    shown["use_1"] = str(chairs[2].public_id)

    book(meena, world, scaling, clock="16:00", **shown)

    assert used(world)["Chair 3"] == "manual"


def test_each_of_a_series_is_given_what_is_free_then(meena, world, chairs, scaling):
    shown = as_sent(look(meena, world, scaling))
    taken(world, chairs[0])

    answer = book(meena, world, scaling, **shown, weeks="1", times="2")

    assert answer.status_code == 303
    assert used(world)["Chair 2"] == "auto"


@pytest.mark.parametrize("use", ["nothing", "\N{SNOWMAN}", "a" * 900])
def test_what_is_no_resource_is_refused_and_loses_nothing(
    meena, world, chairs, scaling, use
):
    refused = book(meena, world, scaling, use_1=use, usual_1="")

    assert refused.status_code in {404, 422}
    assert 'value="By wheelchair"' in refused.text
