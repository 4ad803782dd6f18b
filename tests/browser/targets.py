"""Whether a page can be pressed and read: thumbs, links, its width."""

from playwright.sync_api import Page

# A box ticked by its label is as large as the label; a link within a sentence is as
# high as its line. Nothing else may be smaller than a fingertip, wherever it stands.
_SMALL = """() => {
  const what = "a[href], button, input, select, textarea, summary, [role=button]";
  const shown = (e) => e.checkVisibility({ visibilityProperty: true });
  const fits = (e) => {
    const { width, height } = e.getBoundingClientRect();
    return width > 23.9 && height > 23.9;
  };
  const inline = (e) => getComputedStyle(e).display === "inline";
  const said = (text) =>
    /[\\p{L}\\p{N}]/u.test(text.data) && !text.parentElement.closest(`.vh, ${what}`);
  const inSentence = (e) => {
    if (!inline(e)) return false;
    let around = e.parentElement;
    while (inline(around)) around = around.parentElement;
    const words = document.createTreeWalker(around, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) if (said(words.currentNode)) return true;
    return false;
  };
  const pressed = (e) =>
    [e, ...(/^(checkbox|radio|file)$/.test(e.type) ? e.labels : [])].filter(shown);
  return [...document.querySelectorAll(what)]
    .filter((e) => e.type !== "hidden" && !e.disabled)
    // What no pointer and no Tab reaches is there for scripts, and for Enter.
    .filter((e) => !e.matches(".vh[tabindex='-1'][aria-hidden]"))
    .map((e) => [e, pressed(e)])
    .filter(([e, parts]) => parts.length && !parts.some(fits) && !inSentence(e))
    .map(([e, parts]) => [e, parts.at(-1).getBoundingClientRect()])
    .map(([e, { width, height }]) =>
      `${width.toFixed(1)} x ${height.toFixed(1)} ${e.outerHTML.slice(0, 120)}`);
}"""


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
