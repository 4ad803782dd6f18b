"""The picture of a facility, as browsers fetch and keep it."""

from flask import Blueprint, Flask, Response, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import SYSTEM
from app.core.errors import DomainError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors.problems import problem_of
from app.public import booking_path

bp = Blueprint("branding", __name__, url_prefix="/book")

_YEAR = 365 * 86_400


def init_app(app: Flask) -> None:
    """Serve the pictures, and let templates name them."""
    app.register_blueprint(bp)
    app.jinja_env.globals["logo_of"] = logo_of


def logo_of(facility: FacilityView, *, whole: bool = False) -> str:
    """
    Name a facility's picture, so that a browser keeps it until it changes.

    With `whole` it can be asked for from anywhere.
    """
    mark = facility.logo[:16]
    return url_for("branding.logo", facility=facility.slug, mark=mark, _external=whole)


@bp.get("/<facility>/logo/<mark>")
def logo(facility: str, mark: str) -> ResponseReturnValue:
    """
    Give the picture of that mark.

    :raises NotFoundError: if there is none, or another by now
    """
    place = booking_path.place_of(facility)
    if not place.logo or mark != place.logo[:16]:
        raise NotFoundError("logo")
    kind, picture = directory.logo(place, by=SYSTEM)
    response = Response(picture, mimetype=kind)
    response.cache_control.public = True
    response.cache_control.max_age = _YEAR
    response.cache_control.immutable = True
    return response


@bp.errorhandler(DomainError)
def tell(refusal: DomainError) -> ResponseReturnValue:
    """Answer without words: it is no page."""
    return Response(status=problem_of(refusal).status)
