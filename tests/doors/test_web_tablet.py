"""The tablet of a counter and the supervisor's view, without JavaScript."""

import re
from datetime import timedelta

import pytest

from app.core.actor import SYSTEM
from app.patients.views import NewPatient
from app.queues import queries, service
from app.queues.kinds import EntryIs
from app.queues.views import NewCounter, NewPolicy, NewWalkIn
from tests.doors import strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

FLOOR = "/supervise/kochi"


def walk_in(world, name, at=NOW):
    wanted = NewWalkIn(
        world.kochi.public_id,
        world.rao.public_id,
        world.visit.public_id,
        person=NewPatient(name),
    )
    return service.walk_in(wanted, by=SYSTEM, now=at)


@pytest.fixture
def came(world):
    return [walk_in(world, name) for name in ("Ravi Menon", "Diya Nair")]


def state(entry):
    return queries.entry(entry.id, by=SYSTEM, now=NOW).state


def told(answer):
    return strict.words(strict.page(answer))


def test_a_counter_is_worked_with_one_hand(meena, world, came):
    counter = service.add_counter(
        NewCounter(world.kochi.public_id, "1", "Counter 1"), by=SYSTEM, now=NOW
    )
    first, second = came
    where = f"/counter/{first.queue_id}"
    meena.post(f"{where}/at", counter=str(counter.id))

    called = meena.post(f"{where}/next")
    meena.post(f"{where}/{first.id}/recall")
    meena.post(f"{where}/{first.id}/start")
    meena.post(f"{where}/next", finishing="1")

    assert queries.entry(second.id, by=SYSTEM, now=NOW).counter == "Counter 1"
    assert (state(first), state(second)) == (EntryIs.DONE, EntryIs.CALLED)
    assert "Undo" in told(meena.get(called.location))
    meena.post(f"{where}/{second.id}/undo")
    assert state(second) is EntryIs.WAITING
    meena.post(f"{where}/{second.id}/skip")
    assert queries.entry(second.id, by=SYSTEM, now=NOW).skips == 1


def test_what_cannot_be_done_is_refused_in_place(meena, came):
    answer = meena.post(f"/counter/{came[0].queue_id}/{came[0].id}/recall")

    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert f"Call {came[0].token}" in told(answer)


@pytest.mark.parametrize("where", ["tablet", "floor"])
def test_an_unchanged_poll_has_no_content(meena, came, where):
    page = FLOOR if where == "floor" else f"/counter/{came[0].queue_id}"
    seen = re.search(rf'hx-get="({page}[^"]+)"', meena.get(page).text)[1]

    assert meena.get(seen).status_code == 204
    service.call(came[0].id, by=SYSTEM, now=NOW)
    assert meena.get(seen).status_code == 200


def test_a_supervisor_sees_waits_by_word_and_what_the_last_hour_saw(meena, world):
    early = walk_in(world, "Early", NOW - timedelta(minutes=90))
    walk_in(world, "Long", NOW - timedelta(minutes=46))
    walk_in(world, "Short", NOW - timedelta(minutes=5))
    service.start(early.id, by=SYSTEM, now=NOW - timedelta(minutes=70))
    service.complete(early.id, by=SYSTEM, now=NOW - timedelta(minutes=59))
    service.pause(early.queue_id, "", by=SYSTEM, now=NOW)

    shown = told(meena.get(FLOOR))

    rao = f"{world.rao.name} Medicine 46 min, "
    usual = "too long long from 30, too long from 45 2 0 1 1 paused since"
    assert f"{rao}{usual}" in shown

    policy = NewPolicy(
        world.kochi.public_id, world.medicine.public_id, too_long_wait_minutes=47
    )
    service.save_policy(policy, by=SYSTEM, now=NOW)

    assert f"{rao}long long from 30, too long from 47" in told(meena.get(FLOOR))
    assert 'class="wait warn"' in meena.get(f"/queue/at/{early.queue_id}").text


def test_who_was_done_more_than_an_hour_ago_is_no_pace(meena, world):
    early = walk_in(world, "Early", NOW - timedelta(minutes=90))
    service.start(early.id, by=SYSTEM, now=NOW - timedelta(minutes=80))
    service.complete(early.id, by=SYSTEM, now=NOW - timedelta(minutes=61))

    (brief,) = queries.queues(world.kochi, by=SYSTEM, now=NOW)

    assert (brief.done, brief.served) == (1, 0)
