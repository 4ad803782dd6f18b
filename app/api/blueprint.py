"""What every part of the JSON door has in common."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from flask import current_app, request
from flask_smorest import Blueprint
from flask_smorest.utils import (
    set_status_and_headers_in_response,
    unpack_tuple_response,
)
from werkzeug.sansio.response import Response as BaseResponse

from app.api import auth, body, telling

View = Callable[..., Any]


class Part(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """One subject of the API: bearers only, and bodies read strictly."""

    ARGUMENTS_PARSER = body.StrictParser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(
            f"api_{name}",
            __name__,
            url_prefix="/api",
            description=description,
        )
        self._unwritten: list[Callable[[], None]] = []
        self.before_request(_limit)
        self.before_request(auth.require_bearer)

    def _store_endpoint_docs(self, *endpoint: Any, **options: Any) -> None:
        """Leave what is told of an end point to whoever first reads the document."""
        write = partial(super()._store_endpoint_docs, *endpoint, **options)
        self._unwritten.append(write)

    def register_views_in_doc(self, api: Any, *where: Any, **named: Any) -> None:
        """Let the API write this part into its document when it is asked for it."""
        api.later(partial(self._write, api, *where, **named))

    def _write(self, *where: Any, **named: Any) -> None:
        while self._unwritten:
            self._unwritten.pop(0)()
        super().register_views_in_doc(*where, **named)

    def arguments(self, schema: Any, **described: Any) -> Callable[[View], View]:
        """Read what is sent by one schema, and not by one made for each request."""
        return super().arguments(telling.one_of(schema), **described)  # type: ignore[no-any-return]

    def response(
        self, status_code: int, schema: Any = None, **described: Any
    ) -> Callable[[View], View]:
        """Describe an answer by its schema, and tell it by a `Teller` of the same."""
        if schema is None:
            return super().response(status_code, **described)  # type: ignore[no-any-return]
        describe = super().response(status_code, telling.one_of(schema), **described)
        teller = telling.of(schema)

        def decorate(view: View) -> View:
            @wraps(view)
            def told(*args: Any, **kwargs: Any) -> BaseResponse:
                thing, status, headers = unpack_tuple_response(view(*args, **kwargs))
                if isinstance(thing, BaseResponse):
                    # Told already, as where nothing has changed.
                    return thing
                answer = current_app.json.response(teller(thing))
                set_status_and_headers_in_response(
                    answer, status or status_code, headers
                )
                return answer

            return describe(told)  # type: ignore[no-any-return]  # see the class

        return decorate


def _limit() -> None:
    request.max_content_length = body.MOST_BYTES
