"""The menu: no part of the house is cut off, whoever looks and however wide it is."""

import pytest

from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser

# Both sides of each width at which the head of the page changes.
WIDTHS = (640, 768, 1000, 1024, 1025, 1200, 1280, 1344, 1345, 1440, 1600, 1601)

_HIDDEN = """() =>
  [...document.querySelectorAll(".top a, .top button, .top input")]
    .filter((e) => e.type !== "hidden" && e.offsetParent)
    .filter((e) => {
      const box = e.getBoundingClientRect();
      const seen = document.elementFromPoint(box.left + box.width / 2,
                                             box.top + box.height / 2);
      const head = e.closest(".top").getBoundingClientRect();
      const inside = box.left >= 0 && box.right <= innerWidth
        && box.top >= head.top && box.bottom <= head.bottom;
      return !inside || !(e.contains(seen) || seen?.contains(e));
    })
    .map((e) => e.textContent.trim() || e.name)
"""


@pytest.mark.parametrize("who", ["desk", "keeper"])
def test_every_part_of_it_is_in_sight(browser, site, who):
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, site, "" if who == "desk" else site.hospital.keeper.username)
    cut = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 700})
        for address in (f"{site.address}/keys/", site.calendar()):
            page.goto(address)
            cut[width, address] = page.evaluate(_HIDDEN)
    parts = page.locator(".nav > a").count()
    context.close()

    assert parts >= (8 if who == "desk" else 10)
    assert not any(cut.values()), cut
