"""What axe finds on a page at three widths, light and dark, without loading it anew."""

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page

WIDTHS = (360, 768, 1440)
SERIOUS = {"serious", "critical"}

_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
_ALL = {"resultTypes": ["violations"]}
# A scheme changes colours, and nothing else that a rule looks at.
_COLOURS = _ALL | {"runOnly": ["color-contrast"]}
_SCHEMES = (("dark", _COLOURS), ("light", _ALL))


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
    page.evaluate(_AXE)
    height = (page.viewport_size or {"height": 900})["height"]
    found = []
    for width in WIDTHS[:1] if once else WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        for scheme, rules in _SCHEMES[-1:] if once else _SCHEMES:
            # Without motion: a colour on its way to the other is no colour of ours.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [
                f"{width} {scheme} {each}" for each in _issues(page, within, rules)
            ]
        found += [f"{width} {each}" for look in also for each in look(page)]
        if fits and (wide := page.evaluate("document.documentElement.scrollWidth")) > (
            width
        ):
            found.append(f"{width} is {wide} wide")
    return found


def _issues(page: Page, within: str, rules: dict[str, object]) -> Iterator[str]:
    found = page.evaluate("(look) => axe.run(...look)", [within, rules])
    for issue in found["violations"]:
        if issue["impact"] in SERIOUS:
            for node in issue["nodes"]:
                yield f"{issue['id']}: {node['html'][:200]}"
