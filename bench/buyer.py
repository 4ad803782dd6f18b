"""A buyer's app of the network: the registry that knows it, and messages it signs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.core import clock
from beckn import context
from beckn.trust import keys
from beckn.trust.curves import Ed25519PrivateKey
from beckn.trust.signatures import Signer
from drills import registry

US, NAME, KEY = "bpp.bench.example", "bap.bench.example", "k1"
# Nobody is called back while acknowledgements are counted: no worker runs.
_HERE, _OUR_URL = "http://127.0.0.1:9/beckn", "http://127.0.0.1:9/beckn"
_LASTS = timedelta(hours=1)
_NO_LIMIT = "100000000/minute"


class Buyer:
    """Somebody whom the registry has, and their key."""

    def __init__(self, address: str) -> None:
        self.registry = address
        self._signer = Signer(NAME, KEY, Ed25519PrivateKey.generate())

    def entry(self) -> dict[str, str]:
        """Give what the registry tells of them."""
        return registry.entry(self._signer, _HERE, now=clock.now())

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
    entries: list[dict[str, str]] = []
    with registry.opened(entries) as address:
        buyer = Buyer(address)
        entries.append(buyer.entry())
        yield buyer
