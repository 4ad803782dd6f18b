"""
Every page there is, by the access table, light and dark, at three widths.

A route has a row there, or another test fails: no page is forgotten.
"""

import pytest
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from app.accounts import outbox_queries
from app.core import clock
from tests.browser import house as houses
from tests.browser.axe import WIDTHS, serious
from tests.browser.targets import small, wide
from tests.doors import people
from tests.doors.access import Answer, Person
from tests.doors.routes import ROUTES
from tests.doors.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.long]

# What is no page, or not to be seen in this house; else each row is one.
NO_PAGE = {
    "api_docs.document": "for machines",
    "approvals.count": "a part of a page, asked for alone",
    "notices.count": "a part of a page, asked for alone",
    "board.clip": "a sound",
    "booking_online.colour": "a style sheet",
    "booking_person.calendar": "a file",
    "branding.logo": "a picture",
    "health.healthz": "for machines",
    "health.readyz": "for machines",
    "reports.csv": "a file",
    "setting_links.code": "a picture",
    "static": "files",
    "status.calendar": "a file",
}
LEADS_ON = {
    "calendar.home": "to the calendar of a facility",
    "home.index": "to the calendar",
    "leave.work": "to the leave when its work is done",
    "old_status.moved": "to where it is now",
    "proving.code": "to the phone; test_public_booking_page types a code",
    "reports.index": "to the first report",
}
ELSEWHERE = {
    "beckn_form.show": "no network here; test_demo_network",
    "booking_guardian.ask": "for who is young: below",
    "network.index": "no network here; test_network_page",
    "network.one": "no network here; test_network_page",
    "network.proofs": "no network here; test_network_page",
    "network.show": "no network here; test_network_page",
    "stopping.show": "known to its secret; test_consent_pages",
}
PAGES = [
    row
    for row in ROUTES
    if row.method == "GET"
    and not row.bearer
    and row.endpoint not in {*NO_PAGE, *LEADS_ON, *ELSEWHERE}
]
# What says much of the same sort is measured whole; axe, which would take a minute,
# looks at the first of each sort.
OF_THE_SAME_SORT = {"api_docs.page": "article:not(:first-of-type)"}
# The same routes with more to see.
ALSO = (
    "/calendar/kochi?kind=all",
    "/calendar/kochi?view=month",
    "/calendar/kochi?week=rao",
    "/calendar/kochi?day=2020-01-01",
    f"/calendar/{houses.BRIEF}",
    f"/calendar/{houses.BRIEF}?week=five",
    "/patients/kochi?q=Nobody",
    "/schedules/kochi/of/rao?week=2026-03-02",
    "/setup/at/kochi/policy/all",
)


@pytest.fixture(scope="module")
def house(worker):
    with houses.opened(worker) as opened:
        yield opened


@pytest.fixture(scope="module")
def admin(browser, house):
    """Give a page to who may see all."""
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(f"{house.base}/sign-in")
    page.get_by_label("User name").fill(house.world.admin.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/calendar/**")
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def patient(browser, house):
    """Give a page to who has not signed in, but has said whose the phone is."""
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(house.base + house.address(_row("proving.phone")))
    page.get_by_label("Phone number").fill("98470 77001")
    page.keyboard.press("Enter")
    page.get_by_label("Six digits").wait_for()
    with house.app.app_context():
        code = outbox_queries.codes(now=clock.now())[0].code
    page.get_by_label("Six digits").fill(code)
    page.get_by_label("Know this phone").check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in**")
    yield page
    page.context.close()


def _row(endpoint):
    return next(row for row in ROUTES if row.endpoint == endpoint)


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.endpoint)
def test_a_page_has_nothing_serious(house, admin, patient, row):
    everybodys = row.answers[Person.ANONYMOUS] is Answer.OPEN
    further = OF_THE_SAME_SORT.get(row.endpoint, "")

    page = patient if everybodys else admin
    assert _seen(page, house.base + house.address(row), further=further) == []


@pytest.mark.parametrize("address", ALSO)
def test_neither_has_it_with_more_to_see(house, admin, address):
    assert _seen(admin, house.base + address) == []


def test_nor_a_page_that_is_not_there(house, admin):
    assert _seen(admin, f"{house.base}/no-such-page", status=404) == []


def test_nor_the_page_for_who_comes_with_a_child(browser, house):
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(house.base + house.address(_row("booking_online.time")))
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Continue").click()
    page.locator("#f-name").fill("Diya")
    page.locator("#f-born").fill("5")
    page.locator("#f-phone").fill("98470 77002")
    page.get_by_label("Female", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/guardian**")

    assert serious(page) == []
    page.context.close()


def _seen(page: Page, address: str, status: int = 200, further: str = "") -> list[str]:
    """Name what is wrong with the page of an address, and that it is another."""
    answer = page.goto(address)
    assert answer
    if (answer.status, answer.url.split("#")[0]) != (status, address):
        return [f"leads to {answer.url}: {answer.status}"]
    found = []
    if further:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{width} {each}" for each in small(page) + wide(page)]
        page.evaluate(
            "what => document.querySelectorAll(what).forEach(e => e.replaceChildren())",
            further,
        )
    return found + serious(page)


def test_what_is_left_out_is_no_page_or_leads_elsewhere(house):
    with house.app.app_context():
        admin = people.signed_in(house.app, house.world.admin)
        left_out = {*NO_PAGE, *LEADS_ON, *ELSEWHERE}
        rows = [row for row in ROUTES if row.endpoint in left_out]
        pages = [row.endpoint for row in rows if _page(admin.get(house.address(row)))]

    assert {row.endpoint for row in rows if row.method == "GET"} == left_out
    assert pages == []


def _page(answer: TestResponse) -> bool:
    return answer.status_code == 200 and b"<!doctype" in answer.data.lower()
