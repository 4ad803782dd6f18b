"""A whole page, or the piece of it that htmx asked for."""

from typing import Any

from flask import Response, make_response, render_template, request


def wants_partial() -> bool:
    """Say whether htmx asked for a piece of a page rather than a page."""
    headers = request.headers
    return (
        "HX-Request" in headers
        and "HX-Boosted" not in headers
        and "HX-History-Restore-Request" not in headers
    )


def page(template: str, *, partial: str, status: int = 200, **context: Any) -> Response:
    """Render `partial` alone for htmx, else the whole of `template`."""
    response = make_response(
        render_template(partial if wants_partial() else template, **context), status
    )
    response.vary.add("HX-Request")
    return response
