"""What one desk does is seen at another that stands open: on its calendar and bell."""

from datetime import timedelta
from statistics import median
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from app.accounts.permissions import Role
from app.booking import service as booking
from app.core.actor import SYSTEM
from tests import factories as make
from tests.browser.conftest import sign_in, watch
from tests.factories import NOW

pytestmark = pytest.mark.browser

WITHIN_MS = 5000
TO = ("10:00", "11:00", "12:00", "13:00", "14:00")
# When each time of the visit was first seen, by the clock of this machine.
SEEN = """() => {
  window.seen = {};
  const look = () => {
    const visit = document.querySelector(".visit .vh:last-child");
    const begins = visit && visit.textContent.match(/[0-9]+:[0-9]+/);
    if (begins) window.seen[begins[0]] ??= Date.now();
  };
  new MutationObserver(look).observe(document.body,
    { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture
def house(site):
    """Open a place with two desks and one visit, at nine of tomorrow."""
    with site.app.app_context():
        place = make.facility()
        doctor = make.resource(place, name="Dr Other")
        make.hours(place, doctor)
        desks = [make.user(Role.RECEPTION, place).username for _ in range(2)]
        start = make.local(9, day=site.hospital.day)
        who = make.patient("Nalini Other")
        order = make.timed_order(place, doctor, make.kind(30), who, start)
        booked = booking.book_timed(order, by=SYSTEM, now=NOW + timedelta(days=1))
    return SimpleNamespace(place=place, visit=booked, desks=desks)


@pytest.fixture
def two(browser, site, house):
    """Sign two clerks in, each in a browser of their own."""
    seats = [browser.new_context() for _ in house.desks]
    pages = [seat.new_page() for seat in seats]
    complaints = [watch(page) for page in pages]
    for page, clerk in zip(pages, house.desks, strict=True):
        sign_in(page, site, clerk)
    yield pages
    for seat in seats:
        seat.close()
    assert complaints == [[], []]


def posted(page, press):
    """Send a form, and give when its answer came, by the clock of this machine."""
    with page.expect_response(lambda it: it.request.method == "POST") as info:
        press()
    timing = info.value.request.timing
    return timing["startTime"] + timing["responseStart"]


def test_a_move_at_one_desk_is_on_an_open_calendar_within_five_seconds(
    two, site, house
):
    here, there = two
    day = site.hospital.day.isoformat()
    here.goto(f"{site.address}/calendar/{house.place.slug}?day={day}")
    expect(here.locator(".visit", has_text="Nalini")).to_have_count(1)
    here.evaluate(SEEN)
    there.goto(f"{site.address}/appointments/{house.visit.id}")
    took = []
    for time in TO:
        there.get_by_role("link", name="Move", exact=True).click()
        there.get_by_label("Time", exact=True).fill(time)
        move = there.get_by_role("button", name="Move it")
        answered = posted(there, move.click)
        told = here.locator(".visit", has_text="Nalini").locator(".vh").last
        expect(told).to_contain_text(time)
        took.append(here.evaluate(f"window.seen['{time}']") - answered)

    assert median(took) <= WITHIN_MS, took


def test_what_one_desk_changes_rings_at_another_without_a_reload(two, site, house):
    here, there = two
    here.goto(f"{site.address}/patients/{house.place.slug}")
    here.evaluate("window.stays = true")
    bell = here.locator("#bell .chip")
    before = int(bell.inner_text())
    there.goto(f"{site.address}/appointments/{house.visit.id}/cancel")
    there.get_by_label("Why is it cancelled?").fill("Called and is well again")
    there.get_by_role("button", name="Cancel the visit").click()

    expect(bell).to_have_text(str(before + 1), timeout=40_000)
    assert here.evaluate("window.stays")
    bell.click()
    expect(here.get_by_role("main")).to_contain_text(house.visit.reference)
