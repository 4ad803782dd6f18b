"""Reports, conflicts and the bell in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import serious
from tests.browser.closed import MACHINES, SPARE
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser


def test_a_conflict_is_rung_found_and_solved(page, site):
    scripted = page.locator("html.has-js").count()
    number = 0 if scripted else 1
    told, lamp = site.hospital.troubles[number], MACHINES[number]
    page.goto(site.calendar())
    bell = page.locator("#bell")
    expect(bell).to_contain_text("new notices")
    bell.click()
    page.get_by_role("button", name=re.compile(f"New conflicts.*{lamp}")).click()

    expect(page.get_by_role("row", name=re.compile(told.reference))).to_be_visible()
    page.get_by_role("link", name=re.compile(told.reference)).first.click()
    page.get_by_role("radio", name=re.compile(SPARE)).check()
    page.get_by_role("button", name="Give it instead").click()

    expect(page.get_by_role("status")).to_contain_text("Another doctor")


def test_axe_finds_nothing_serious_on_reports(browser, site):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    sign_in(page, site, site.hospital.keeper.username)
    day, found = site.hospital.day.isoformat(), {}
    for name in (
        "utilization",
        "waiting",
        "no-shows",
        "lead-time",
        "tokens",
        "ratings",
    ):
        page.goto(f"{site.address}/reports/kochi/{name}?first={day}&last={day}")
        found[name] = serious(page)
    page.goto(f"{site.address}/conflicts/kochi")
    found["conflicts"] = serious(page)
    page.get_by_role(
        "link", name=re.compile(site.hospital.troubles[2].reference)
    ).first.click()
    page.get_by_role("button", name=re.compile("^Cancel ")).click()
    found["conflict"] = serious(page)
    page.goto(f"{site.address}/notices/")
    found["notices"] = serious(page)
    page.goto(f"{site.address}/reports/kochi/utilization")
    page.locator("#f-last").fill("2020-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#refusal")).to_be_focused()
    found["refusal"] = serious(page)
    context.close()

    assert {name: issues for name, issues in found.items() if issues} == {}
