"""A group: who comes too is added and taken off, and each is checked in alone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.booking import service as booking
from app.core import clock
from app.core.actor import SYSTEM
from app.directory import queries as directory
from tests import factories as make
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser


# So far away that no other test looks there.
LATER = timedelta(days=40)


@pytest.fixture
def visit(site, page):
    """Book a time for one; the address of their visit, and what both are called."""
    scripted = page.locator("html.has-js").count() == 1
    name, hour = ("Script", 15) if scripted else ("Plain", 16)
    with site.app.app_context():
        it = site.hospital
        start = make.local(hour, day=it.day + LATER)
        kind, *_ = directory.types(by=SYSTEM)
        gita = make.patient(f"Gita {name}")
        make.patient(f"Hari {name}")
        order = make.timed_order(it.kochi, it.rao, kind, gita, start)
        made = booking.book_timed(order, by=SYSTEM, now=clock.now())
    return name, f"{site.address}/appointments/{made.id}"


def members(page: Page):
    return page.get_by_role("list", name="Who comes").get_by_role("listitem")


def test_one_joins_a_visit_and_another_leaves_it(page, site, visit):
    name, address = visit
    sign_in(page, site)
    page.goto(address)
    page.get_by_role("link", name="Add or take off people").click()
    expect(members(page)).to_have_count(1)
    expect(page.get_by_role("button", name="Take off")).to_have_count(0)

    page.get_by_role("button", name="Add them").click()
    expect(page.locator("#refusal")).to_be_visible()
    page.get_by_label("Somebody more").fill(f"Hari {name}")
    page.get_by_label("Somebody more").press("Enter")
    page.get_by_role("radio", name=re.compile("^Hari")).check()
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_role("status")).to_contain_text("Added")
    expect(members(page)).to_have_count(2)
    expect(page.get_by_label("Somebody more")).to_have_value("")

    page.get_by_role("button", name=re.compile("^Take off Gita")).click()
    expect(page.get_by_role("status")).to_contain_text("Taken off")
    expect(members(page)).to_have_count(1)
    expect(members(page)).to_contain_text("Hari")
    page.goto(address)
    expect(page.locator("#drawer dl").first).not_to_contain_text("Gita")
    page.set_viewport_size({"width": 360, "height": 740})
    label, value = (page.locator(f"#drawer dl.pairs > {each}") for each in ("dt", "dd"))
    for each in range(value.count()):
        # Each stands beside its label.
        assert value.nth(each).bounding_box()["x"] > label.nth(each).bounding_box()["x"]
