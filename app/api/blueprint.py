"""What every part of the JSON door has in common."""

from flask import request
from flask_smorest import Blueprint

from app.api import auth, body


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
        self.before_request(_limit)
        self.before_request(auth.require_bearer)


def _limit() -> None:
    request.max_content_length = body.MOST_BYTES
