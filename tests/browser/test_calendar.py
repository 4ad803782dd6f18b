"""Dragging, what another desk changes, months, columns, approvals, on a real page."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import coming, sign_in

pytestmark = pytest.mark.browser

AN_HOUR = 12


@pytest.fixture
def desk(kept, site):
    with coming(kept[True], site) as page:
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(f"{site.calendar()}&kind=practitioner")
        yield page


def visit(page: Page, name: str) -> Locator:
    mohan = page.get_by_role("region", name="Dr Mohan Das")
    return mohan.locator(".visit", has_text=name)


def drag(page: Page, thing: Locator, rows: int, *, edge: bool = False) -> None:
    """Take a visit, or its lower edge, so many rows of five minutes further."""
    thing.scroll_into_view_if_needed()
    row = page.evaluate(
        "document.querySelector('.cal-col .cal-items').offsetHeight"
        " / getComputedStyle(document.querySelector('.cal-items'))"
        ".getPropertyValue('--rows')"
    )
    box = thing.bounding_box()
    assert box
    x, y = box["x"] + 40, box["y"] + (box["height"] - 2 if edge else 6)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 10)
    page.mouse.move(x, y + rows * row, steps=4)


def test_a_visit_is_moved_by_dragging(desk):
    drag(desk, visit(desk, "Devi Pillai"), 2 * AN_HOUR)
    expect(visit(desk, "Devi Pillai")).to_have_attribute(
        "data-told", re.compile("^11:00")
    )
    desk.mouse.up()

    expect(desk.get_by_role("status").first).to_contain_text("Moved")
    expect(desk.locator(".ticket")).to_contain_text("11:00")
    expect(visit(desk, "Devi Pillai").locator(".vh").last).to_contain_text("11:00")


def test_a_drop_on_somebody_is_answered_in_place_with_other_times(desk):
    place = visit(desk, "Rafiq Ahmed").locator("..")
    before = place.get_attribute("class")
    drag(desk, visit(desk, "Rafiq Ahmed"), -4 * AN_HOUR)
    desk.mouse.up()

    refusal = desk.locator("#refusal")
    expect(refusal).to_contain_text("Kamala Nambiar has Dr Mohan Das")
    expect(desk.get_by_label("Time", exact=True)).to_have_value("10:00")
    picks = desk.get_by_role("group", name=re.compile("Nearest free"))
    expect(picks.get_by_role("radio")).to_have_count(3)
    expect(place).to_have_attribute("class", before)


def test_the_lower_edge_makes_a_visit_longer(desk):
    drag(desk, visit(desk, "Suma Thomas"), 6, edge=True)
    desk.mouse.up()

    expect(desk.locator(".ticket")).to_contain_text(re.compile("12:00.12:45"))


def test_in_a_week_a_visit_is_dragged_to_another_day_by_the_clock_on_the_wall(
    desk, site
):
    day = site.hospital.day
    desk.goto(f"{site.address}/calendar/kochi?week=mohan&day={day.isoformat()}")
    thing = desk.locator(".visit", has_text="Omana Kurup")
    # On a Sunday no day of the week is ahead: the time alone changes.
    to = day if day.weekday() == 6 else day + timedelta(days=1)
    column = desk.locator(".cal-col").nth(to.weekday()).bounding_box()
    drag(desk, thing, 6)
    box = thing.bounding_box()
    desk.mouse.move(column["x"] + column["width"] / 2, box["y"] + 6, steps=3)
    expect(thing).to_have_attribute("data-told", re.compile("^15:30"))
    desk.mouse.up()

    expect(desk.locator(".ticket")).to_contain_text("15:30")
    expect(desk.locator(".ticket")).to_contain_text(f"{to.day} {to:%b}")


def test_escape_lets_go_and_nothing_is_moved(desk):
    sent = []
    desk.on("request", lambda request: sent.append(request.method))
    place = visit(desk, "Rafiq Ahmed").locator("..")
    before = place.get_attribute("class")
    drag(desk, visit(desk, "Rafiq Ahmed"), AN_HOUR)
    expect(place).not_to_have_attribute("class", before)

    desk.keyboard.press("Escape")
    desk.mouse.up()

    expect(visit(desk, "Rafiq Ahmed")).not_to_have_attribute(
        "data-told", re.compile(".")
    )
    expect(place).to_have_attribute("class", before)
    assert "POST" not in sent


def test_another_desks_change_appears_and_what_is_open_here_stays(desk, browser, site):
    desk.locator("#book").click()
    note = desk.get_by_label(re.compile("^Note"))
    note.fill("Half a sente")
    other = browser.new_page()
    sign_in(other, site)
    other.goto(site.calendar())
    visit(other, "Kamala Nambiar").click()
    other.get_by_role("link", name="Move", exact=True).click()
    other.get_by_label("Time", exact=True).fill("15:00")
    other.get_by_role("button", name="Move it").click()
    expect(other.get_by_role("status").first).to_contain_text("Moved")

    expect(visit(desk, "Kamala Nambiar").locator(".vh").last).to_contain_text("15:00")
    expect(note).to_have_value("Half a sente")
    expect(note).to_be_focused()
    other.get_by_role("link", name="Move", exact=True).click()
    other.get_by_label("Time", exact=True).fill("10:00")
    other.get_by_role("button", name="Move it").click()
    expect(visit(desk, "Kamala Nambiar").locator(".vh").last).to_contain_text("10:00")
    other.close()


def test_says_when_it_is_not_live_and_when_it_is_again(browser, site):
    desk = browser.new_page()
    sign_in(desk, site)
    desk.goto(site.calendar())
    desk.route("**/calendar/kochi?*", lambda route: route.abort())
    expect(desk.locator(".stale").first).to_be_visible()

    desk.unroute("**/calendar/kochi?*")

    expect(desk.locator(".stale").first).to_be_hidden()
    desk.close()


def test_a_month_leads_to_its_days(page, site):
    page.goto(f"{site.calendar()}&view=month")

    page.get_by_role("link", name=re.compile("tokens left")).last.click()

    expect(page.get_by_role("region", name="Dr Vivek Rao")).to_be_visible()


def test_columns_are_chosen_and_come_back(page, site):
    page.goto(site.calendar())
    page.get_by_role("link", name="Columns").click()
    page.get_by_role("checkbox", name="Theatre 1").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("region", name="Theatre 1")).to_be_visible()
    expect(page.get_by_role("region", name="Dr Vivek Rao")).to_have_count(0)

    page.goto(f"{site.address}/calendar/kochi/columns")
    page.get_by_role("button", name="The usual again").click()

    expect(page.get_by_role("region", name="Dr Vivek Rao")).to_be_visible()


def test_the_day_list_is_a_page_of_its_own_for_paper(page, site):
    page.goto(site.calendar())
    page.get_by_role("link", name="Print the day").click()

    expect(page.get_by_role("region", name=re.compile("Dr Mohan Das"))).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_have_count(0)
    page.emulate_media(media="screen")


def test_a_request_is_offered_another_time_and_booked_on_their_yes(page, site):
    scripted = page.locator("html.has-js").count() == 1
    name = "Tara Script" if scripted else "Tara Plain"
    page.context.clear_cookies()
    sign_in(page, site, site.hospital.keeper.username)
    page.goto(f"{site.address}/approvals/")
    request = page.get_by_role("article", name=re.compile(name))
    request.get_by_role("link", name=re.compile("Offer another time")).click()
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="Offer it").click()
    expect(page.get_by_role("status").first).to_contain_text("Offered")

    request.get_by_role("button", name=re.compile("They say yes")).click()

    expect(page.get_by_role("status").first).to_contain_text("Booked")
    expect(request).to_have_count(0)
