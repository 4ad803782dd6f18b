"""What a message says is seen as it is typed, or by a button without a script."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_words_are_seen_mended_and_kept(keeper, site):
    live = keeper.locator("html.has-js").count() > 0
    keeper.goto(f"{site.address}/setup/at/kochi/texts?channel=email")
    mine = re.compile("Usual words.*Doctor late, English")
    keeper.get_by_role("link", name=mine).click()
    # Before its script is there, what is typed is heard by nobody.
    keeper.wait_for_load_state("load")
    written, seen = keeper.get_by_label("Text"), keeper.locator("#preview")

    def look(words: str) -> None:
        written.fill(words)
        if not live:
            keeper.get_by_role("button", name="Preview").click()

    look("Late: {{ minutes }} {{ phone }}")
    expect(seen).to_contain_text("Line 1: there is no “phone”")
    look("Late by {{ minutes }} min")
    expect(seen).to_contain_text("Late by 20 min")
    expect(written).to_have_value("Late by {{ minutes }} min")

    keeper.get_by_role("button", name="Keep these words").click()
    expect(keeper.get_by_role("status")).to_contain_text("said so from now on")
    keeper.get_by_role("button", name="Back to the usual words").click()
    expect(keeper.get_by_role("status")).to_contain_text("usual words are said again")
