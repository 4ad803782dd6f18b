"""Whether a page can be pressed and read: thumbs, links, its width."""

from playwright.sync_api import Page

_SMALL = """() =>
  [...document.querySelectorAll("main a, main button, main input, main select")]
    .filter((e) => e.type !== "hidden" && e.offsetParent)
    .filter((e) => !e.closest(".vh, label"))
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.height < 23.5 || box.width < 23.5)
    .map(([e, box]) => `${box.width} x ${box.height} ${e.outerHTML.slice(0, 120)}`)
"""


def settled(page: Page) -> None:
    """
    Wait until a page has its style sheets.

    After a click what stands on the next page can be found and measured before they
    are there, and is then as small as bare text.
    """
    page.wait_for_load_state("load")


def small(page: Page) -> list[str]:
    """Name what can be pressed and is lower or narrower than 24 pixels."""
    settled(page)
    found: list[str] = page.evaluate(_SMALL)
    return found


def wide(page: Page) -> list[str]:
    """Tell when the page itself scrolls sideways."""
    settled(page)
    over = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"{over} px too wide"] if over > 0 else []


def sideways(page: Page) -> list[str]:
    """Name the parts of a page that scroll sideways within it."""
    settled(page)
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main .scroll")]
             .filter((e) => e.scrollWidth > e.clientWidth)
             .map((e) => `${e.ariaLabel}: ${e.scrollWidth} in ${e.clientWidth}`)"""
    )
    return found


def astray(page: Page) -> list[str]:
    """Name the links to a place on their own page that is not there."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')]
             .filter((e) => e.offsetParent && e.hash.length > 1)
             .filter((e) => !document.getElementById(e.hash.slice(1)))
             .map((e) => `leads nowhere: ${e.outerHTML}`)"""
    )
    return found
