"""A visit's own page on a phone: in every language, read by axe, and with few bytes."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from app.booking import service as booking
from app.core.actor import SYSTEM
from app.directory import queries as directory
from app.doors import patient_words
from tests import factories as make
from tests.browser.axe import serious
from tests.browser.conftest import watch
from tests.browser.traffic import Traffic
from tests.doors.visits import secret_of

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 780}


@pytest.fixture
def visit(site):
    """Book somebody for tomorrow, and give the address of their page."""
    hospital = site.hospital
    with site.app.app_context():
        kind = next(t for t in directory.types(by=SYSTEM) if t.minutes == 15)
        order = make.token_order(
            hospital.kochi,
            hospital.rao,
            kind,
            make.patient("Devi Pillai", "9847088888"),
            make.local(11, day=hospital.day),
        )
        told = booking.book_token(order, by=SYSTEM, now=datetime.now(UTC))
        return f"{site.address}/a/{secret_of(told)}"


def test_is_read_moved_and_cancelled_in_every_language(browser, visit):
    context = browser.new_context(viewport=PHONE, bypass_csp=True)
    page = context.new_page()
    complaints, found = watch(page), {}
    for code, language in patient_words.LANGUAGES.items():
        words = language.words
        for path, said in (("", "cancel"), ("/move", "move_do"), ("/cancel", "back")):
            page.set_viewport_size(PHONE)
            page.goto(f"{visit}{path}?lang={code}")
            expect(page.locator("html")).to_have_attribute("dir", language.dir)
            expect(page.get_by_text(words[said], exact=True)).to_be_visible()
            found[code, path] = serious(page)

    page.set_viewport_size(PHONE)
    page.goto(f"{visit}?lang=ar")
    words = patient_words.LANGUAGES["ar"].words
    page.get_by_role("link", name=words["move"]).click()
    page.get_by_role("radio").nth(1).check()
    page.get_by_label(words["digits"]).fill("8888")
    page.get_by_role("button", name=words["move_do"]).click()
    expect(page.get_by_role("status")).to_contain_text(words["done_moved"])
    # Another place cancels it: the page says so by itself, and no one looked again.
    other = context.new_page()
    other.goto(f"{visit}/cancel?lang=ar")
    other.get_by_label(words["digits"]).fill("8888")
    other.get_by_role("button", name=words["cancel_do"]).click()
    expect(other.get_by_role("status")).to_contain_text(words["done_cancelled"])
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#visit")).to_contain_text(words["is_cancelled"])
    context.close()

    assert {where: issues for where, issues in found.items() if issues} == {}
    assert complaints == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_its_pages_are_few_bytes_in_every_language(browser, visit, script):
    taken = {}
    for code in patient_words.LANGUAGES:
        # Each language on a phone that has kept nothing yet.
        context = browser.new_context(viewport=PHONE, java_script_enabled=script)
        page = context.new_page()
        traffic = Traffic(page)
        for path in ("", "/move", "/cancel", ""):
            page.goto(f"{visit}{path}?lang={code}")
            taken.setdefault(code, []).append(traffic.taken())
        context.close()

    for first, *further in taken.values():
        assert 0 < first <= 60 * 1024
        assert 0 < min(further) <= max(further) <= 20 * 1024


def test_works_without_scripts(browser, visit):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{visit}?lang=en")
    expect(page.locator("noscript meta[http-equiv=refresh]")).to_have_count(1)
    page.get_by_role("link", name="Cancel visit").click()
    page.get_by_label("Last four digits").fill("0000")
    page.get_by_role("button", name="Cancel the visit").click()
    expect(page.get_by_role("alert")).to_contain_text("not the last four digits")
    page.get_by_label("Last four digits").fill("8888")
    page.get_by_role("button", name="Cancel the visit").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile("cancelled"))
    context.close()
