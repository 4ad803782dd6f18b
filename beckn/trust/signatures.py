"""
Signatures over the raw bytes of a message: Ed25519 over a BLAKE2b-512 digest.

Source: BECKN-006 for the header of core networks; the UHI sandbox for its own, which
writes the same facts as JSON and signs the digest of the text instead of the text.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from nacl.exceptions import BadSignatureError

from beckn.trust.curves import Ed25519PrivateKey, Ed25519PublicKey
from beckn.trust.errors import Flaw, SignatureError

ALGORITHM = "ed25519"
COVERED = "(created) (expires) digest"
# Clocks of a network differ by a little; what expired has expired.
SKEW = timedelta(seconds=5)

_SCHEME = re.compile(r"\s*Signature\s+", re.IGNORECASE)
_PAIR = re.compile(r'([A-Za-z]+)=(?:"([^"]*)"|(\d+))')
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Signature:
    """What a header says; nothing of it is proved before `check`."""

    subscriber_id: str
    key_id: str
    created: int
    expires: int
    signature: bytes
    hashed: bool = False

    def check(self, raw: bytes, public: Ed25519PublicKey, *, now: datetime) -> None:
        """
        Hold it against the raw bytes of the body, the key, and the clock.

        :raises SignatureError: if it is too early, too late, or of other bytes
        """
        self.check_time(now=now)
        try:
            public.verify(self._signed(raw), self.signature)
        except BadSignatureError:
            raise SignatureError(Flaw.FALSE) from None

    def check_time(self, *, now: datetime) -> None:
        """
        Hold it against the clock alone, before any key is asked for.

        :raises SignatureError: if it is from the future, or has expired
        """
        if self.created > (now + SKEW).timestamp():
            raise SignatureError(Flaw.EARLY)
        if self.expires <= now.timestamp() or self.expires <= self.created:
            raise SignatureError(Flaw.EXPIRED)

    def _signed(self, raw: bytes) -> bytes:
        text = signed_text(raw, self.created, self.expires, hashed=self.hashed)
        return text.encode()


@dataclass(frozen=True, slots=True)
class Signer:
    """A key of ours, and the names by which the registry knows it."""

    subscriber_id: str
    key_id: str
    private: Ed25519PrivateKey = field(repr=False)

    def header(self, raw: bytes, *, now: datetime, lasts: timedelta) -> str:
        """Sign these bytes for a core network; send exactly them."""
        told = self._told(raw, now=now, lasts=lasts, hashed=False)
        return "Signature " + ",".join(f'{name}="{told[name]}"' for name in told)

    def uhi_header(self, raw: bytes, *, now: datetime, lasts: timedelta) -> str:
        """Sign these bytes for the UHI network."""
        return json.dumps(self._told(raw, now=now, lasts=lasts, hashed=True))

    def _told(
        self, raw: bytes, *, now: datetime, lasts: timedelta, hashed: bool
    ) -> dict[str, str]:
        created, expires = int(now.timestamp()), int((now + lasts).timestamp())
        text = signed_text(raw, created, expires, hashed=hashed)
        signature = self.private.sign(text.encode()).signature
        return {
            "keyId": f"{self.subscriber_id}|{self.key_id}|{ALGORITHM}",
            "algorithm": ALGORITHM,
            "created": str(created),
            "expires": str(expires),
            "headers": COVERED,
            "signature": base64.b64encode(signature).decode(),
        }


def digest(raw: bytes) -> str:
    """Give the BLAKE2b-512 digest of a body, in base64."""
    return base64.b64encode(blake2b(raw, digest_size=64).digest()).decode()


def signed_text(raw: bytes, created: int, expires: int, *, hashed: bool) -> str:
    """Give the text that is signed: three lines; with `hashed`, UHI's digest of one."""
    lines = (
        f"(created): {created}",
        f"(expires): {expires}",
        f"digest: BLAKE-512={digest(raw)}",
    )
    return digest(" ".join(lines).encode()) if hashed else "\n".join(lines)


def parse(header: str | None) -> Signature:
    """
    Read the header of a core network.

    :raises SignatureError: if it is missing, cannot be read or names another algorithm
    """
    if not header:
        raise SignatureError(Flaw.MISSING)
    scheme = _SCHEME.match(header)
    if scheme is None:
        raise SignatureError(Flaw.MALFORMED)
    pairs = _PAIR.findall(header, scheme.end())
    return _read({name: quoted or bare for name, quoted, bare in pairs}, hashed=False)


def parse_uhi(header: str | None) -> Signature:
    """
    Read the header of the UHI network: JSON, with or without the scheme before it.

    :raises SignatureError: if it is missing, cannot be read or names another algorithm
    """
    if not header:
        raise SignatureError(Flaw.MISSING)
    try:
        told = json.loads(_SCHEME.sub("", header, count=1))
    except ValueError:
        raise SignatureError(Flaw.MALFORMED) from None
    if not isinstance(told, dict):
        raise SignatureError(Flaw.MALFORMED)
    return _read({name: str(value) for name, value in told.items()}, hashed=True)


def _read(told: Mapping[str, str], *, hashed: bool) -> Signature:
    subscriber_id, key_id, algorithm = _names(told.get("keyId", ""))
    if told.get("algorithm", "").lower() != ALGORITHM or algorithm != ALGORITHM:
        raise SignatureError(Flaw.ALGORITHM)
    # Some networks write them without the space between.
    if told.get("headers", "").replace(" ", "") != COVERED.replace(" ", ""):
        raise SignatureError(Flaw.MALFORMED)
    return Signature(
        subscriber_id=subscriber_id,
        key_id=key_id,
        created=_seconds(told.get("created", "")),
        expires=_seconds(told.get("expires", "")),
        signature=_bytes(told.get("signature", "")),
        hashed=hashed,
    )


def _names(key: str) -> tuple[str, str, str]:
    subscriber_id, _, rest = key.partition("|")
    key_id, _, algorithm = rest.partition("|")
    if not (subscriber_id and key_id):
        raise SignatureError(Flaw.MALFORMED)
    return subscriber_id, key_id, algorithm


def _seconds(value: str) -> int:
    # Twelve digits reach past the year 30000; more would only cost time.
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise SignatureError(Flaw.MALFORMED)
    return int(value)


def _bytes(value: str) -> bytes:
    try:
        found = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError(Flaw.MALFORMED) from None
    if len(found) != _SIGNATURE_BYTES:
        raise SignatureError(Flaw.MALFORMED)
    return found
