"""Keys that the environment holds itself, as a keeper of secrets puts them there."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime

from app.core.gateways import SettingError
from beckn.trust.curves import KEY_BYTES, Ed25519PrivateKey, X25519PrivateKey
from beckn.trust.keys import KeyRing, SigningKey

SIGNING, NAME = "BECKN_SIGNING_KEY", "BECKN_SIGNING_KEY_ID"
VALID, ENCRYPTION = "BECKN_SIGNING_KEY_VALID", "BECKN_ENCRYPTION_KEY"


def read(given: Mapping[str, str]) -> KeyRing | None:
    """
    Give the one key that signs and the one to decrypt; None where none is given.

    :raises SettingError: for the first that is missing or cannot be read
    """
    if not given.get(SIGNING):
        return None
    name = given.get(NAME, "")
    if not name or "|" in name:
        raise _wrong(NAME, "the id by which the registry knows the key")
    since, until = _validity(given.get(VALID, ""))
    key = SigningKey(name, _signing(given[SIGNING]), since, until, since)
    return KeyRing((key,), _encryption(given.get(ENCRYPTION, "")))


def _signing(written: str) -> Ed25519PrivateKey:
    raw = _bytes(written)
    key = raw[:KEY_BYTES]
    if len(key) == KEY_BYTES:
        found = Ed25519PrivateKey(key)
        # Some tools write the public half behind it.
        if raw[KEY_BYTES:] in {b"", bytes(found.verify_key)}:
            return found
    raise _wrong(SIGNING, "base64 of the 32 bytes of an Ed25519 key")


def _encryption(written: str) -> X25519PrivateKey:
    raw = _bytes(written)
    if len(raw) != KEY_BYTES:
        raise _wrong(ENCRYPTION, "base64 of the 32 bytes of an X25519 key")
    return X25519PrivateKey(raw)


def _validity(written: str) -> tuple[datetime, datetime]:
    try:
        since, until = (_moment(each) for each in written.split("/"))
    except ValueError:
        raise _wrong(VALID, "two dates, as 2026-11-01/2027-11-01") from None
    if since >= until:
        raise _wrong(VALID, "two dates, the earlier one first")
    return since, until


def _moment(written: str) -> datetime:
    found = datetime.fromisoformat(written.strip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _bytes(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _wrong(name: str, wanted: str) -> SettingError:
    # Never what it is: that may be half a key.
    return SettingError(name, f"it is not {wanted}", f"Set it, or unset {SIGNING}.")
