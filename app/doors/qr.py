"""QR codes as pictures within a page, which no policy of content stops."""

from io import BytesIO

import segno
from markupsafe import Markup

# Pixels of one square: large enough for a poster.
_SCALE = 16


def picture(address: str) -> Markup:
    """Draw an address as SVG that takes the size it is given; dark on white always."""
    svg = _drawn(address).svg_inline(
        border=3, omitsize=True, light="#fff", svgclass="qr"
    )
    return Markup(svg)  # noqa: S704 - only the address, as squares


def file(address: str, kind: str) -> bytes:
    """Draw an address as a file of its own, `kind` being svg or png."""
    written = BytesIO()
    _drawn(address).save(written, kind=kind, border=4, scale=_SCALE, light="#fff")
    return written.getvalue()


def _drawn(address: str) -> segno.QRCode:
    # Medium correction: a creased slip must still be read.
    return segno.make(address, error="m", micro=False)
