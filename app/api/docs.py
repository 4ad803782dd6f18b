"""The OpenAPI document, and a page to read it: our own, without scripts."""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template

from app.api import reader
from app.api.problems import CODES

INTRODUCTION = (
    "Everything the desk does, as JSON. Send a token made with `baari token create` as"
    " Authorization: Bearer …. Times carry their offset from UTC; spans run from"
    " starts_at until, but not with, ends_at. Refusals are problem documents (RFC 9457)"
    " with a code that does not change. With an Idempotency-Key, a booking or a move"
    " that is sent twice is done once. With the id of a delegation as On-Behalf-Of,"
    " it is done on behalf of who lent it."
)

bp = Blueprint("api_docs", __name__, url_prefix="/api")

_SPEC = "baari.openapi"
# How Python says that nothing follows, not even the end of a line.
_END = r"\Z"


def init_app(app: Flask, document: Callable[[], dict[str, Any]]) -> None:
    """Serve the document of these parts; it does not change while the app runs."""
    app.extensions[_SPEC] = cache(lambda: _of_ecma(document()))
    app.register_blueprint(bp)


def _of_ecma(told: Any) -> Any:
    r"""Write patterns as JSON has them: with ^ and $, where Python has match and \Z."""
    if isinstance(told, list):
        return [_of_ecma(each) for each in told]
    if not isinstance(told, dict):
        return told
    found = {name: _of_ecma(value) for name, value in told.items()}
    pattern = found.get("pattern")
    if isinstance(pattern, str) and pattern.endswith(_END):
        found["pattern"] = f"^(?:{pattern.removesuffix(_END)})$"
    return found


@bp.get("/openapi.json")
def document() -> Response:
    """Give the OpenAPI document."""
    return jsonify(current_app.extensions[_SPEC]())


@bp.get("/docs")
def page() -> str:
    """Show the document to people."""
    told = reader.read(current_app.extensions[_SPEC]())
    return render_template("api/docs.html", api=told, codes=CODES)
