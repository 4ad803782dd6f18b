"""What axe finds on a page at three widths, light and dark, without loading it anew."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.targets import astray, settled

WIDTHS = (360, 768, 1440)

_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
# Each rule says how bad it is to break it: without those that cannot be serious axe has
# a third less to do. And it tells in short what it found: the rest is slow to carry.
_LOOK = """async ([within, only]) => {
  const serious = (rule) => ["serious", "critical"].includes(rule.impact);
  const mild = axe._audit.rules.filter((rule) => !serious(rule));
  const rules = Object.fromEntries(mild.map(({ id }) => [id, { enabled: false }]));
  const which = only ? { runOnly: only } : { rules };
  const kept = { resultTypes: ["violations"], ...which };
  const { violations } = await axe.run(within, kept);
  return violations.filter(serious).flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}"""
# A scheme changes colours, and nothing else that a rule looks at.
_SCHEMES = (("dark", ["color-contrast"]), ("light", None))


def serious(
    page: Page,
    *also: Callable[[Page], list[str]],
    fits: bool = True,
    within: str = "body",
    once: bool = False,
) -> list[str]:
    """
    Name what is wrong with a page; `also` looks for more at each width.

    With `fits` it may not be wider than the screen. `within` looks at one part, as at
    what lies over the rest. With `once` only a phone in the light is looked at, as of
    a page that was seen whole in other words. Leaves the page wide and light.
    """
    settled(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    height = (page.viewport_size or {"height": 900})["height"]
    found = astray(page)
    for width in WIDTHS[:1] if once else WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        for scheme, rules in _SCHEMES[-1:] if once else _SCHEMES:
            # Without motion: a colour on its way to the other is no colour of ours.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            issues: list[str] = page.evaluate(_LOOK, [within, rules])
            found += [f"{width} {scheme} {each}" for each in issues]
        found += [f"{width} {each}" for look in also for each in look(page)]
        if fits and (wide := page.evaluate("document.documentElement.scrollWidth")) > (
            width
        ):
            found.append(f"{width} is {wide} wide")
    return found
