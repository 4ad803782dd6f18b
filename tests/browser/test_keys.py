"""Keys and swaps that only JavaScript brings; nothing depends on them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in, watch

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser, site):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints = watch(page)
    sign_in(page, site)
    page.goto(site.calendar())
    yield page
    context.close()
    assert complaints == []


def test_escape_closes_the_drawer_and_gives_the_focus_back(desk):
    link = desk.get_by_role("link", name=re.compile("^Open .*book")).first
    link.click()
    expect(desk.get_by_role("searchbox", name=re.compile("Patient"))).to_be_focused()

    desk.keyboard.press("Escape")

    expect(desk.locator("#drawer .drawer")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_letter_typed_in_a_field_is_a_letter(desk):
    box = desk.locator("#find")
    box.focus()

    desk.keyboard.type("tb/")

    expect(box).to_have_value("tb/")
    expect(desk.locator("#drawer .drawer")).to_have_count(0)


def test_keys_search_book_and_turn_the_day(desk, site):
    desk.keyboard.press("/")
    expect(desk.locator("#find")).to_be_focused()
    desk.locator("#find").blur()

    desk.keyboard.press("ArrowRight")
    expect(desk).to_have_url(re.compile(f"day=(?!{site.hospital.day})"))
    desk.keyboard.press("b")

    expect(desk.locator("#drawer-title")).to_have_text("Book")


def test_a_booking_appears_on_the_calendar_behind_the_drawer(desk):
    left = desk.get_by_role("link", name=re.compile("^11:30.*token slot")).first
    before = left.locator("b").inner_text()
    left.click()
    desk.get_by_role("searchbox", name=re.compile("Patient")).fill("Asha")
    desk.get_by_role("radio", name=re.compile("Asha Nair")).check()

    desk.locator("#drawer footer button").click()

    expect(desk.get_by_role("status")).to_contain_text("Booked")
    expect(left.locator("b")).not_to_have_text(before)
