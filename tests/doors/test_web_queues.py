"""The queue at the desk, as a browser without JavaScript works it."""

import re

import pytest

from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from app.queues import queries, service
from app.queues.kinds import EntryIs
from app.queues.views import NewCounter, NewWalkIn
from tests import factories as make
from tests.doors.statements import statements
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def came(world):
    """Let two walk in to Dr Rao."""
    return [walk_in(world, name) for name in ("Ravi Menon", "Diya Nair")]


def walk_in(world, name):
    return service.walk_in(
        NewWalkIn(
            world.kochi.public_id,
            world.rao.public_id,
            world.visit.public_id,
            patient_id=make.patient(name).public_id,
        ),
        by=SYSTEM,
        now=NOW,
    )


def act(meena, entry, what, **form):
    return meena.post(f"/queue/at/{entry.queue_id}/{entry.id}/{what}", **form)


def state(entry):
    return queries.entry(entry.id, by=SYSTEM, now=NOW).state


def test_lists_the_queues_of_today(meena, world, came):
    shown = meena.get(f"/queue/{world.kochi.slug}").text

    assert world.rao.name in shown
    assert f"/queue/at/{came[0].queue_id}" in shown


def test_says_who_is_next_and_why(meena, came):
    shown = meena.get(f"/queue/at/{came[0].queue_id}").text

    assert f"Call next: {came[0].token}" in shown
    assert "Ravi Menon" in shown
    assert "Walked in +20 min" in shown


# What a signed-in user's own look-ups take: who they are, and their bell.
OWN = 2
MANY = 100


@pytest.mark.parametrize("page", ["/queue/at", "/counter"])
def test_a_hundred_are_shown_in_four_statements(meena, world, came, page):
    service.add_counter(
        NewCounter(world.kochi.public_id, "1", "Counter 1"), by=SYSTEM, now=NOW
    )
    for number in range(len(came), MANY):
        walk_in(world, f"Patient {number}")
    where = f"{page}/{came[0].queue_id}"
    shown = meena.get(where).text

    took = statements(lambda: meena.get(where))

    assert str(MANY) in shown
    assert "Counter 1" in shown
    assert took <= 4 + OWN


def test_calls_the_next_and_says_how_to_take_it_back(meena, came):
    answer = meena.post(f"/queue/at/{came[0].queue_id}/next")

    assert state(came[0]) is EntryIs.CALLED
    told = meena.get(answer.location).text
    assert f"<strong>{came[0].token}</strong> is called." in told
    act(meena, came[0], "undo")
    assert state(came[0]) is EntryIs.WAITING


@pytest.mark.parametrize(
    ("what", "then"),
    [("hold", EntryIs.ON_HOLD), ("call", EntryIs.CALLED), ("start", EntryIs.IN_ROOM)],
)
def test_does_what_a_counter_does(meena, came, what, then):
    act(meena, came[1], what)

    assert state(came[1]) is then


def test_refuses_in_place_and_shows_the_queue(meena, came):
    answer = act(meena, came[0], "boost", minutes="10", reason="")

    assert answer.status_code == 422
    assert "Diya Nair" in answer.text
    assert 'role="alert"' in answer.text


def test_an_unchanged_poll_has_no_content(meena, came):
    where = f"/queue/at/{came[0].queue_id}"
    seen = queries.version(came[0].queue_id, now=NOW)

    assert meena.get(f"{where}?v={seen}").status_code == 204
    act(meena, came[0], "hold")
    assert meena.get(f"{where}?v={seen}").status_code == 200


def test_says_that_the_doctor_is_late(meena, came):
    where = f"/queue/at/{came[0].queue_id}"
    meena.post(f"{where}/pause", what="late", minutes="20")

    assert "20 min late" in meena.get(where).text


def test_calls_to_the_counter_one_sits_at(meena, world, came):
    one = service.add_counter(
        NewCounter(world.kochi.public_id, "1", "Counter 1"), by=SYSTEM, now=NOW
    )
    where = f"/queue/at/{came[0].queue_id}"
    meena.post(f"{where}/counter", counter=str(one.id))
    meena.post(f"{where}/next")

    assert queries.entry(came[0].id, by=SYSTEM, now=NOW).counter == "Counter 1"


def test_sends_on_to_a_doctor_without_a_login_and_to_a_service(meena, world, came):
    nair = make.resource(world.kochi, code="nair", name="Dr Nair")
    site = make.resource(
        world.kochi,
        ResourceKind.LOCATION,
        code="casualty",
        name="Casualty Clinic",
        token_prefix="E",
    )

    shown = meena.get(f"/queue/at/{came[0].queue_id}").text
    act(meena, came[0], "transfer", to="casualty")

    offered = re.findall(r'<option value="([^"]+)"', shown.split('name="to"')[1])
    assert {nair.code, site.code} <= set(offered)
    assert not {world.rao.code, world.theatre.code} & set(offered)
    assert queries.entry(came[0].id, by=SYSTEM, now=NOW).queue_id != came[0].queue_id


def test_who_walks_in_may_go_to_a_service_and_to_the_one_asked_for(meena, world):
    make.resource(
        world.kochi,
        ResourceKind.LOCATION,
        code="casualty",
        name="Casualty Clinic",
        token_prefix="E",
    )

    page = meena.get("/arrivals/kochi?with=casualty&q=nobody").text

    assert re.search(r'value="casualty"\s+selected', page)
    assert 'value="rao"' in page
    assert 'value="theatre-1"' not in page
