"""Hours, leave and an emergency in a real browser, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import sign_in
from tests.browser.ward import DOCTORS, THEATRES

pytestmark = pytest.mark.browser


def mine(page: Page, ours: dict[str, str]) -> tuple[str, str]:
    """Give the doctor or the theatre of this run: its code and its name."""
    scripted = page.locator("html.has-js").count() == 1
    return list(ours.items())[0 if scripted else 1]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_session_is_added_and_publishing_tells_who_loses_a_place(keeper, site):
    code, name = mine(keeper, DOCTORS)
    keeper.goto(f"{site.address}/schedules/kochi/of/{code}/draft")
    day = site.hospital.day
    keeper.get_by_role("button", name="Add a session").click()
    keeper.get_by_label("What").select_option("tokens")
    for weekday in ("Mon", "Thu"):
        keeper.get_by_role("checkbox", name=weekday).check()
    keeper.get_by_label("From", exact=True).first.fill("19:00")
    keeper.get_by_label("To", exact=True).fill("20:00")
    keeper.get_by_label("Slot, minutes").fill("30")
    keeper.get_by_label("Tokens a slot").fill("many")
    press(keeper, "Put into the draft")
    expect(keeper.locator("#f-tokens-why")).to_contain_text("Give a whole number")
    expect(keeper.get_by_label("To", exact=True)).to_have_value("20:00")
    keeper.get_by_label("Tokens a slot").fill("6")
    press(keeper, "Put into the draft")
    expect(keeper.get_by_role("region", name="If you publish")).to_contain_text("+24")

    long = day.strftime("%A")
    block = keeper.get_by_role("region", name=day.strftime("%a"), exact=True)
    block.get_by_role("button", name=re.compile("09:00")).click()
    expect(keeper.get_by_role("heading", name=f"{long} session")).to_be_visible()
    press(keeper, "Remove")
    lost = keeper.get_by_role("region", name="Visits that lose their place")
    expect(lost).to_contain_text(f"Patient of {name}")
    keeper.get_by_label("From", exact=True).fill(day.isoformat())
    keeper.get_by_role("button", name=re.compile("^Put back")).click()
    expect(keeper.locator("#stranded")).to_contain_text("No booking loses its place")
    press(keeper, "Publish")

    expect(keeper.get_by_role("status")).to_contain_text("published")
    expect(keeper.get_by_role("navigation", name="Versions")).to_contain_text(
        "Version 2"
    )


def test_leave_is_guided_from_who_to_where_everybody_goes(keeper, site):
    code, name = mine(keeper, DOCTORS)
    keeper.goto(f"{site.address}/leave/kochi/new")
    keeper.get_by_label("Who", exact=True).select_option(code)
    # From now on there is no first day to give, and none to be passed over.
    expect(keeper.get_by_label(re.compile("^First day"))).to_be_hidden()
    keeper.get_by_role("radio", name="The first day and time below").check()
    keeper.get_by_label(re.compile("^First day")).fill(site.hospital.day.isoformat())
    keeper.get_by_label(re.compile("^From or")).fill("14:30")
    keeper.get_by_label(re.compile("^To or")).fill("16:30")
    keeper.get_by_label(re.compile("^Reason")).fill("Conference")
    press(keeper, "See whom it meets")
    expect(keeper.locator("#stranded")).to_contain_text("1 visit loses its place")
    press(keeper, "Let it stand, hold other places")

    keeper.wait_for_url(re.compile(r"/leave/kochi/[\w-]{36}"))
    where = keeper.get_by_role("group", name=f"Where Patient of {name} goes")
    where.get_by_role("radio", name=re.compile("Later that day")).check()
    press(keeper, "Do all as chosen")
    expect(keeper.get_by_role("status")).to_contain_text("1 moved")
    expect(keeper.get_by_role("region", name="Decided").first).to_contain_text("16:30")

    press(keeper, "Take it all back")
    expect(keeper.get_by_role("status")).to_contain_text("1 returned")


def test_an_emergency_shows_who_gives_way_before_it_is_let_in(keeper, site):
    code, name = mine(keeper, THEATRES)
    keeper.goto(f"{site.address}/emergencies/kochi")
    press(keeper, "Not known yet: register as unknown")
    unknown = keeper.get_by_role("radio", name=re.compile("Unknown patient"))
    expect(unknown).to_be_checked()
    keeper.get_by_label("Theatre", exact=True).select_option(code)
    keeper.get_by_label("Surgeon").select_option(f"of-{code}")
    keeper.get_by_label("Day", exact=True).fill(site.hospital.day.isoformat())
    keeper.get_by_label("Time", exact=True).fill("15:00")
    keeper.get_by_label("Minutes").fill("60")
    press(keeper, "See who gives way")
    expect(keeper.locator("#f-reason-why")).to_be_visible()
    keeper.get_by_label(re.compile("^Reason")).fill("Ruptured appendix")
    press(keeper, "See who gives way")
    gives = keeper.get_by_role("region", name="Who gives way").first
    expect(gives).to_contain_text(f"Case of {name}")
    press(keeper, "Let the emergency in")
    expect(keeper.get_by_role("heading", name="Emergency: Ruptured")).to_be_visible()

    keeper.get_by_role("link", name="Rebooking list").click()
    keeper.get_by_role("button", name=f"Book it for Case of {name}").click()

    expect(keeper.get_by_role("status")).to_contain_text("Booked")
    expect(keeper.get_by_role("region", name="Settled lately")).to_contain_text(name)


def test_a_session_is_painted_with_the_mouse(browser, site):
    context = browser.new_context(viewport={"width": 1440, "height": 1200})
    page = context.new_page()
    sign_in(page, site, site.hospital.keeper.username)
    page.goto(f"{site.address}/schedules/kochi/house/draft")
    column = page.locator("[data-day='2'] .cal-items")
    column.scroll_into_view_if_needed()
    box = column.bounding_box()
    middle = box["x"] + box["width"] / 2

    page.mouse.move(middle, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(middle, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.up()

    expect(page.get_by_role("heading", name="New session")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Wed")).to_be_checked()
    expect(page.get_by_label("From", exact=True).first).to_have_value("10:00")
    expect(page.get_by_label("To", exact=True)).to_have_value("13:00")
    context.close()


def test_axe_finds_nothing_serious_in_a_session_of_a_week(browser, site):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    sign_in(page, site, site.hospital.keeper.username)
    page.goto(f"{site.address}/schedules/kochi/of/sen/draft")
    page.locator(".hours-week button").first.click()
    page.wait_for_selector("#f-days")

    assert serious(page) == []
    context.close()
