"""A buyer's app of the network: the registry that knows it, and messages it signs."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core import clock
from beckn import context
from beckn.trust import keys
from beckn.trust.signatures import Signer

US, NAME, KEY = "bpp.bench.example", "bap.bench.example", "k1"
# Nobody is called back while acknowledgements are counted: no worker runs.
_HERE, _OUR_URL = "http://127.0.0.1:9/beckn", "http://127.0.0.1:9/beckn"
_LASTS = timedelta(hours=1)
_NO_LIMIT = "100000000/minute"


class Buyer:
    """Somebody whom the registry has, and their key."""

    def __init__(self, registry: str) -> None:
        self.registry = registry
        self._private = Ed25519PrivateKey.generate()
        self._signer = Signer(NAME, KEY, self._private)

    def entry(self) -> dict[str, str]:
        """Give what the registry tells of them."""
        now, public = clock.now(), self._private.public_key().public_bytes_raw()
        return {
            "subscriber_id": NAME,
            "key_id": KEY,
            "url": _HERE,
            "type": "BAP",
            "status": "SUBSCRIBED",
            "signing_public_key": base64.b64encode(public).decode(),
            "valid_from": (now - _LASTS).isoformat(),
            "valid_until": (now + timedelta(days=1)).isoformat(),
        }

    def environ(self, home: Path) -> dict[str, str]:
        """Let a house be in the network of this registry, with keys of its own."""
        file = home / "beckn_keys.json"
        keys.save(keys.new_ring(now=clock.now()), file)
        return {
            "BECKN_SUBSCRIBER_ID": US,
            "BECKN_URL": _OUR_URL,
            "BECKN_REGISTRY_URL": self.registry,
            "BECKN_KEYS": str(file),
            "BECKN_PRIVATE_CALLBACKS": "1",
            "BECKN_PER_SUBSCRIBER": _NO_LIMIT,
            "BECKN_PER_ADDRESS": _NO_LIMIT,
        }

    def request(self, action: str, message: dict[str, Any]) -> str:
        """Write a message of a transaction of its own as it goes over the line."""
        now = clock.now()
        head = {
            "domain": "dhp:consultation:0.1.0",
            "action": action,
            "version": "1.1.0",
            "bap_id": NAME,
            "bap_uri": _HERE,
            "bpp_id": US,
            "bpp_uri": _OUR_URL,
            "transaction_id": str(uuid4()),
            "message_id": str(uuid4()),
            "timestamp": context.stamp(now),
            "ttl": "PT1H",
        }
        body = json.dumps({"context": head, "message": message})
        signed = self._signer.header(body.encode(), now=now, lasts=_LASTS)
        lines = [
            f"POST /beckn/{action} HTTP/1.1",
            "Host: bench",
            f"Authorization: {signed}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", body])


@contextmanager
def registered() -> Iterator[Buyer]:
    """Open a registry on loopback that knows one buyer."""

    class Registry(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            told = json.dumps([buyer.entry()]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Say nothing while others are timed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        buyer = Buyer(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield buyer
        finally:
            server.shutdown()
            thread.join()
