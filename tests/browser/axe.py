"""What axe finds on a page at three widths, light and dark, without loading it anew."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from tests.browser.targets import astray, settled, small

WIDTHS = (360, 768, 1440)

_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
# Each rule says how bad it is to break it: without those that cannot be serious axe has
# a third less to do. And it tells in short what it found: the rest is slow to carry.
_LOOK = """async ([within, only]) => {
  const serious = (rule) => ["serious", "critical"].includes(rule.impact);
  const mild = axe._audit.rules.filter((rule) => !serious(rule));
  const rules = Object.fromEntries(mild.map(({ id }) => [id, { enabled: false }]));
  // Not among what axe looks for by itself: what is pressed lies over nothing pressed.
  rules["target-size"] = { enabled: true };
  const which = only ? { runOnly: only } : { rules };
  const kept = { resultTypes: ["violations"], ...which };
  const { violations } = await axe.run(within, kept);
  return violations.filter(serious).flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}"""
Schemes = Sequence[tuple[Literal["dark", "light"], list[str] | None]]
# A scheme changes colours, and nothing else that a rule looks at.
_SCHEMES: Schemes = (("dark", ["color-contrast"]), ("light", None))
# What is folded in is folded out; of what lies over the page, one at a time.
_UNFOLD = """() => {
  const folded = [...document.querySelectorAll("details:not([open])")];
  const [first, ...further] = folded.filter((e) => e.matches(".pop"));
  const out = folded.filter((e) => !further.includes(e) && e.checkVisibility());
  for (const each of out) each.open = each.dataset.unfolded = true;
  return out.length > 0;
}"""
_FOLD = """() => {
  for (const each of document.querySelectorAll("[data-unfolded]")) {
    each.open = false;
    delete each.dataset.unfolded;
  }
}"""
_UNFOLDED = "[data-unfolded] > :not(summary)"


def serious(
    page: Page,
    *also: Callable[[Page], list[str]],
    fits: bool = True,
    within: str = "body",
    once: bool = False,
) -> list[str]:
    """
    Name what is wrong with a page; `also` looks for more at each width.

    What can be pressed must be large enough. With `fits` the page may not be wider
    than the screen. `within` looks at one part, as at what lies over the rest. With
    `once` only a phone in the light is looked at, as of a page that was seen whole in
    other words. Leaves the page wide and light.
    """
    settled(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    height = (page.viewport_size or {"height": 900})["height"]
    found = astray(page)
    for width in WIDTHS[:1] if once else WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        schemes = _SCHEMES[-1:] if once else _SCHEMES
        told = _looked(page, within, schemes)
        told += [each for look in (small, *also) for each in look(page)]
        if fits and (wide := page.evaluate("document.documentElement.scrollWidth")) > (
            width
        ):
            told.append(f"is {wide} wide")
        if page.evaluate(_UNFOLD):
            told += [f"folded out {each}" for each in small(page)]
            told += _looked(page, _UNFOLDED, schemes)
            page.evaluate(_FOLD)
        found += [f"{width} {each}" for each in told]
    return found


def _looked(page: Page, within: str, schemes: Schemes) -> list[str]:
    found = []
    for scheme, rules in schemes:
        # Without motion: a colour on its way to the other is no colour of ours.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        issues: list[str] = page.evaluate(_LOOK, [within, rules])
        found += [f"{scheme} {each}" for each in issues]
    return found
