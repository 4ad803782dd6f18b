"""How many keys it takes at the desk, counted; and how its pages look and are read."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.sync_api import expect

from app.core.actor import SYSTEM
from app.queues import queries
from tests.browser.axe import serious
from tests.browser.conftest import sign_in, watch

pytestmark = pytest.mark.browser

PHONE = "9847012345"


class Keyboard:
    """Hands on a keyboard, which count every key they press."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def count(self):
        """Give how many keys it took, and begin anew."""
        pressed, self.pressed = self.pressed, 0
        return pressed


@pytest.fixture
def desk(browser, site):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    # What the printer's own dialog asks is not ours; here it is closed at once.
    page.add_init_script("window.print = () => {}")
    complaints = watch(page)
    sign_in(page, site)
    yield page
    context.close()
    assert complaints == []


def test_the_keys_it_takes_are_within_their_budget(desk, site):
    keys = Keyboard(desk)
    desk.goto(site.calendar())

    keys.press("w")
    expect(desk.locator("#arrival")).to_be_focused()
    keys.press(*PHONE)
    keys.press("Enter")
    choice = desk.get_by_role("radio", name=re.compile("Asha Nair"))
    expect(choice).to_be_focused()
    keys.press("Enter")
    _print(desk, keys)
    assert keys.count() <= 20

    keys.press(*"Ravi", "Enter")
    expect(desk.get_by_role("radio", name=re.compile("Somebody new"))).to_be_focused()
    keys.press("Enter")
    _print(desk, keys)
    # And one more for who is not on that page yet.
    assert keys.count() + 1 <= 14

    keys.press("/")
    expect(desk.locator("#arrival")).to_be_focused()
    desk.locator("#arrival").blur()
    desk.keyboard.press("q")
    desk.get_by_role("link", name=re.compile("^Dr ")).first.click()
    first = desk.locator("tr.is-next .token").inner_text()
    more = desk.locator("tr.is-next summary").first
    more.press("Enter")
    expect(desk.get_by_role("button", name=re.compile("^Set aside"))).to_be_visible()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(desk.get_by_role("button", name=re.compile("^Set aside"))).to_be_hidden()
    keys.count()

    keys.press("n")
    expect(desk.locator(".serving .big")).to_have_text(first)
    assert keys.count() == 1
    keys.press("r")
    expect(desk.locator(".serving")).to_contain_text("2 times")
    assert keys.count() == 1


def test_what_is_left_is_told_of_who_is_chosen(desk, site):
    desk.goto(f"{site.address}/arrivals/kochi?q=Unknown&with=rao")
    left = desk.locator("#places")
    expect(left).to_contain_text("Dr Vivek Rao: As many as come")
    expect(left).to_contain_text("counts toward the daily limit")

    desk.get_by_label("With", exact=True).select_option(label="Dr Mohan Das")

    expect(left).to_contain_text("Dr Mohan Das: As many as come")
    expect(desk).to_have_url(re.compile("with=rao"))


def _print(desk, keys):
    """Print the slip and say that it came out, from where the focus stands."""
    printing = desk.get_by_role("button", name="Print", exact=False)
    expect(printing).to_be_focused()
    keys.press("Enter")
    expect(desk.get_by_role("button", name="It came out")).to_be_focused()
    keys.press("Enter")
    expect(desk.get_by_role("status")).to_contain_text("is printed")
    expect(desk.locator("#arrival")).to_be_focused()


def test_a_slip_is_one_page_of_its_paper(browser, site):
    page = browser.new_page()
    sign_in(page, site)
    slip = _let_in(page, site).split("?")[0]
    papers = {}
    for size in ("80", "a5"):
        page.goto(f"{site.address}{slip}?size={size}")
        printed = page.pdf(prefer_css_page_size=True)
        found = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
        # Points, in millimetres.
        papers[size] = [tuple(round(float(n) * 0.3528) for n in box) for box in found]
    page.close()

    assert papers == {"80": [(80, 160)], "a5": [(148, 210)]}


def test_the_pages_of_who_comes_fit_and_axe_finds_nothing_serious(browser, site):
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    sign_in(page, site)
    slip = _let_in(page, site)
    found = {}
    for name, address in {
        "arrivals": f"/arrivals/kochi?q={PHONE}",
        "slip": slip,
        "entrance": "/arrivals/kochi/sign",
        "arrive": "/arrive/kochi?lang=ml",
        "status": _status_of(site, slip),
    }.items():
        page.goto(f"{site.address}{address}")
        found[name] = serious(page)
    context.close()

    assert {name: issues for name, issues in found.items() if issues} == {}


def _status_of(site, slip):
    """Give the path of the status that a slip's code opens."""
    entry = UUID(re.search(r"[0-9a-f-]{36}", slip)[0])
    with site.app.app_context():
        told = queries.slip(entry, by=SYSTEM, now=datetime.now(UTC))
    return f"/a/{told.secret}?lang=hi"


def _let_in(page, site):
    """Let somebody unknown walk in, and give the path of their slip."""
    page.goto(f"{site.address}/arrivals/kochi?q=Unknown")
    page.get_by_role("button", name="They are here").click()
    page.wait_for_url("**/slip/**")
    return page.url.removeprefix(site.address)
