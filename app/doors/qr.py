"""QR codes as pictures within a page, which no policy of content stops."""

import segno
from markupsafe import Markup


def picture(address: str) -> Markup:
    """Draw an address as SVG that takes the size it is given; dark on white always."""
    # Medium correction: a creased slip must still be read.
    drawn = segno.make(address, error="m", micro=False)
    svg = drawn.svg_inline(border=3, omitsize=True, light="#fff", svgclass="qr")
    return Markup(svg)  # noqa: S704 - only the address, as squares
