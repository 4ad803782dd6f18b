"""A registry on loopback, and what it has of somebody."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

from beckn.trust.curves import as_der
from beckn.trust.registry import Role
from beckn.trust.signatures import Signer
from drills.sink import served

_DAY = timedelta(days=1)


def entry(
    signer: Signer,
    url: str,
    *,
    now: datetime,
    role: Role = Role.BAP,
    der: bool = False,
) -> dict[str, str]:
    """
    Give what a registry has of a key: valid from a day before `now` to a day after.

    With `der` it bears its kind, as UHI wants it.
    """
    public = signer.private.verify_key
    raw = as_der(public) if der else bytes(public)
    return {
        "subscriber_id": signer.subscriber_id,
        "key_id": signer.key_id,
        "url": url,
        "type": role.value,
        "status": "SUBSCRIBED",
        "signing_public_key": base64.b64encode(raw).decode(),
        "valid_from": (now - _DAY).isoformat(),
        "valid_until": (now + _DAY).isoformat(),
    }


@contextmanager
def opened(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Open a registry of these entries, also of those that are added later."""

    class Registry(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            wanted = json.loads(raw).items()
            found = [each for each in entries if wanted <= each.items()]
            told = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Say nothing: who runs it has words of their own."""

    with served(Registry) as base:
        yield base
