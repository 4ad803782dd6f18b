"""The sign at an entrance: who comes by its address stands at the facility."""

from hmac import compare_digest

from flask import current_app, url_for
from itsdangerous import Signer

from app.directory.views import FacilityView


def address(facility: FacilityView) -> str:
    """Give the address that the sign at a facility's entrance shows as a QR code."""
    here = _sign(facility)
    return url_for("arriving.form", facility=facility.slug, here=here, _external=True)


def is_sign(facility: FacilityView, written: str) -> bool:
    """Say whether that came from the sign of this facility."""
    return compare_digest(written.encode(), _sign(facility).encode())


def _sign(facility: FacilityView) -> str:
    # Known to who was there, and made of nothing that is kept: a new secret key makes
    # new signs.
    signer = Signer(str(current_app.config["SECRET_KEY"]), salt="entrance")
    return signer.get_signature(str(facility.public_id)).decode()
