"""The gateway: it takes a search of a buyer it believes, and passes it on to all."""

import json
import threading
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request

from app.core import clock
from beckn import envelopes
from beckn.trust import verifying
from beckn.trust.calling import AddressRefusedError, UnreachableError
from beckn.trust.errors import Flaw, SignatureError
from beckn.trust.registry import Role, Subscriber
from network import meanings
from network.party import Party
from network.wire import Line, Wire

NAME = "gateway.example"


def create(us: Party, wire: Wire) -> Flask:
    """Make the gateway's app: `/search`, and nothing else."""
    app = Flask("network.gateway", static_folder=None)

    @app.post("/search")
    def search() -> Response:
        raw, header = request.get_data(), request.headers.get(verifying.BUYER)
        try:
            buyer = _believed(us, raw, header)
        except SignatureError as exc:
            return _refused(us, exc)
        except (ValueError, KeyError, TypeError):
            error = {"code": "30000", "message": "the message cannot be read"}
            return Response(envelopes.nack(error, None), HTTPStatus.BAD_REQUEST)
        key = f"{buyer.subscriber_id}|{buyer.key_id}"
        # The buyer need not wait for every house of the network.
        passing = threading.Thread(target=_pass, args=(us, wire, raw, header, key))
        passing.start()
        return Response(envelopes.ack(None), mimetype="application/json")

    return app


def _believed(us: Party, raw: bytes, header: str | None) -> Subscriber:
    buyer = us.believe(raw, header, Role.BAP)
    if json.loads(raw)["context"]["bap_id"] != buyer.subscriber_id:
        raise SignatureError(Flaw.OTHER)
    return buyer


def _refused(us: Party, exc: SignatureError) -> Response:
    error = {"code": "30016", "message": f"the signature fails: {exc.flaw}"}
    response = Response(envelopes.nack(error, None), HTTPStatus.UNAUTHORIZED)
    name, asked = verifying.challenge(us.id, exc)
    response.headers[name] = asked
    response.mimetype = "application/json"
    return response


def _pass(us: Party, wire: Wire, raw: bytes, header: str, key: str) -> None:
    """Send the very bytes of the buyer to each house, with both signatures."""
    headers = {verifying.BUYER: header, verifying.GATEWAY[0]: us.signature(raw)}
    for house in _houses(us):
        url = str(house["url"])
        try:
            told = us.post(f"{url}/search", raw, headers, registered=url)
            answer, flaw, ms = meanings.answered(told), meanings.flaw(told), told.ms
        except (AddressRefusedError, UnreachableError) as exc:
            answer, flaw, ms = "none", str(exc), 0.0
        body = json.loads(raw)
        wire.write(
            Line(
                clock.now(),
                us.id,
                str(house["subscriber_id"]),
                "search",
                answer,
                (key, us.key),
                ms,
                meanings.of("search", body),
                flaw,
                body["context"]["transaction_id"],
                raw,
            )
        )


def _houses(us: Party) -> list[dict[str, Any]]:
    """Ask the registry for every house."""
    raw = json.dumps({"type": Role.BPP.value, "status": "SUBSCRIBED"}).encode()
    headers = {verifying.BUYER: us.signature(raw)}
    told = us.post(f"{us.registry}/lookup", raw, headers, registered=us.registry)
    found = json.loads(told.body) if told.status == HTTPStatus.OK else []
    return list(found)
