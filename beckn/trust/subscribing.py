"""Being in the registry: what we tell it of us, and the question it asks back."""

import base64
import json
from datetime import datetime
from typing import Any

from beckn.trust.curves import as_der
from beckn.trust.keys import KeyRing


def public_keys(
    ring: KeyRing, *, now: datetime, der: bool = False
) -> list[dict[str, str]]:
    """
    Give what others may know of the keys that are valid, the oldest first.

    With `der` those that sign bear their kind, as UHI wants them.
    """
    return [
        {
            "key_id": key.id,
            "signing_public_key": _text(
                as_der(key.private.verify_key) if der else bytes(key.private.verify_key)
            ),
            "encr_public_key": _text(as_der(ring.encryption.public_key)),
            "valid_from": key.valid_from.isoformat(),
            "valid_until": key.valid_until.isoformat(),
        }
        for key in ring.signing
        if key.is_valid(now)
    ]


def request(
    ring: KeyRing, *, subscriber_id: str, url: str, nonce: str, now: datetime
) -> list[bytes]:
    """Give the bodies that ask for us to be subscribed: one for each valid key."""
    told: dict[str, Any] = {"subscriber_id": subscriber_id, "url": url, "type": "BPP"}
    return [
        json.dumps(told | key | {"nonce": nonce}).encode()
        for key in public_keys(ring, now=now)
    ]


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
