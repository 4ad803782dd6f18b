"""Being in the registry: what we tell it of us, and the question it asks back."""

import base64
import json
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

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
                _der(key.private.public_key())
                if der
                else key.private.public_key().public_bytes_raw()
            ),
            "encr_public_key": _text(_der(ring.encryption.public_key())),
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


def _der(key: Ed25519PublicKey | X25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
