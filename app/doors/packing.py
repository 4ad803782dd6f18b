"""Sending less over a bad line: static files and the pages of patients, compressed."""

import gzip
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus

from flask import Flask, Response, current_app, request

# What is compressed already, as pictures and sounds are, does not get smaller.
_TEXT = frozenset(
    {
        "text/html",
        "text/css",
        "text/calendar",
        "text/javascript",
        "application/javascript",
        "image/svg+xml",
    }
)
# One packet takes it as it is.
_LEAST = 600
_PAGES = "baari.packed"


def init_app(app: Flask, pages: Iterable[str]) -> None:
    """
    Compress static files, and what the blueprints named `pages` answer.

    Staff's pages are not among them: they show one patient beside what another typed,
    and the length of a compressed page tells how alike two texts are.
    """
    app.extensions[_PAGES] = frozenset(pages)
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    static = request.endpoint == "static"
    if static and "v" in request.args and response.status_code < 400:
        # Its address has its content in it: no browser need ever ask again.
        response.cache_control.immutable = True
    if not static and request.blueprint not in current_app.extensions[_PAGES]:
        return response
    if response.mimetype not in _TEXT:
        return response
    response.vary.add("Accept-Encoding")
    # Part of a file is no file of gzip, and what has not changed is not sent.
    whole = response.status_code not in {
        HTTPStatus.PARTIAL_CONTENT,
        HTTPStatus.NOT_MODIFIED,
    }
    if whole and request.method != "HEAD" and request.accept_encodings["gzip"] > 0:
        _shrink(response, static=static and response.status_code < 400)
    return response


def _shrink(response: Response, *, static: bool) -> None:
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) < _LEAST:
        return
    # Static files are few and change with the release: each is compressed once, well.
    response.set_data(_kept(plain) if static else gzip.compress(plain, 6, mtime=0))
    response.content_encoding = "gzip"
    mark, _ = response.get_etag()
    if mark is not None:
        # The same to a reader, and not byte by byte.
        response.set_etag(mark, weak=True)


@lru_cache(maxsize=128)
def _kept(plain: bytes) -> bytes:
    return gzip.compress(plain, 9, mtime=0)
