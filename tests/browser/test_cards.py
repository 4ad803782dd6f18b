"""Tables on a phone: a card for each row, and nothing that scrolls sideways."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import coming

pytestmark = pytest.mark.browser

# Which head a cell stands behind.
HEAD = "cell => getComputedStyle(cell, '::before').content"
SCROLLS = "box => box.scrollWidth > box.clientWidth"


@pytest.mark.parametrize("script", [True, False], ids=["with", "without"])
def test_a_supervisor_reads_each_queue_on_a_phone(kept, site, script):
    hall = site.hospital.hall
    with coming(kept[script], site, hall.clerk) as page:
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(f"{site.address}/supervise/{hall.place.slug}")
        row = page.locator("table.cards tbody tr").first
        expect(row.get_by_role("link")).to_be_visible()

        heads = [cell.evaluate(HEAD) for cell in row.locator("td").all()]

        named = page.locator("thead th").all_text_contents()[1:]
        assert heads == [f'"{name}"' for name in named]
        assert not page.locator(".panel.scroll").evaluate(SCROLLS)
        widest = max(cell.bounding_box()["width"] for cell in row.locator("td").all())
        assert widest <= 360
        page.set_viewport_size({"width": 1280, "height": 720})
        expect(page.locator("thead th").first).to_be_visible()
        assert row.locator("td").first.evaluate(HEAD) == "none"
