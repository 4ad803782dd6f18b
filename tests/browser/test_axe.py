"""Axe itself: what is wrong with a page is found, or no page would ever be wrong."""

import pytest

from tests.browser.axe import serious

pytestmark = pytest.mark.browser

# Pale only where it is dark, and nameless only where it is narrow.
WRONG = """<!doctype html><html lang="en"><title>Wrong</title>
<style>
  body { background: white; color: black }
  button { display: none }
  @media (prefers-color-scheme: dark) { p { color: #ddd } }
  @media (width < 500px) { button { display: block } }
</style>
<main><h1>Wrong</h1><p>Pale</p><button></button></main>"""


def test_each_width_and_scheme_is_looked_at_by_every_rule_that_can_be_serious(browser):
    page = browser.new_page()
    page.set_content(WRONG)

    found = serious(page)

    assert found == [
        "360 dark color-contrast: <p>Pale</p>",
        "360 light button-name: <button></button>",
        "768 dark color-contrast: <p>Pale</p>",
        "1440 dark color-contrast: <p>Pale</p>",
    ]
    page.close()


def test_the_rules_left_out_are_those_that_cannot_be_serious(browser):
    page = browser.new_page()
    page.set_content(WRONG)
    serious(page)

    told = page.evaluate("axe._audit.rules.map(({ impact }) => impact)")

    assert set(told) == {"minor", "moderate", "serious", "critical"}
    page.close()
