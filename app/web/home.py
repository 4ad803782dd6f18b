"""The bare address: where a newcomer arrives."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> Response:
    """Send staff on to their calendar; whoever is not signed in is asked to there."""
    return redirect(url_for("calendar.home"), 303)
