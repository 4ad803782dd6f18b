"""
Our own keys: in one file that nobody else reads, several at once while they rotate.

A new key waits until the registry knows it; then it signs, and those before it stay
valid for a while. All that are valid are what others may know us by.
"""

import base64
import binascii
import json
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.core.gateways import SettingError
from beckn.trust.curves import KEY_BYTES, Ed25519PrivateKey, X25519PrivateKey
from beckn.trust.signatures import Signer

SETTING = "BECKN_KEYS"
LASTS = timedelta(days=365)
# While both are valid: longer than any registry or partner keeps a look-up.
OVERLAP = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One Ed25519 key, when it is valid, and when it began to sign, if it did."""

    id: str
    private: Ed25519PrivateKey = field(repr=False)
    valid_from: datetime
    valid_until: datetime
    signs_from: datetime | None

    def is_valid(self, now: datetime) -> bool:
        return self.valid_from <= now < self.valid_until

    def signs(self, now: datetime) -> bool:
        """Tell whether it is valid, and the registry has been said to know it."""
        return self.is_valid(now) and (self.signs_from or self.valid_until) <= now


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of this house: those that sign, the oldest first, and one to decrypt."""

    signing: Sequence[SigningKey]
    encryption: X25519PrivateKey = field(repr=False)

    def signer(self, subscriber_id: str, *, now: datetime) -> Signer:
        """
        Give the newest key that signs.

        :raises SettingError: if none does
        """
        valid = [key for key in self.signing if key.signs(now)]
        if not valid:
            raise SettingError(
                SETTING, "no key in it is valid now", "Make another one for the file."
            )
        newest = max(valid, key=lambda key: key.signs_from or key.valid_from)
        return Signer(subscriber_id, newest.id, newest.private)

    def headers(
        self, subscriber_id: str, raw: bytes, *, now: datetime, lasts: timedelta
    ) -> dict[str, str]:
        """
        Give the headers that vouch for these bytes.

        :raises SettingError: if no key is valid
        """
        signer = self.signer(subscriber_id, now=now)
        return {"Authorization": signer.header(raw, now=now, lasts=lasts)}

    def waiting(self, *, now: datetime) -> list[SigningKey]:
        """Give the keys that are valid and do not sign yet, the oldest first."""
        return [
            key for key in self.signing if key.is_valid(now) and key.signs_from is None
        ]

    def rotated(self, *, now: datetime) -> "KeyRing":
        """Give the ring with a new key that waits; nothing else of it changes."""
        before = [key for key in self.signing if key.valid_until > now]
        return KeyRing((*before, _new_key(now, None)), self.encryption)

    def using(self, key_id: str, *, now: datetime) -> "KeyRing":
        """Give the ring in which this key signs; those that did end a while later."""
        ends = now + OVERLAP
        keys = [
            replace(key, signs_from=now)
            if key.id == key_id
            else replace(key, valid_until=min(key.valid_until, ends))
            if key.signs_from is not None
            else key
            for key in self.signing
        ]
        return KeyRing(tuple(keys), self.encryption)


def new_ring(*, now: datetime) -> KeyRing:
    """Make keys for a house that has none."""
    return KeyRing((_new_key(now, now),), X25519PrivateKey.generate())


def load(path: Path) -> KeyRing:
    """
    Read the file of keys.

    :raises SettingError: if it is missing, others may read it, or it cannot be read
    """
    try:
        _require_private(path)
        return _read(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SettingError(
            SETTING, f"there is no {path}", "Make the keys of this house first."
        ) from None
    except (OSError, KeyError, TypeError, ValueError, binascii.Error):
        # Not why: that could quote a key.
        raise SettingError(
            SETTING, f"{path} is no file of keys", "Restore it, or make new keys."
        ) from None


def save(ring: KeyRing, path: Path) -> None:
    """Write the file of keys, whole or not at all, for its owner alone."""
    told = {
        "signing": [
            {
                "id": key.id,
                "seed": _text(bytes(key.private)),
                "valid_from": key.valid_from.isoformat(),
                "valid_until": key.valid_until.isoformat(),
                "signs_from": key.signs_from and key.signs_from.isoformat(),
            }
            for key in ring.signing
        ],
        "encryption": _text(bytes(ring.encryption)),
    }
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(told, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _new_key(now: datetime, signs_from: datetime | None) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    name = now.strftime("k%Y%m%d%H%M%S%f")
    return SigningKey(name, private, now, now + LASTS, signs_from)


def _require_private(path: Path) -> None:
    found = path.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise SettingError(
            SETTING,
            f"others than its owner may read {path}",
            f"Run chmod 600 {path} as the user Baari runs as.",
        )


def _read(told: dict[str, Any]) -> KeyRing:
    keys = [
        SigningKey(
            str(each["id"]),
            Ed25519PrivateKey(_bytes(each["seed"])),
            _moment(each["valid_from"]),
            _moment(each["valid_until"]),
            _signs_from(each),
        )
        for each in told["signing"]
    ]
    return KeyRing(keys, X25519PrivateKey(_bytes(told["encryption"])))


def _signs_from(told: dict[str, Any]) -> datetime | None:
    # Files of before did not say it: each key signed as soon as it was made.
    written = told.get("signs_from", told["valid_from"])
    return None if written is None else _moment(written)


def _moment(written: str) -> datetime:
    found = datetime.fromisoformat(written)
    if found.tzinfo is None:
        raise ValueError
    return found


def _bytes(written: str) -> bytes:
    found = base64.b64decode(written, validate=True)
    if len(found) != KEY_BYTES:
        raise ValueError
    return found


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
