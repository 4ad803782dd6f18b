"""Buyers' apps of a drill: they sign what they ask, and are called back over HTTP."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import uuid4

from beckn import context, envelopes
from beckn.context import Context, Wire
from beckn.dialects.dialect import Dialect
from beckn.trust.curves import Ed25519PrivateKey, Ed25519PublicKey
from beckn.trust.errors import SignatureError
from beckn.trust.signatures import Signer
from drills.pace import Pace
from drills.sink import served

Message = dict[str, Any]

# The drill's clock goes too fast for what networks are used to.
_LASTS = timedelta(hours=1)
_PATIENCE_S = 60.0
_VERSIONS = {Wire.CORE: "1.1.0", Wire.UHI: "0.7.1"}


@dataclass(frozen=True, slots=True)
class House:
    """Who is asked: by which name, where, and the key that must sign its callbacks."""

    id: str
    url: str
    public: Ed25519PublicKey


@dataclass
class Deal:
    """One transaction: what came back in it, in order."""

    id: str = field(default_factory=lambda: str(uuid4()))
    heard: list[Message] = field(default_factory=list)


class Buyer:
    """One app; `unproved` counts callbacks that the house did not sign."""

    def __init__(self, name: str, dialect: Dialect, house: House, pace: Pace) -> None:
        self.name, self.dialect, self.house, self.pace = name, dialect, house, pace
        self.signer = Signer(name, "k1", Ed25519PrivateKey.generate())
        self.url = ""
        self.unproved = 0
        self._domain = dialect.domains[0] if dialect.domains else "dhp:consultation"
        self._deals: dict[str, Deal] = {}
        self._news = threading.Condition()

    def begin(self) -> Deal:
        """Open a transaction."""
        deal = Deal()
        with self._news:
            self._deals[deal.id] = deal
        return deal

    def ask(self, deal: Deal, action: str, message: Message) -> Message:
        """
        Ask, and wait for the answer: the whole callback.

        What is not acknowledged is given as it is, with its "error"; without any answer
        the error says so.
        """
        told = self._context(deal, action)
        head = self.dialect.callback(
            told,
            action,
            bpp_id=self.house.id,
            bpp_uri=self.house.url,
            message_id=told.message_id,
        )
        head["timestamp"] = context.stamp(told.timestamp)
        raw = json.dumps({"context": head, "message": message}).encode()
        answer = self._posted(action, raw, told.timestamp)
        if "error" in answer:
            return answer
        return self._awaited(deal, told.message_id)

    def _context(self, deal: Deal, action: str) -> Context:
        return Context(
            wire=self.dialect.wire,
            domain=self._domain,
            action=action,
            version=_VERSIONS[self.dialect.wire],
            bap_id=self.name,
            bap_uri=self.url,
            bpp_id=self.house.id,
            bpp_uri=self.house.url,
            transaction_id=deal.id,
            message_id=str(uuid4()),
            timestamp=self.pace.now(),
            ttl=_LASTS,
            city="std:080",
            country="IND",
        )

    def _posted(self, action: str, raw: bytes, now: datetime) -> Message:
        signed = self.dialect.sign(self.signer, raw, now=now, lasts=_LASTS)
        headers = {"Authorization": signed, "Content-Type": "application/json"}
        request = Request(f"{self.house.url}/{action}", raw, headers)  # noqa: S310 - http, and ours
        try:
            answer = urlopen(request, timeout=_PATIENCE_S)  # noqa: S310 - see above
        except HTTPError as refused:
            answer = refused
        except (URLError, OSError, HTTPException) as exc:
            return {"error": {"code": "no answer", "message": str(exc)}}
        with answer:
            told: Message = json.load(answer)
            return told

    def _awaited(self, deal: Deal, message_id: str) -> Message:
        def found() -> list[Message]:
            return [e for e in deal.heard if e["context"]["message_id"] == message_id]

        with self._news:
            self._news.wait_for(found, _PATIENCE_S)
            every = found()
        if not every:
            return {"error": {"code": "no callback", "message": message_id}}
        return every[0]

    def hear(self, raw: bytes, header: str | None) -> bool:
        """Take a callback; tell whether it is the house's own."""
        try:
            signature = self.dialect.parse(header)
            # Its bytes are held against its key; of its time too little is left here.
            then = datetime.fromtimestamp(signature.created, UTC)
            signature.check(raw, self.house.public, now=then)
        except SignatureError:
            self.unproved += 1
            return False
        body: Message = json.loads(raw)
        with self._news:
            deal = self._deals.get(body["context"]["transaction_id"])
            if deal is not None:
                deal.heard.append(body)
                self._news.notify_all()
        return True


@contextmanager
def serving(buyer: Buyer) -> Iterator[Buyer]:
    """Give the app an address of its own, at which it is called back."""

    class Callbacks(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            proved = buyer.hear(raw, self.headers.get("Authorization"))
            status = HTTPStatus.OK if proved else HTTPStatus.UNAUTHORIZED
            told = envelopes.ack(None) if proved else envelopes.nack({}, None)
            with suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Say nothing: the drill has words of its own."""

    with served(Callbacks) as base:
        buyer.url = f"{base}/beckn"
        yield buyer
