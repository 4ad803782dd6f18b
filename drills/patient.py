"""A patient's browser and what they do with it: cookies, pages and forms, no script."""

import html
import re
from collections.abc import Callable
from http.cookiejar import CookieJar
from random import Random
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener

REFUSED = "refused"
_PATIENCE_S = 60
_TAKEN = 200
# What a page of times says under its times where the day has none left.
OTHERS = "Next free times"

CodeOf = Callable[[str], str]


class Browser:
    """One browser at one house; `page` is what it shows."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.page = ""
        self._at = base
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, path: str) -> int:
        """Open a page; give its status."""
        return self._ask(urljoin(self.base, path), None)

    def submit(self, **typed: str) -> int:
        """Send the last form of the page, with its hidden fields and what is typed."""
        form = self.page[self.page.rindex('method="post"') :]
        told = re.match(r'method="post"\s+action="([^"]*)"', form)
        hidden = re.findall(r'type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', form)
        data = urlencode(dict(hidden) | typed).encode()
        return self._ask(urljoin(self._at, told[1] if told else ""), data)

    def times(self) -> list[str]:
        """Give the times that can be chosen on this page."""
        return re.findall(r'name="at"\s+value="([^"]+)"', self.page)

    def _ask(self, url: str, data: bytes | None) -> int:
        try:
            answer = self._opener.open(url, data, timeout=_PATIENCE_S)
        except HTTPError as refused:
            answer = refused
        with answer:
            self._at = answer.geturl()
            self.page = html.unescape(answer.read().decode())
            return int(answer.status)


def choose(browser: Browser, times: str, dice: Random) -> bool:
    """Take any time of a day, another if it goes; say whether one was had."""
    browser.open(times)
    while offered := browser.times():
        if browser.submit(at=dice.choice(offered)) == _TAKEN:
            return True
    if OTHERS not in browser.page:
        raise AssertionError("refused, and told of no other times")
    return False


def come(browser: Browser, times: str, number: int, dice: Random, codes: CodeOf) -> str:
    """Book as a patient does, from the times of a day to a number, or `REFUSED`."""
    while choose(browser, times, dice):
        if token := book(browser, number, codes):
            return token
    return REFUSED


def book(browser: Browser, number: int, codes: CodeOf) -> str:
    """
    Book the time that was chosen; give the number, or nothing if the time is gone.

    Numbers of this doctor begin with R. `codes` gives what a phone, E.164, was sent.
    """
    phone = f"98470{number:05}"
    browser.submit(name=f"Patient {number}", born="30", sex="female", phone=phone)
    if "/prove/" in browser.page:
        browser.submit(phone=phone)
        browser.submit(code=codes(f"+91{phone}"))
    if browser.submit() != _TAKEN:
        return ""
    token = re.search(r"\bR-\d+", browser.page)
    return token[0] if token else "booked without a number"
