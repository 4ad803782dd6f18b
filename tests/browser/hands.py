"""Hands that never leave the keyboard, and eyes that look where the focus is."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.targets import settled

# More than any page has; who tabs so often goes round in a circle.
MOST = 900
# Of one field, that Tab comes to one by one.
PARTS = 8


class Hands:
    """Press keys alone; what is to be pressed is sought by Tab, as one does."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to(self, thing: Locator) -> None:
        """Go on by Tab until the focus is there."""
        thing.wait_for()
        for _ in range(MOST):
            if thing.evaluate("e => e === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"no Tab leads to {thing}")

    def on(self, thing: Locator) -> None:
        """Go there and press Enter."""
        self.to(thing)
        self.press("Enter")

    def into(self, thing: Locator, text: str) -> None:
        """Go there and type, in place of what stands there."""
        self.to(thing)
        self.press("Control+a")
        self.type(text)

    def choose(self, thing: Locator, label: str) -> None:
        """Go to a list and type the name of what is wanted, as one does."""
        self.to(thing)
        self.type(label)
        chosen = thing.locator("option:checked")
        expect(chosen).to_have_text(label)


# Everything Tab should come to, in the order of the page: of radios one of the group.
_REACHED = """() => {
  const what = "a[href], button, input, select, textarea, summary, [tabindex]";
  const groups = new Set();
  const first = (e) => {
    if (e.type !== "radio") return true;
    const group = document.getElementsByName(e.name);
    const one = [...group].find((each) => each.checked) || e;
    return one === e && !groups.has(e.name) && groups.add(e.name);
  };
  window.toReach = [...document.querySelectorAll(what)]
    .filter((e) => e.tabIndex >= 0 && !e.disabled && e.type !== "hidden")
    .filter((e) => e.checkVisibility({ visibilityProperty: true }))
    .filter(first);
  window.plain = window.toReach.map((e) => {
    const { outlineStyle, boxShadow } = getComputedStyle(e);
    return [outlineStyle, boxShadow];
  });
  // Tab goes on from here, wherever the page itself had begun.
  const start = document.createElement("span");
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
  return window.toReach.filter((e) => e.tabIndex > 0).map((e) => e.outerHTML);
}"""
# Where the focus is, how it is shown, and whether something lies over all of it.
_WHERE = """() => {
  const now = document.activeElement;
  if (now === document.body) return null;
  const at = window.toReach.indexOf(now);
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(now);
  const lined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const box = now.getBoundingClientRect();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  const on = (share, from, to) => from + (to - from) * share;
  const spots = [0.1, 0.5, 0.9].flatMap((x) =>
    [0.1, 0.5, 0.9].map((y) => [on(x, left, right), on(y, top, bottom)]));
  const over = (x, y) => document.elementFromPoint(x, y);
  const mine = (e) => e && (now.contains(e) || e.contains(now));
  return {
    at,
    told: now.outerHTML.replace(/\\s+/g, " ").slice(0, 100),
    shown: lined || (at >= 0 && boxShadow !== window.plain[at][1]),
    seen: spots.some(([x, y]) => mine(over(x, y))),
  };
}"""
_LEFT = """(reached) => window.toReach
  .filter((e, at) => e.isConnected && !reached.includes(at))
  .map((e) => e.outerHTML.replace(/\\s+/g, " ").slice(0, 100))"""


def swept(page: Page) -> list[str]:
    """Tab through a page once; name what is passed over, unseen, or out of order."""
    settled(page)
    found = [f"jumps the queue: {each}" for each in page.evaluate(_REACHED)]
    reached: list[int] = []
    stays = 0
    for _ in range(MOST):
        page.keyboard.press("Tab")
        where = page.evaluate(_WHERE)
        before = reached[-1] if reached else 0
        if where is None or (reached and where["at"] == 0 and before > 0):
            # Once round: the browser begins anew.
            break
        if reached and where["at"] == before:
            # A date has a part for the day, one for the month, one for the year.
            stays += 1
            if stays > PARTS:
                return [*found, f"no way out: {where['told']}"]
            continue
        stays = 0
        if where["at"] < before:
            found.append(f"out of order: {where['told']}")
        if not where["shown"]:
            found.append(f"focus not shown: {where['told']}")
        if not where["seen"]:
            found.append(f"focus is covered: {where['told']}")
        reached.append(where["at"])
    return found + [f"not reached: {each}" for each in page.evaluate(_LEFT, reached)]
