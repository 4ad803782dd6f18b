"""A vaccination site is opened from nothing and booked, by pages alone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import serious
from tests.browser.conftest import sign_in
from tests.browser.screens import picture

pytestmark = pytest.mark.browser


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def fill(page: Page, **typed: str) -> None:
    """Fill fields by the names that the form gives them."""
    for name, value in typed.items():
        page.locator(f"#f-{name}").fill(value)


def next_is(page: Page, step: str) -> None:
    expect(page.get_by_role("heading", name=f"Next: {step}")).to_be_visible()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def test_a_vaccination_site_is_opened_scheduled_and_booked(keeper, site):
    mine = "script" if keeper.locator("html.has-js").count() else "plain"
    _open_site(keeper, site, mine)
    _set_hours(keeper, site.hospital.day)
    _add_type_and_rule(keeper, site, mine)

    day = site.hospital.day
    _book(keeper, site, mine, day)
    expect(keeper.get_by_role("status")).to_contain_text("Booked")
    _book(keeper, site, mine, day + timedelta(days=1))
    expect(keeper.locator("#refusal")).to_contain_text("at least 28 days")
    _walk_in(keeper, site, mine)


def _open_site(page: Page, site, mine: str) -> None:
    page.goto(f"{site.address}/setup")
    follow(page, "Open a new place")
    fill(page, name=f"Camp {mine}", slug="Not a short name")
    press(page, "Open it")
    expect(page.locator("#f-slug-why")).to_be_visible()
    expect(page.locator("#f-name")).to_have_value(f"Camp {mine}")
    fill(page, slug=f"camp-{mine}")
    press(page, "Open it")

    next_is(page, "Department")
    follow(page, "Department")
    follow(page, "Open a department")
    fill(page, name="Vaccination")
    press(page, "Open it")

    next_is(page, "Doctor, room or site")
    follow(page, "Doctor, room or site")
    follow(page, "Add one")
    page.locator("#f-kind").select_option("location")
    page.locator("#f-department").select_option(label="Vaccination")
    fill(page, name=f"Tent {mine}", code=f"tent-{mine}")
    press(page, "Add it")
    expect(page.get_by_role("row", name=re.compile("Tent"))).to_contain_text("no hours")
    next_is(page, "Hours")


def _set_hours(page: Page, day) -> None:
    follow(page, "Hours")
    page.get_by_role("link", name=re.compile("^Set hours of Tent")).click()
    page.get_by_role("button", name="Add a session").click()
    page.locator("#f-kind").select_option("open")
    for weekday in (day, day + timedelta(days=1)):
        page.get_by_role("checkbox", name=f"{weekday:%a}").check()
    fill(page, start="09:00", end="12:00")
    press(page, "Put into the draft")
    expect(page.locator("#f-start")).to_have_count(0)
    fill(page, first=day.isoformat())
    press(page, "Publish")
    expect(page.get_by_role("status")).to_contain_text("published")


def _add_type_and_rule(page: Page, site, mine: str) -> None:
    page.get_by_role("link", name="Set-up", exact=True).click()
    follow(page, "Appointment type")
    follow(page, "Add a type")
    page.locator("#f-category").select_option("vaccination")
    fill(page, name=f"Dose {mine}", code=f"dose-{mine}", minutes="10")
    press(page, "Add it")
    expect(page.get_by_role("heading", name="Ready to be booked")).to_be_visible()

    page.goto(f"{site.address}/setup/at/camp-{mine}/rules")
    follow(page, "Set a rule")
    follow(page, "Gap between doses")
    fill(page, days="28")
    page.locator("#f-type").select_option(label=f"Dose {mine}")
    press(page, "Set it")
    rule = page.get_by_role("row", name=re.compile("Gap"))
    expect(rule).to_contain_text("Between two doses lie at least 28 days.")
    expect(rule).to_contain_text(f"Dose {mine}")


def _book(page: Page, site, mine: str, day) -> None:
    at = f"with=tent-{mine}&at={day:%Y%m%d}T0400Z"
    page.goto(f"{site.address}/booking/camp-{mine}?{at}")
    page.get_by_role("searchbox", name=re.compile("Patient")).fill("Asha Nair")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("radio", name=re.compile("Asha Nair")).check()
    kinds = page.locator("#f-type")
    named = kinds.locator("option", has_text=f"Dose {mine}")
    kinds.select_option(value=named.get_attribute("value"))
    page.locator("#drawer footer button").click()


def _walk_in(page: Page, site, mine: str) -> None:
    """Set whom the dose is for, and let somebody in whose age must be asked."""
    page.goto(f"{site.address}/setup/at/camp-{mine}/rules")
    follow(page, "Set a rule")
    follow(page, "Ages")
    fill(page, least="18", most="99")
    page.locator("#f-type").select_option(label=f"Dose {mine}")
    press(page, "Set it")
    expect(page.get_by_role("row", name=re.compile("Ages"))).to_contain_text("18")

    page.goto(f"{site.address}/arrivals/camp-{mine}?q=Walker+{mine}")
    page.locator("#f-type").select_option(label=f"Dose {mine}")
    page.locator("#f-level").select_option(label="Urgent")
    page.get_by_role("button", name=re.compile("They are here")).click()
    expect(page.locator("#refusal")).to_be_visible()
    expect(page.locator("#f-level")).to_have_value("urgent")
    page.locator("#f-new_born").fill("1980")
    page.get_by_role("button", name=re.compile("They are here")).click()
    expect(page.get_by_text(f"Walker {mine}").first).to_be_visible()
    expect(page).to_have_url(re.compile("/slip/"))


def test_axe_finds_nothing_serious_in_a_refusal(browser, site):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    sign_in(page, site, site.hospital.keeper.username)
    for name, path in (
        ("setup-levels", "/setup/at/kochi/levels"),
        ("acting", "/acting/"),
    ):
        page.goto(f"{site.address}{path}")
        picture(page, name)
    page.goto(f"{site.address}/setup/new")
    press(page, "Open it")
    page.wait_for_selector("#refusal")

    assert serious(page) == []
    context.close()
