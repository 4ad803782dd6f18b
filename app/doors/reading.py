"""How a request that changes nothing begins and ends."""

from flask import Flask, Response, request

from app.core import db

_SAFE = frozenset({"GET", "HEAD"})


def init_app(app: Flask) -> None:
    """Begin and end the reading of every request that only looks."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    if request.method in _SAFE:
        db.begin_reading()


def _end(response: Response) -> Response:
    if request.method in _SAFE and response.status_code < 500:
        db.end_reading()
    return response
