"""Keys and swaps that only JavaScript brings; nothing depends on them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import coming, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(kept, site):
    with coming(kept[True], site) as page:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(site.calendar())
        yield page


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


def test_the_list_of_keys_opens_and_leads_to_where_they_are_changed(desk, site):
    desk.locator("body").press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.get_by_role("link", name="Change or switch off keys").click()
    desk.get_by_label("Book", exact=True).fill("x")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("status")).to_contain_text("Saved")

    desk.goto(site.calendar())
    expect(desk.locator("#book kbd")).to_have_text("X")
    desk.keyboard.press("x")
    expect(desk.locator("#drawer-title")).to_have_text("Book")
    desk.goto(f"{site.address}/keys/")
    desk.get_by_label("Single keys work").uncheck()
    desk.get_by_role("button", name="The usual keys again").click()
    desk.goto(site.calendar())
    desk.keyboard.press("b")
    desk.keyboard.press("?")

    expect(desk.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(desk.locator("#drawer .drawer")).to_have_count(0)
    desk.goto(f"{site.address}/keys/")
    desk.get_by_label("Single keys work").check()
    desk.get_by_role("button", name="Save").click()
    desk.goto(site.calendar())
    desk.keyboard.press("b")
    expect(desk.locator("#drawer-title")).to_have_text("Book")


def test_the_title_of_the_page_goes_with_the_day(desk):
    before = desk.title()

    desk.keyboard.press("ArrowRight")

    expect(desk).not_to_have_title(before)
    expect(desk).to_have_title(re.compile("Kochi · Baari$"))


def test_a_stranger_who_answers_for_a_broken_server_does_not_take_the_form(
    browser, site
):
    desk = browser.new_page()
    sign_in(desk, site)
    desk.goto(site.calendar())
    desk.get_by_role("link", name=re.compile("^Open .*book")).first.click()
    desk.get_by_role("searchbox", name=re.compile("Patient")).fill("Asha")
    desk.get_by_role("radio", name=re.compile("Asha Nair")).check()
    desk.route("**/booking/**", lambda route: route.fulfill(status=502, body="Bad"))

    desk.locator("#drawer footer button").click()

    expect(desk.locator("#problems")).to_contain_text("cannot be reached")
    expect(desk.get_by_role("radio", name=re.compile("Asha Nair"))).to_be_checked()
    desk.close()


def test_on_a_phone_the_present_page_is_in_sight_among_the_others(desk, site):
    desk.set_viewport_size({"width": 360, "height": 780})

    desk.goto(f"{site.address}/conflicts/kochi")

    for line in (".nav", ".tabs"):
        expect(desk.locator(f"{line} > [aria-current]")).to_be_in_viewport(ratio=0.9)
