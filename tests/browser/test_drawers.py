"""What axe finds in what opens over a page; the pages are in test_every_page.py."""

import re

import pytest

from tests.browser import hospital
from tests.browser.axe import serious
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def keeper(browser, site):
    """Come as who may do all, at a day on which people are booked."""
    page = browser.new_context(bypass_csp=True).new_page()
    sign_in(page, site, site.hospital.keeper.username)
    page.goto(site.calendar())
    yield page
    page.context.close()


def wrong(page, title, within="#drawer"):
    page.locator(f"{within}-title", has_text=title).wait_for()
    return serious(page, fits=False, within=within)


def test_a_booking_and_its_refusal_have_nothing_serious(keeper):
    keeper.get_by_role("link", name=re.compile("^Open .*book")).first.click()
    found = wrong(keeper, "Book")
    keeper.locator("#drawer footer button").click()
    keeper.wait_for_selector("#refusal")
    found += wrong(keeper, "Book")

    assert found == []


def test_a_visit_and_what_is_done_with_it_have_nothing_serious(keeper):
    name = hospital.LONG_NAME
    rao = keeper.get_by_role("region", name="Dr Vivek Rao")
    rao.locator(".visit", has_text=name).first.click()
    found = wrong(keeper, name)
    for link, title, back in (
        ("Move", "Move", "Leave it where it is"),
        ("Cancel it", "Cancel this visit?", "Keep it"),
        ("Add or take off people", "", ""),
    ):
        keeper.get_by_role("link", name=link, exact=True).click()
        keeper.locator("#drawer form").first.wait_for()
        found += wrong(keeper, title)
        if back:
            keeper.get_by_role("link", name=back).click()
            keeper.locator("#drawer footer [data-key='move']").wait_for()

    assert found == []


def test_the_columns_and_the_keys_have_nothing_serious(keeper):
    keeper.get_by_role("link", name="Columns").click()
    found = wrong(keeper, "Columns")
    keeper.locator("[data-close]").click()
    keeper.locator("[data-keys-list]").click()
    found += wrong(keeper, "Keys", within="#keys")

    assert found == []


def test_a_calendar_with_much_in_it_has_nothing_serious(keeper, site):
    found = serious(keeper)
    for more in ("&kind=all", "&week=rao"):
        keeper.goto(f"{site.calendar()}{more}")
        found += serious(keeper)

    assert found == []
