"""What looks at pages: what is wrong is found, or no page would ever be wrong."""

import re

import pytest

from tests.browser.axe import serious

pytestmark = pytest.mark.browser

# Pale only where it is dark, and nameless only where it is narrow.
WRONG = """<!doctype html><html lang="en"><title>Wrong</title>
<style>
  body { background: white; color: black }
  button { display: none; inline-size: 24px; block-size: 24px }
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


# Twelve pixels high is what stands alone; so is what is folded in.
LOW = """<!doctype html><html lang="en"><title>Low</title>
<style>
  body { font: 10px/12px sans-serif; background: white; color: black }
  label { display: flex } .tall { min-block-size: 24px }
  .vh { position: absolute; inline-size: 1px; overflow: hidden }
</style>
<main>
  <h1>Low</h1>
  <p>A <a id="sentence" href="/">word</a> in a sentence</p>
  <p><a id="alone" href="/">A link that stands alone</a></p>
  <label class="tall"><input id="tall" type="checkbox">A label that is tall</label>
  <label><input id="label" type="radio">A label that is not</label>
  <label for="field">A label of a field</label> <input id="field" class="tall">
  <button id="off" disabled>Off</button>
  <button id="enter" class="vh" tabindex="-1" aria-hidden="true">Enter</button>
  <details id="fold"><summary id="summary">More</summary>
    <p><a id="folded" href="/">A link that was folded in</a></p></details>
</main>"""


def test_what_is_pressed_is_large_enough_or_named(browser):
    page = browser.new_page()
    page.set_content(LOW)

    found = [each for each in serious(page, once=True) if "x 1" in each]

    low = {re.search(r'id="(\w+)"', each)[1] for each in found}
    assert low == {"alone", "label", "summary", "folded"}
    assert not page.locator("#fold").evaluate("e => e.open")
    page.close()
