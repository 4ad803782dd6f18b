"""What needs eyes on the calendar: its signs without colours, and its sheets of A4."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import coming

pytestmark = pytest.mark.browser

# The letter that each family of types has, as the style sheet draws it.
LETTERS = """(selector) => [...document.querySelectorAll(selector)].map((each) => [
  [...each.classList].find((name) => name.startsWith("type-")),
  getComputedStyle(each, "::before").content.match(/^"(.)"/)?.[1],
])"""
A4 = (210, 297)


@pytest.fixture
def desk(kept, site):
    with coming(kept[True], site) as page:
        yield page


def test_a_family_of_types_has_one_letter_in_the_legend_and_on_its_visits(desk, site):
    desk.goto(f"{site.calendar()}&kind=all")
    legend = dict(desk.evaluate(LETTERS, ".legend .swatch[class*='type-']"))
    visits = {tuple(each) for each in desk.evaluate(LETTERS, ".visit")}

    assert sorted(legend.values()) == ["F", "N", "P", "V"]
    assert len(visits) > 1
    assert visits <= set(legend.items())


def printed(page):
    """Print a page, and give the size of each sheet in millimetres."""
    paper = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    return [tuple(round(float(points) * 0.3528) for points in box) for box in boxes]


def test_a_day_is_printed_on_a4_and_each_doctor_begins_a_sheet(desk, site):
    desk.goto(f"{site.calendar()}&kind=practitioner")
    desk.get_by_role("link", name="Print the day").click()
    doctors = desk.locator(".sheet").count()
    assert doctors > 2

    assert printed(desk) == [A4] * doctors

    # Whose day is longer takes more sheets, and nobody else begins on their last.
    sheets = desk.locator(".sheet")
    sheets.evaluate_all(
        "sheets => { for (const list of sheets.map((s) => s.querySelector('tbody')))"
        " while (list && list.rows.length < 40)"
        " list.append(list.rows[0].cloneNode(true)) }"
    )
    whole, alone = printed(desk), []
    for at in range(doctors):
        sheets.evaluate_all(
            f"sheets => sheets.forEach((sheet, at) => sheet.hidden = at !== {at})"
        )
        alone.append(len(printed(desk)))
    assert max(alone) > 1
    assert whole == [A4] * sum(alone)


def test_one_doctors_day_is_a_sheet_of_its_own(desk, site):
    desk.goto(f"{site.address}/calendar/kochi/print?day={site.hospital.day}&with=mohan")
    expect(desk.get_by_role("region", name=re.compile("Dr Mohan Das"))).to_be_visible()

    assert printed(desk) == [A4]
