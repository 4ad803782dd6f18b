"""The waitlist on a real page, with JavaScript and without."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import sign_in
from tests.browser.targets import sideways

pytestmark = pytest.mark.browser


def wait_for(page: Page, name: str) -> None:
    """Put somebody on the waitlist by the form, as it stands open."""
    page.get_by_role("searchbox", name=re.compile("^Patient")).fill(name)
    page.locator("main").get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("radio", name=re.compile(name)).first.check()
    page.get_by_role("button", name="Put on the waitlist").last.click()


def test_somebody_waits_is_held_a_place_and_says_yes(page, site):
    page.goto(f"{site.address}/waitlist/kochi")
    page.get_by_role("main").get_by_role("link", name="Somebody waits").click()
    page.get_by_label("With", exact=True).select_option(label="Dr Mohan Das")
    later = (site.hospital.day + timedelta(days=7)).isoformat()
    for end in ("From", "To"):
        page.get_by_label(end, exact=True).fill(later)
    wait_for(page, "Suma Thomas")
    expect(page.get_by_role("status")).to_contain_text("On the waitlist")
    row = page.get_by_role("row", name=re.compile("Suma Thomas"))
    expect(row).to_contain_text("nothing yet")

    page.get_by_role("button", name="Offer what is free now").click()
    expect(row).to_contain_text("until")
    row.get_by_role("button", name="They say yes").click()

    expect(page.locator(".ticket")).to_contain_text("Dr Mohan Das")
    page.goto(f"{site.address}/waitlist/kochi")
    expect(row).to_have_count(0)


def test_a_time_that_is_taken_leads_to_the_waitlist_and_off_again(page, site):
    day = site.hospital.day.isoformat()
    page.goto(f"{site.address}/booking/kochi?with=mohan&day={day}&time=10:00")
    page.get_by_role("searchbox", name=re.compile("^Patient")).fill("Rafiq Ahmed")
    page.locator("main").get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("radio", name=re.compile("Rafiq Ahmed")).first.check()
    page.get_by_label(re.compile("^Note")).fill("Comes by bus")
    page.locator("#drawer footer button").click()

    page.get_by_role("link", name="Let them wait for a place on that day").click()

    expect(page.get_by_label(re.compile("^Note"))).to_have_value("Comes by bus")
    expect(page.get_by_label("From", exact=True)).to_have_value(day)
    page.get_by_role("button", name="Put on the waitlist").last.click()
    row = page.get_by_role("row", name=re.compile("Rafiq Ahmed"))
    row.locator("summary").click()
    row.get_by_role("button", name="Yes, they wait no longer").click()
    expect(page.get_by_role("status")).to_contain_text("Taken off")
    expect(row).to_have_count(0)


def test_who_is_booked_from_their_row_is_off_the_list(page, site, request):
    hour = "15:00" if "without" in request.node.name else "16:00"
    page.goto(f"{site.address}/waitlist/kochi/new")
    page.get_by_label("With", exact=True).select_option(label="Dr Mohan Das")
    later = site.hospital.day + timedelta(days=14)
    for end in ("From", "To"):
        page.get_by_label(end, exact=True).fill(later.isoformat())
    wait_for(page, "Suma Thomas")
    row = page.get_by_role("row", name=re.compile("Suma Thomas"))

    row.get_by_role("link", name="Book").click()
    expect(page.get_by_label("Let them wait on")).not_to_be_checked()
    page.get_by_label(re.compile("^Time")).fill(hour)
    page.locator("#drawer footer button").click()

    expect(page.get_by_role("status")).to_contain_text("off the waitlist")
    page.goto(f"{site.address}/waitlist/kochi")
    expect(row).to_have_count(0)


def test_the_pages_fit_and_axe_finds_nothing_serious(browser, site):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    sign_in(page, site, site.hospital.keeper.username)
    page.goto(f"{site.address}/waitlist/kochi/new")
    page.get_by_label("With", exact=True).select_option(label="Dr Mohan Das")
    later = (site.hospital.day + timedelta(days=9)).isoformat()
    for end in ("From", "To"):
        page.get_by_label(end, exact=True).fill(later)
    page.get_by_label(re.compile("^Note")).fill("Comes by bus, and waits in the hall")
    page.locator("#f-patient").fill("Suma Thomas")
    page.get_by_role("radio").first.check()
    found = serious(page)

    page.locator("footer button").click()
    page.get_by_role("button", name="Offer what is free now").click()
    page.get_by_text("What is free is held").wait_for()
    found += serious(page, sideways)
    context.close()

    assert found == []
