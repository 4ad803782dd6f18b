"""The page of messages to patients, and how one is reached."""

import pytest

from tests import factories as make
from tests.doors import people
from tests.doors.routes_messages import unsent
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, world.admin)


def test_it_says_that_nothing_leaves_and_what_would(admin, world):
    unsent(world)

    shown = admin.get("/outbox/kochi").text

    assert "No channel is set up" in shown
    assert "Not sent" in shown
    assert "no channel is set up" in shown
    assert "your visit with" in shown


def test_a_state_shows_its_own_and_no_other(admin, world):
    unsent(world)

    assert "Send it once more" not in admin.get("/outbox/kochi?status=sent").text
    assert "Send it once more" in admin.get("/outbox/kochi?status=unsent").text
    assert admin.get("/outbox/kochi?status=lost").status_code == 422


def test_a_second_click_is_told_kindly(admin, world):
    message = unsent(world)["message"]
    address = f"/outbox/kochi/{message}/resend"

    assert admin.post(address).status_code == 303
    again = admin.post(address)

    assert again.status_code == 409
    assert "nothing is left to do" in again.text


def test_another_facility_finds_no_such_message(admin, world):
    message = unsent(world)["message"]
    other = make.facility()

    assert admin.post(f"/outbox/{other.slug}/{message}/resend").status_code == 404


def test_a_wrong_address_is_named_and_nothing_typed_is_lost(meena, world):
    address = f"/outbox/kochi/contact/{world.asha.public_id}"
    typed = {"channel": "email", "email": "asha at home", "agreed_by": "Devi, mother"}

    refused = meena.post(address, **typed)

    assert refused.status_code == 422
    assert "Give a mail address" in refused.text
    assert "asha at home" in refused.text
    assert "Devi, mother" in refused.text

    meena.post(address, **typed | {"email": "asha@example.org", "stopped": "1"})
    kept = meena.get(address).text
    assert "asha@example.org" in kept
