"""A patient scans a sign: a phone, a code, a number, on a phone of 360 pixels."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from app.accounts import outbox_queries
from app.core.actor import SYSTEM
from app.directory import queries as directory
from app.doors import scan_signs
from tests.browser.axe import serious
from tests.browser.conftest import watch
from tests.browser.screens import picture

pytestmark = pytest.mark.browser


def sign(site):
    hospital = site.hospital
    with site.app.test_request_context():
        kind = directory.types(by=SYSTEM)[0]
        whole = scan_signs.address(hospital.kochi, hospital.rao, kind)
    return site.address + whole.removeprefix("http://localhost")


def _wrong(page, js):
    """Name what axe finds; it is a script, so only where scripts run."""
    return serious(page) if js else []


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without"])
def test_a_phone_is_proved_and_a_number_taken(browser, site, js):
    context = browser.new_context(
        java_script_enabled=js, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints = watch(page)
    phone = f"98470 7700{int(js)}"

    page.goto(sign(site))
    picture(page, "prove-phone")
    found = [_wrong(page, js)]
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_label("Phone number").fill(phone)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Six digits")).to_be_visible()
    found.append(_wrong(page, js))
    page.set_viewport_size({"width": 360, "height": 740})
    picture(page, "prove-code")
    with site.app.app_context():
        code = outbox_queries.codes(now=datetime.now(UTC))[0].code
    page.get_by_label("Six digits").fill(code)
    page.get_by_label("Know this phone").check()
    page.keyboard.press("Enter")
    page.get_by_label("Name", exact=True).fill("Diya")
    page.get_by_label("Year of birth").fill("2019")
    found.append(_wrong(page, js))
    page.set_viewport_size({"width": 360, "height": 740})
    picture(page, "scan")
    page.get_by_role("button", name="Take a number").click()
    expect(page.get_by_role("heading", name="Your token")).to_be_visible()
    number = page.locator(".big").inner_text()

    page.goto(sign(site))
    page.get_by_role("link", name="Browsers that know you").click()
    expect(page.get_by_role("button", name="Forget it")).to_be_visible()
    found.append(_wrong(page, js))
    page.goto(sign(site))
    page.get_by_role("button", name="Take a number").click()
    assert page.locator(".big").inner_text() == number
    assert found == [[], [], [], []]
    assert complaints == []
    context.close()
