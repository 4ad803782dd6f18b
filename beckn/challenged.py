"""The registry's question at /beckn/on_subscribe: are these keys really ours?"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request

from app.core import clock
from beckn import braking
from beckn.trust import challenges
from beckn.trust.challenges import ChallengeError
from beckn.trust.key_file import Ring

log = logging.getLogger("baari.network")

MOST_BYTES = 16 * 1024
bp = Blueprint("beckn_registry", __name__, url_prefix="/beckn")

Answer = Callable[[str, str], str]
_NAME = "beckn_challenge"


def init_app(app: Flask) -> None:
    """Hang the end point into the app; it is shut until `use` opens it."""
    app.register_blueprint(bp)


def use(app: Flask, ring: Ring, *, subscriber_id: str, registry_key: str) -> None:
    """
    Answer the registry that has this public key, base64 of DER.

    :raises ChallengeError: if it is no such key
    """
    registry = challenges.registry_key(registry_key)

    def answer(whom: str, challenge: str) -> str:
        # Some registries do not name whom they ask; none asks us for another.
        if whom not in {"", subscriber_id}:
            raise ChallengeError
        return challenges.answer(challenge, ring().encryption, registry)

    app.extensions[_NAME] = answer


@bp.post("/on_subscribe")
def on_subscribe() -> Response:
    answer: Answer | None = current_app.extensions.get(_NAME)
    if answer is None:
        abort(HTTPStatus.NOT_FOUND)
    request.max_content_length = MOST_BYTES
    braking.of_challenges(now=clock.now())
    body: Any = request.get_json(force=True, silent=True)
    told = body if isinstance(body, dict) else {}
    challenge, whom = told.get("challenge"), told.get("subscriber_id", "")
    if not isinstance(challenge, str) or not isinstance(whom, str):
        return _refused("challenge: it is missing, or no text")
    try:
        return jsonify(answer=answer(whom, challenge))
    except ChallengeError:
        log.warning("a challenge was not made for our keys")
        return _refused("challenge: it was not made for the keys of this subscriber")


def _refused(why: str) -> Response:
    response = jsonify(error={"message": why})
    response.status_code = HTTPStatus.BAD_REQUEST
    return response
