"""From the page of each object one comes to what was said about it, and says more."""

import re

import pytest
from sqlalchemy import select

from app.availability.models import Schedule
from app.booking import seeing as bookings
from app.core.db import db
from tests import factories as make
from tests.doors import people, strict
from tests.doors.test_api_comments import conflict
from tests.doors.world import JUNE, NOW, local, stamp

pytestmark = pytest.mark.time_machine(NOW, tick=False)

RAO = "/schedules/kochi/of/rao"


def _schedule(world):
    found = select(Schedule.public_id).where(Schedule.resource_id == world.rao.id)
    number = db.session.scalars(found).first()
    return f"{RAO}?version={number}", number


def _exception(world):
    return RAO, make.away(world.kochi, world.rao, local(16), 30)


def _slot(world):
    at = f"/slots/kochi?with=rao&at={stamp(local(11, 30))}"
    return at, bookings.slot_id(world.kochi, world.rao, local(11, 30))


def _conflict(world):
    number = conflict(world)
    return f"/conflicts/kochi/{number}", number


def _maintenance(world):
    at = stamp(local(9, day=JUNE))
    return f"/maintenance/kochi/{world.repair}?at={at}", world.repair


# A page that shows the object, and the object.
PAGES = {
    "schedule": _schedule,
    "exception": _exception,
    "resource": lambda w: (RAO, w.rao.public_id),
    "slot": _slot,
    "conflict": _conflict,
    "maintenance": _maintenance,
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_leads_to_a_form_whose_comment_then_stands_there(
    app, world, meena, kind
):
    page, number = PAGES[kind](world)
    links = re.findall(r'href="(/objects/[^"]+)"', meena.get(page).text)
    address = f"/objects/{kind}/{number}"
    assert address in links

    shown = strict.page(meena.get(address))
    actions = [each.get("action") or "" for each in shown.iter("form")]
    assert f"{address}/comments" in actions
    assert [e.get("name") for e in shown.iter("textarea")] == ["comment"]
    said = meena.post(f"{address}/comments", comment="Mind the step", once="one")

    assert said.headers["Location"] == f"{address}#comments"
    words = strict.words(strict.page(meena.get(address)))
    assert "Mind the step" in words
    assert world.meena.name in words
    ravi = people.signed_in(app, world.ravi)
    assert ravi.get(address).status_code == 404
    assert ravi.post(f"{address}/comments", comment="Me too").status_code == 404
