"""
Take the messages of buyers: believed, held against the rules of context, and kept.

What is acknowledged stands in the inbox before the answer leaves, so that a callback is
owed from then on, whatever becomes of this process.
"""

import logging
import time
from datetime import datetime
from http import HTTPStatus
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException

from app.core import clock
from app.core.errors import DomainError
from app.doors import failures
from beckn import braking, door, envelopes, keeping, problems, refused, tallies
from beckn.actions import Action
from beckn.dialects import spoken
from beckn.dialects.dialect import Dialect
from beckn.door import Network, Sender
from beckn.keeping import Letter
from beckn.problems import Code, Problem
from beckn.refused import Refusal
from beckn.tallies import Turned
from beckn.trust import verifying
from beckn.trust.calling import host_of
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.verifying import GatewayError

log = logging.getLogger("baari.network")

PREFIX = "/beckn/"
MOST_BYTES = 256 * 1024
bp = Blueprint("beckn", __name__, url_prefix="/beckn")

_ACTIONS = ",".join(Action)


def init_app(app: Flask) -> None:
    """Hang the network's door into the app; `door.use` opens it."""
    door.use(app, None)
    app.register_blueprint(bp)
    failures.tell_with(app, PREFIX, _tell)


@bp.post(f"/<any({_ACTIONS}):action>")
def receive(action: str) -> Response:
    network = door.network_of(current_app)
    if network is None:
        abort(HTTPStatus.NOT_FOUND)
    request.max_content_length = MOST_BYTES
    now, g.beckn_came = clock.now(), time.perf_counter()
    # Before it is read: who asks without end is not looked at.
    braking.by_address(network, now=now)
    raw = request.get_data()
    # How it is signed and answered hangs on it; what it says is read once believed.
    dialect = spoken.guessed(raw)
    try:
        sender = network.who(raw, dict(request.headers), dialect=dialect, now=now)
        braking.by_subscriber(network, sender.bap.subscriber_id, now=now)
        return _believed(network, dialect, Action(action), raw, sender, now=now)
    except SignatureError as exc:
        log.warning("a message to %s is not believed: %s", action, exc.flaw)
        why = f"the signature fails: {exc.flaw}"
        problem = Problem(Code.SIGNATURE, "", why, exc.flaw)
        return _unbelieved(network, dialect, problem, exc, now=now)


def _believed(
    network: Network,
    dialect: Dialect,
    action: Action,
    raw: bytes,
    sender: Sender,
    *,
    now: datetime,
) -> Response:
    echoed: dict[str, Any] | None = None
    try:
        body = _parsed(raw)
        if network.echo and isinstance(body.get("context"), dict):
            echoed = body["context"]
        context = spoken.read(body, zone=network.zone)
        message = _message(body)
    except Problem as problem:
        _remember(dialect, problem, sender.bap.subscriber_id, now=now)
        return _nack(dialect, problem, echoed, HTTPStatus.BAD_REQUEST)
    if context.bap_id != sender.bap.subscriber_id:
        raise SignatureError(Flaw.OTHER)
    if not sender.bap.serves(context.domain):
        raise SignatureError(Flaw.DOMAIN)
    if sender.gateway is not None and not sender.gateway.serves(context.domain):
        raise GatewayError(Flaw.DOMAIN)
    if context.action != action:
        # The signature covers no address: a body that was sent to one may be replayed
        # to another.
        why = f"a message of {context.action!r} came to {action.value!r}"
        replayed = Problem(Code.SIGNATURE, "context.action", why)
        wrong = SignatureError(Flaw.OTHER)
        return _unbelieved(network, dialect, replayed, wrong, now=now)
    name = dialect.known_as(context, raw)
    letter = Letter(
        raw, sender, context, message, echoed, name, dict(request.headers), g.beckn_came
    )
    try:
        _check_action(dialect, action)
        _check_addresses(network, letter)
        return _answered(keeping.keep(network, action, letter, now=now), HTTPStatus.OK)
    except Problem as problem:
        log.warning(
            "refused %s of %s: %s %s",
            action,
            context.bap_id,
            problem.code,
            problem.path,
        )
        _remember(dialect, problem, context.bap_id, now=now)
        return _nack(dialect, problem, echoed, HTTPStatus.OK)


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Problem(Code.INVALID, "", "the body is no JSON") from None
    # No name has a NUL in it, and the database takes none.
    if not isinstance(body, dict) or b"\\u0000" in raw:
        raise Problem(Code.INVALID, "", "the body is no message") from None
    return body


def _message(body: dict[str, Any]) -> dict[str, Any]:
    found = body.get("message")
    # Nobody says anything by asking for the list of reasons, so that is often left out.
    if found is None and "message" not in body:
        found = {}
    if not isinstance(found, dict):
        raise Problem(Code.INVALID, "message", "message is no object")
    return found


def _check_action(dialect: Dialect, action: Action) -> None:
    if action not in dialect.actions:
        raise Problem(
            Code.NOT_APPLICABLE,
            "context.action",
            f"nobody asks for {action} in {dialect.wire}",
        )


def _check_addresses(network: Network, letter: Letter) -> None:
    """Hold both ends against what the registry has of them."""
    context = letter.context
    if not context.domain.startswith(network.domains):
        raise Problem(
            Code.INVALID, "context.domain", f"{context.domain} is not served here"
        )
    if context.bpp_id and context.bpp_id != network.id:
        raise Problem(Code.INVALID, "context.bpp_id", f"this provider is {network.id}")
    if context.bpp_uri and context.bpp_uri != network.url.removesuffix("/"):
        raise Problem(
            Code.INVALID, "context.bpp_uri", f"this provider is at {network.url}"
        )
    # Answers go nowhere else than the buyer's own host.
    if host_of(context.bap_uri) != host_of(letter.sender.bap.url):
        raise Problem(
            Code.INVALID, "context.bap_uri", "answers go to the registered host alone"
        )


def _nack(
    dialect: Dialect,
    problem: Problem,
    echoed: dict[str, Any] | None,
    status: HTTPStatus,
) -> Response:
    return _answered(envelopes.nack(dialect.error(problem), echoed), status)


def _unbelieved(
    network: Network,
    dialect: Dialect,
    problem: Problem,
    error: SignatureError,
    *,
    now: datetime,
) -> Response:
    _remember(dialect, problem, "", now=now)
    response = _nack(dialect, problem, None, HTTPStatus.UNAUTHORIZED)
    name, asked = verifying.challenge(network.id, error)
    response.headers[name] = asked
    return response


def _remember(
    dialect: Dialect, problem: Problem, subscriber: str, *, now: datetime
) -> None:
    """Write down that the request is refused; `subscriber` is who signed it, if any."""
    refusal = Refusal(
        subscriber=subscriber,
        claimed=subscriber or _claimed(dialect, request.get_data()),
        action=request.path.removeprefix(PREFIX),
        code=str(dialect.error(problem)["code"]),
        path=problem.path,
        refused_at=now,
    )
    refused.keep(refusal)
    tallies.count(Turned.REFUSED, subscriber, now=now)


def _claimed(dialect: Dialect, raw: bytes) -> str:
    """Read who a message says it is of, if it can be read at all."""
    try:
        found = orjson.loads(raw)["context"][dialect.buyer]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) and found.isprintable() else ""


def _answered(body: bytes, status: int) -> Response:
    return Response(body, status, mimetype="application/json")


def _tell(failure: DomainError | HTTPException) -> Response:
    """Answer in the network's manner whatever failed at this door."""
    if isinstance(failure, HTTPException):
        status, why = failure.code or HTTPStatus.BAD_REQUEST, failure.name
    else:
        # No room was asked yet: it is the database that is busy or away.
        status, why = HTTPStatus.SERVICE_UNAVAILABLE, "try again"
    ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    code = Code.INTERNAL if ours else Code.INVALID
    if isinstance(failure, RateLimitExceeded):
        code, why = Code.POLICY, "too many messages; send them more slowly"
    problem = Problem(code, "", why)
    response = _answered(envelopes.nack(problems.core(problem), None), status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "1"
    if isinstance(failure, RateLimitExceeded):
        braking.tell_when(response, failure)
    return response
