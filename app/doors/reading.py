"""How a request that changes nothing ends."""

from flask import Flask, Response, request

from app.core import db

_SAFE = frozenset({"GET", "HEAD"})


def init_app(app: Flask) -> None:
    """End the reading of every request that only looks, once it is answered."""
    app.after_request(_end)


def _end(response: Response) -> Response:
    if request.method in _SAFE and response.status_code < 500:
        db.end_reading()
    return response
