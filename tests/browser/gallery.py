"""The demo hospital at eleven on a Tuesday morning, looked at by who works there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from playwright.sync_api import Browser, Page

from app.core.db import db
from app.exchange import demo
from app.exchange.demo_setting import PASSWORD
from tests import servers
from tests.browser.screens import picture
from tests.browser.targets import small, wide
from tests.served import served
from wsgi import create_app

DESKTOP = {"width": 1440, "height": 1000}
PHONE = {"width": 360, "height": 780}


@contextmanager
def opened(worker: int) -> Iterator[tuple[str, Flask]]:
    """
    Serve the demo hospital in the midst of its day; give its address, and its app.

    It is next Tuesday: no browser takes a cookie of last Tuesday.
    """
    settings = servers.start_shared().settings(f"baari_looks_{worker}", 8 + worker)
    app = create_app(settings)
    today = datetime.now(UTC).replace(hour=5, minute=51, second=0, microsecond=0)
    ahead = (1 - today.weekday()) % 7 or 7
    with time_machine.travel(today + timedelta(days=ahead), tick=True):
        with app.app_context():
            demo.load(now=datetime.now(UTC))
        with served(app) as port:
            yield f"http://127.0.0.1:{port}", app
        with app.app_context():
            db.engine.dispose()


class Visitor:
    """Somebody who looks at one page after the other, and says what does not fit."""

    def __init__(self, browser: Browser, address: str, username: str = "") -> None:
        self.found: dict[str, list[str]] = {}
        self._address = address
        context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
        self.page: Page = context.new_page()
        if username:
            self.go("/sign-in")
            self.page.get_by_label("User name").fill(username)
            self.page.get_by_label("Password").fill(PASSWORD)
            self.page.get_by_role("button", name="Sign in").click()
            self.page.wait_for_url("**/calendar/**")

    def go(self, path: str) -> Page:
        """Open a page of the hospital on a wide screen."""
        self.page.set_viewport_size(DESKTOP)
        self.page.goto(self._address + path)
        return self.page

    def see(self, name: str, path: str = "", *, main: bool = False) -> None:
        """
        Take a picture of a page, or of what is open: wide, and measured on a phone.

        Of a `main` one there are pictures in the dark and on the phone too.
        """
        if path:
            self.go(path)
        picture(self.page, name)
        if main:
            self.page.emulate_media(color_scheme="dark")
            picture(self.page, name)
            self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(PHONE)
        self.found[name] = small(self.page) + wide(self.page)
        if main:
            picture(self.page, name)
        self.page.set_viewport_size(DESKTOP)

    def close(self) -> None:
        self.page.context.close()
