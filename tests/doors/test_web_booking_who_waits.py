"""The desk books who waits by the button of their row, and they are off the list."""

import html
import re

import pytest

from tests import factories as make
from tests.doors import strict
from tests.doors.waiters import LIST, listed, wait
from tests.doors.world import MONDAY, NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def opened(meena, world):
    """Open the form by the row's own address, and give what it carries."""
    wait(
        world,
        patient_id=world.asha.public_id,
        resource_id=world.rao.public_id,
        note="Comes by bus",
    )
    way = re.search(r'href="(/booking/kochi[^"]+)"', meena.get(LIST).text)
    return meena.get(html.unescape(way[1]))


def send(meena, world, **more):
    (entry,) = listed(world)
    typed = {
        "with": "rao",
        "day": MONDAY.isoformat(),
        "time": "10:00",
        "type": str(world.visit.public_id),
        "patient": str(world.asha.public_id),
        "waiting": str(entry.id),
        "once": "one-form",
        "act": "book",
    }
    return meena.post("/booking/kochi", **(typed | more))


def told(meena, answer):
    assert answer.status_code == 303
    return strict.words(strict.page(meena.get(answer.headers["Location"])))


def test_opens_with_all_that_was_wished(meena, world, opened):
    words = strict.words(strict.page(opened))

    assert "On the waitlist for 0 min" in words
    assert "off it, whatever is booked" in words
    assert re.search(r'value="rao"\s+selected', opened.text)
    assert 'value="Comes by bus"' in opened.text
    assert f'name="waiting" value="{listed(world)[0].id}"' in opened.text


def test_takes_them_off_the_list_and_says_so(meena, world, opened):
    booked = send(meena, world)

    assert "Booked, and off the waitlist, token" in told(meena, booked)
    assert listed(world) == []


def test_of_another_type_with_another_doctor_takes_them_off_too(meena, world, opened):
    other = make.resource(world.kochi, code="other", name="Dr Other")
    make.hours(world.kochi, other, make.opd())
    kind = str(make.kind().public_id)

    booked = send(meena, world, type=kind, **{"with": "other"})

    assert "off the waitlist" in told(meena, booked)
    assert listed(world) == []


def test_lets_them_wait_on_where_the_desk_says_so(meena, world, opened):
    booked = send(meena, world, wait_on="1")

    assert "Booked; they still wait on the list" in told(meena, booked)
    assert len(listed(world)) == 1


def test_of_a_series_takes_them_off(meena, world, opened):
    booked = send(meena, world, weeks="1", times="2")

    assert "Series booked, and off the waitlist" in told(meena, booked)
    assert listed(world) == []


def test_of_somebody_else_says_nothing_of_the_list(meena, world, opened):
    booked = send(meena, world, patient=str(make.patient().public_id))

    assert "the waitlist, token" not in told(meena, booked)
    assert len(listed(world)) == 1


def test_that_is_refused_still_knows_whom_it_was_for(meena, world, opened):
    refused = send(meena, world, time="03:00", wait_on="1")

    strict.page(refused)
    assert refused.status_code == 422
    assert f'name="waiting" value="{listed(world)[0].id}"' in refused.text
    assert re.search(r'name="wait_on"\s+value="1"\s+checked', refused.text)


def test_of_who_was_booked_by_another_desk_is_told(meena, world, opened):
    first = {"waiting": str(listed(world)[0].id)}
    send(meena, world)
    wait(world, "Somebody")

    again = send(meena, world, time="10:30", once="other-form", **first)

    assert again.status_code == 409
    assert "booked from the waitlist meanwhile" in again.text


def test_twice_by_a_double_click_is_once(meena, world, opened):
    entry = {"waiting": str(listed(world)[0].id)}
    first = send(meena, world)
    wait(world, "Somebody")

    second = send(meena, world, **entry)

    assert (
        first.headers["Location"].split("?")[0]
        == second.headers["Location"].split("?")[0]
    )
