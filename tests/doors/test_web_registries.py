"""Ids of national registries are set where a facility is set up."""

import pytest

from app.directory import queries
from tests import factories as make
from tests.doors import people, strict
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

PAGE = "/setup/at/kochi/registries"


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


def words(answer):
    return strict.words(strict.page(answer))


def test_they_are_shown_kept_and_taken_away(admin, world):
    assert "HPR id of Dr Vivek Rao" in words(admin.get(PAGE))

    kept = admin.post(PAGE, hfr_id="IN33", **{f"hpr-{world.rao.code}": "71-1111"})

    assert kept.status_code == 303
    ids = queries.registry_ids()
    assert ids.facilities[world.kochi.id] == "IN33"
    assert ids.resources[world.rao.id] == "71-1111"
    assert 'value="71-1111"' in admin.get(PAGE).text
    # What a form does not ask stays; what is empty is none.
    admin.post(PAGE, hfr_id="")
    ids = queries.registry_ids()
    assert world.kochi.id not in ids.facilities
    assert ids.resources[world.rao.id] == "71-1111"


def test_what_is_wrong_or_anothers_is_told_and_nothing_typed_is_lost(admin, world):
    wrong = admin.post(PAGE, hfr_id="IN33", **{f"hpr-{world.rao.code}": "7 1"})
    assert wrong.status_code == 422
    assert "An id has letters, digits and hyphens alone" in words(wrong)
    assert 'value="7 1"' in wrong.text
    admin.post(PAGE, hfr_id="IN33")

    other = make.facility()
    taken = admin.post(f"/setup/at/{other.slug}/registries", hfr_id="IN33")

    assert taken.status_code == 409
    assert "in use already" in words(taken)
    assert other.id not in queries.registry_ids().facilities
