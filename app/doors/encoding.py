"""JSON that goes out: written by a library that knows times, ids and choices itself."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response
from flask.json.provider import DefaultJSONProvider


class Encoder(DefaultJSONProvider):
    """
    Answers by orjson, a tenth of the time of the standard library; else as Flask does.

    UUIDs are told as text, moments and days in ISO 8601, choices by their values.
    """

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Make the answer of what a view returned."""
        thing = self._prepare_response_obj(args, kwargs)
        told = orjson.dumps(thing, default=_plain)
        return Response(told, mimetype=self.mimetype)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be told as JSON")
