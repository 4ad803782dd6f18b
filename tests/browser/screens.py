"""Pictures of the main screens for docs/screens, made only when they are asked for."""

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.browser import palette

FOLDER = Path(__file__).resolve().parents[2] / "docs/screens"
WANTED = os.environ.get("BAARI_SCREENS") == "1"


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page as it stands, if BAARI_SCREENS=1 says so."""
    if not WANTED:
        return
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    width = page.evaluate("innerWidth")
    FOLDER.mkdir(exist_ok=True)
    scheme = "dark" if dark else "light"
    shot = palette.reduced(page.screenshot())
    (FOLDER / f"{name}-{width}-{scheme}.png").write_bytes(shot)
