"""Queue policies in the set-up: tried on today's queue first, then saved."""

import pytest

from app.accounts.permissions import Role
from app.core.actor import SYSTEM
from app.patients.views import Need, NewPatient
from app.queues import queries, service
from app.queues.kinds import WalkIns
from app.queues.views import NewWalkIn
from tests import factories as make
from tests.doors import people, strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

USUAL = {
    "scoring": "due_time",
    "grace": "10",
    "late_penalty": "15",
    "walk_in_offset": "20",
    "elderly_from": "70",
    "walk_ins": "queue",
    "skip_places": "3",
    "no_show_minutes": "60",
    "long_wait_minutes": "30",
    "too_long_wait_minutes": "45",
    "come_minutes": "1440",
}


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, make.user(Role.ADMIN))


@pytest.fixture
def where(world):
    return f"/setup/at/{world.kochi.slug}/policy/{world.medicine.public_id}"


@pytest.fixture
def came(world):
    """Let two walk in to Dr Rao; the second is a guest of the house."""
    return [
        service.walk_in(
            NewWalkIn(
                world.kochi.public_id,
                world.rao.public_id,
                world.visit.public_id,
                person=NewPatient(name, needs=needs),
            ),
            by=SYSTEM,
            now=NOW,
        )
        for name, needs in (("Ravi", frozenset()), ("Diya", frozenset({Need.VIP})))
    ]


def order(came):
    told = queries.queue(came[0].queue_id, by=SYSTEM, now=NOW)
    return [each.token for each in told.waiting]


def words(answer):
    return strict.words(strict.page(answer))


def test_shows_who_would_move_and_why_and_saves_nothing(admin, where, world, came):
    before = order(came)
    assert before == [came[1].token, came[0].token]

    answer = admin.post(f"{where}/preview", **USUAL)

    told = words(answer)
    assert "2 of the 2 who wait would change place" in told
    assert "1 sooner" in told
    assert "walked in +20 min" in told
    assert order(came) == before
    assert queries.policy_versions(world.kochi, by=SYSTEM) == []


def test_saves_a_version_that_orders_todays_queue(admin, where, world, came):
    share = {"walk_ins": "share", "share": "25"}
    answer = admin.post(where, **USUAL | {"precedence.vip": "0"} | share)

    assert answer.status_code == 303
    assert order(came) == [came[0].token, came[1].token]
    (kept,) = queries.policy_versions(world.kochi, by=SYSTEM)
    assert (kept.version, kept.share, kept.walk_ins) == (1, 25, WalkIns.SHARE)
    assert kept.settings["precedence"]["vip"] == 0
    shown = admin.get(where)
    assert 'value="25"' in shown.text
    assert "version 1" in words(shown)


def test_keeps_what_was_typed_and_names_the_field(admin, where, world):
    answer = admin.post(where, **USUAL | {"grace": "soon", "skip_places": "4"})

    assert answer.status_code == 422
    assert 'id="f-grace-why"' in answer.text
    assert 'value="soon"' in answer.text
    assert 'value="4"' in answer.text
    assert queries.policy_versions(world.kochi, by=SYSTEM) == []


def test_a_wait_is_not_too_long_before_it_is_long(admin, where, world):
    answer = admin.post(where, **USUAL | {"long_wait_minutes": "46"})

    assert answer.status_code == 422
    assert 'id="f-too_long_wait_minutes-why"' in answer.text


@pytest.mark.parametrize("tail", ["nowhere", "00000000-0000-0000-0000-000000000000"])
def test_knows_only_departments_of_the_facility(admin, world, tail):
    answer = admin.get(f"/setup/at/{world.kochi.slug}/policy/{tail}")

    assert answer.status_code == 404
