"""The sign of a doctor or service: who scans it at the counter takes a number there."""

from hmac import compare_digest

from flask import current_app, url_for
from itsdangerous import Signer

from app.directory.views import FacilityView, ResourceView, TypeView


def address(facility: FacilityView, resource: ResourceView, kind: TypeView) -> str:
    """Give the address that a sign shows as a QR code."""
    return url_for(
        "scanning.form",
        facility=facility.slug,
        resource=resource.code,
        kind=kind.code,
        sign=_sign(facility, resource, kind),
        _external=True,
    )


def is_sign(
    written: str, facility: FacilityView, resource: ResourceView, kind: TypeView
) -> bool:
    """Say whether that came from the sign of this doctor or service."""
    return compare_digest(written.encode(), _sign(facility, resource, kind).encode())


def _sign(facility: FacilityView, resource: ResourceView, kind: TypeView) -> str:
    # Made of nothing that is kept, as the entrance's: a new secret key makes new signs.
    signer = Signer(str(current_app.config["SECRET_KEY"]), salt="scan")
    told = (facility.public_id, resource.public_id, kind.public_id)
    return signer.get_signature("/".join(map(str, told))).decode()
