"""Pictures of the demo network, beside those of the demo hospital.

That one lives on next Tuesday, and takes this process there; the house of the network
runs in processes of its own, today, and believes no signature of next Tuesday.
"""

import re

import pytest

from network import __main__ as network
from tests.browser.gallery import Visitor
from tests.browser.screens import WANTED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not WANTED, reason="pictures are taken with BAARI_SCREENS=1"),
]


def test_who_books_through_the_network(browser, tmp_path):
    with network.opened(tmp_path / "home") as town:
        network.joined(town)
        buyer = Visitor(browser, town.page)
        page = buyer.go("/")
        page.get_by_label("Department").fill("Paediatrics")
        page.get_by_role("button", name="Ask the network").click()
        page.get_by_role("heading", name="Choose a time").wait_for()
        buyer.see("buyer-times", main=True)
        page.get_by_role("button", name=re.compile("^10:00")).click()
        page.get_by_label("Name of the patient").fill("Devi Pillai")
        page.get_by_label("Phone number").fill("98470 12399")
        page.get_by_role("button", name="Keep this place").click()
        page.get_by_role("button", name="Book it").click()
        page.get_by_role("link", name="Follow it at the clinic").wait_for()
        page.locator("details", has_text="on_confirm").locator("summary").click()
        page.evaluate("scrollTo(0, 0)")
        buyer.see("buyer-visit", main=True)
        there = page.get_by_role("link", name="Follow it").get_attribute("href") or ""
        page.goto(f"{there.partition('?')[0]}/join")
        buyer.see("visit-join")
        assert [each for each in buyer.found.values() if each] == []
        buyer.close()
