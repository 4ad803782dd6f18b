"""A morning at the desk, in a real browser, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def find(page: Page, name: str) -> None:
    """Look somebody up in the booking form and choose them."""
    page.get_by_role("searchbox", name=re.compile("Patient")).fill(name)
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("radio", name=re.compile(name)).check()


def book(page: Page) -> None:
    page.locator("#drawer footer button").click()


def open_slot(page: Page, site, clock: str) -> None:
    page.goto(site.calendar())
    rao = page.get_by_role("region", name="Dr Vivek Rao")
    rao.get_by_role("link", name=re.compile(f"^{clock}.*token slot")).click()


def open_time(page: Page, site, clock: str) -> None:
    """Open the booking form at the first free time and type another."""
    page.goto(site.calendar())
    rao = page.get_by_role("region", name="Dr Vivek Rao")
    rao.get_by_role("link", name=re.compile("^Open .*book")).first.click()
    page.get_by_label("Time", exact=True).fill(clock)


def test_books_a_token_by_clicking_a_slot(page, site):
    open_slot(page, site, "10:00")
    find(page, "Asha Nair")

    book(page)

    expect(page.get_by_role("status")).to_contain_text(
        re.compile(r"Booked, token A-\d+")
    )
    expect(page.locator(".ticket .big")).to_contain_text("A-")


def test_books_a_time_and_is_refused_the_same_time_with_other_times_to_pick(page, site):
    clock = "17:00" if _scripted(page) else "18:00"
    open_time(page, site, clock)
    find(page, "Asha Nair")
    book(page)
    expect(page.get_by_role("status")).to_contain_text("Booked")

    open_time(page, site, clock)
    find(page, "Meera Krishnan")
    page.get_by_label(re.compile("^Note")).fill("Comes by wheelchair")
    book(page)

    refusal = page.locator("#refusal")
    expect(refusal).to_contain_text("Asha Nair has Dr Vivek Rao")
    expect(refusal).to_be_focused()
    expect(page.get_by_label(re.compile("^Note"))).to_have_value("Comes by wheelchair")
    picked = page.get_by_role("group", name=re.compile("Nearest free")).get_by_role(
        "radio", checked=True
    )
    expect(picked).to_be_visible()
    book(page)
    expect(page.get_by_role("status")).to_contain_text("Booked")


def test_moves_a_visit_and_cancels_it_with_a_reason(page, site):
    first, second = ("15:15", "15:45") if _scripted(page) else ("16:15", "16:40")
    open_time(page, site, first)
    find(page, "Anand Krishnan")
    book(page)

    page.get_by_role("link", name="Move").click()
    page.get_by_label("Time", exact=True).fill(second)
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("status")).to_contain_text("Moved")
    expect(page.locator(".ticket")).to_contain_text(second)

    page.get_by_role("link", name="Cancel it").click()
    expect(page.locator("#drawer")).to_contain_text("Anand Krishnan loses")
    page.get_by_role("button", name="Cancel the visit").click()
    expect(page.locator("#refusal")).to_be_visible()
    page.get_by_label("Why is it cancelled?").fill("Patient asked")
    page.get_by_role("button", name="Cancel the visit").click()
    expect(page.get_by_role("status")).to_contain_text("Cancelled")
    facts = page.locator(".pairs", has_text="Status")
    expect(facts).to_contain_text("Patient asked")


def test_registers_somebody_in_the_middle_of_a_booking(page, site):
    name = f"Diya {'Script' if _scripted(page) else 'Plain'}"
    open_slot(page, site, "11:00")
    page.get_by_text("Somebody new").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Phone", exact=True).fill("9847054321")
    page.get_by_role("button", name="Register and go on").click()
    expect(page.locator("#drawer")).to_contain_text("Perhaps registered already")
    page.get_by_role("button", name="Register anyway").click()
    expect(page.get_by_role("radio", name=re.compile(name))).to_be_checked()

    book(page)

    expect(page.get_by_role("status")).to_contain_text("Booked")


def _scripted(page: Page) -> bool:
    return page.locator("html.has-js").count() == 1
