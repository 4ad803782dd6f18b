"""A real browser at the real app: threads, sockets, and a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app.core.db import db
from tests import chromium, servers
from tests.browser import hospital
from tests.served import served
from wsgi import create_app

ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Site:
    address: str
    hospital: hospital.Hospital
    app: Flask

    def calendar(self) -> str:
        return f"{self.address}/calendar/kochi?day={self.hospital.day.isoformat()}"


@pytest.fixture(scope="session")
def site(worker) -> Iterator[Site]:
    """Serve the app on a free port; what browsers do there is committed for real."""
    settings = servers.start_shared().settings(f"baari_browser_{worker}", 8 + worker)
    app = create_app(settings)
    with app.app_context():
        built = hospital.build()
    with served(app) as port:
        yield Site(f"http://127.0.0.1:{port}", built, app)
    with app.app_context():
        db.engine.dispose()


# Two browsers may wait for one processor; what fails a test must be wrong.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = chromium.find()
    assert found, "no Chromium on this machine"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=list(ARGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def kept(browser, site) -> Iterator[dict[bool, BrowserContext]]:
    """
    Keep one window with JavaScript and one without.

    A page stays open in each. Else the browser ends the process of the site with its
    last page, and to begin another takes as long as a whole visit.
    """
    windows = {
        scripted: browser.new_context(java_script_enabled=scripted)
        for scripted in (True, False)
    }
    for window in windows.values():
        window.new_page().goto(f"{site.address}/sign-in")
    yield windows
    for window in windows.values():
        window.close()


@contextmanager
def coming(window: BrowserContext, site: Site, username: str = "") -> Iterator[Page]:
    """Open a page, signed in where nobody was; complaints of the browser fail it."""
    opened = window.new_page()
    complaints = watch(opened)
    forget(window, opened, site)
    sign_in(opened, site, username)
    yield opened
    opened.close()
    assert complaints == []


def forget(window: BrowserContext, page: Page, site: Site) -> None:
    """Leave nothing of who was there before: no cookie, and nothing that is stored."""
    window.clear_cookies()
    storage = window.new_cdp_session(page)
    everything = {"origin": site.address, "storageTypes": "all"}
    storage.send("Storage.clearDataForOrigin", everything)
    storage.detach()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(request, kept, site) -> Iterator[Page]:
    """Give a page to who is at the desk."""
    with coming(kept[request.param], site) as opened:
        yield opened


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def keeper(request, kept, site) -> Iterator[Page]:
    """Give a page to who keeps everybody's hours."""
    with coming(kept[request.param], site, site.hospital.keeper.username) as opened:
        yield opened


def watch(page: Page) -> list[str]:
    """Collect errors of scripts and breaches of the content policy."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda told: (
            complaints.append(told.text)
            if told.type == "error" and "status of 4" not in told.text
            else None
        ),
    )
    return complaints


def sign_in(page: Page, site: Site, username: str = "") -> None:
    page.goto(f"{site.address}/sign-in")
    who = username or site.hospital.reception.username
    page.get_by_label("User name").fill(who)
    page.get_by_label("Password").fill(hospital.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/calendar/**")
