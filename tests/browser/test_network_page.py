"""The network's pages in a browser: with and without JavaScript, and by axe."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import networked
from tests.browser.axe import serious
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def joined(site):
    """Join a network, in which one message found nobody to take it."""
    with networked.joined(site.app):
        yield site


def test_a_dead_letter_is_found_and_sent_again(page, joined):
    sign_in(page, joined, joined.hospital.keeper.username)
    main = page.get_by_role("main")
    page.get_by_role("link", name="Network", exact=True).click()
    main.get_by_role("link", name=re.compile("^Dead letters")).click()
    main.get_by_role("link", name=re.compile("^on_init")).first.click()
    main.get_by_role("link", name=re.compile("^on_init")).click()
    expect(main.get_by_text("timed out")).to_be_visible()

    main.get_by_role("button", name="Send it once more").click()

    expect(main.get_by_text("It goes out once more")).to_be_visible()
    expect(main.get_by_text("Goes once more")).to_be_visible()


def test_axe_finds_nothing_serious_in_the_network(browser, joined):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    sign_in(page, joined, joined.hospital.keeper.username)
    found = {}
    for name, path in (
        ("list", ""),
        ("stuck", "?stuck=1"),
        ("nothing", "?q=nothing"),
        ("checklist", "checklist"),
    ):
        page.goto(f"{joined.address}/network/{path}")
        found[name] = serious(page)
    page.goto(f"{joined.address}/network/?stuck=1")
    page.locator("table.deals a").first.click()
    found["transaction"] = serious(page)
    page.locator(".timeline a").last.click()
    found["message"] = serious(page)
    context.close()

    assert {name: issues for name, issues in found.items() if issues} == {}
