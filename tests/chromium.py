"""Find the browser for browser tests, and leave them out where there is none."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find() -> str | None:
    """Give the path of a Chromium: $CHROMIUM, or the first one on the path."""
    given = os.environ.get("CHROMIUM")
    if given:
        return shutil.which(given)
    return next(filter(None, map(shutil.which, NAMES)), None)


def wanted_but_missing() -> bool:
    """Say whether this is CI, where a missing browser is a failure."""
    return find() is None and os.environ.get("CI") == "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests without a browser; in CI let them fail instead."""
    if find() is not None or wanted_but_missing():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
