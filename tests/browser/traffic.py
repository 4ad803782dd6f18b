"""What a browser fetches: every byte of every answer on the wire, and none it keeps."""

from playwright.sync_api import Page


class Traffic:
    """
    Count what comes over the line for a page: heads, bodies as packed, redirects.

    Whatever it is counts, as sheets, scripts, pictures and fonts; what the browser has
    kept costs nothing, and is not counted.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._bytes = 0
        wire = page.context.new_cdp_session(page)
        wire.on("Network.loadingFinished", self._whole)
        wire.on("Network.requestWillBeSent", self._redirect)
        wire.send("Network.enable")

    def taken(self) -> int:
        """Give the bytes since it was asked last, once the line is quiet."""
        self._page.wait_for_load_state("networkidle")
        found, self._bytes = self._bytes, 0
        return found

    def _whole(self, told: dict[str, float]) -> None:
        self._bytes += int(told["encodedDataLength"])

    def _redirect(self, told: dict[str, dict[str, float]]) -> None:
        self._bytes += int(told.get("redirectResponse", {}).get("encodedDataLength", 0))
