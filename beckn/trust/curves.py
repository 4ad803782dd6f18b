"""
Keys on Curve25519, and how networks write them: bare, or with their kind, as DER.

Ed25519 signs, X25519 shares a secret. Source: RFC 8410, by which a public key as DER is
twelve bytes that say its kind, and the 32 of the key.
"""

from nacl.bindings import crypto_scalarmult
from nacl.public import PrivateKey as X25519PrivateKey
from nacl.public import PublicKey as X25519PublicKey
from nacl.signing import SigningKey as Ed25519PrivateKey
from nacl.signing import VerifyKey as Ed25519PublicKey

__all__ = [
    "KEY_BYTES",
    "Ed25519PrivateKey",
    "Ed25519PublicKey",
    "X25519PrivateKey",
    "X25519PublicKey",
    "as_der",
    "ed25519",
    "shared",
    "x25519",
]

KEY_BYTES = 32
_SIGNS = bytes.fromhex("302a300506032b6570032100")
_SHARES = bytes.fromhex("302a300506032b656e032100")


def ed25519(raw: bytes) -> Ed25519PublicKey:
    """
    Read a key that signs as core networks write it, bare, or as UHI does, as DER.

    :raises ValueError: if it is neither
    """
    return Ed25519PublicKey(raw if len(raw) == KEY_BYTES else _bare(raw, _SIGNS))


def x25519(der: bytes) -> X25519PublicKey:
    """
    Read a key that shares a secret.

    :raises ValueError: if it is no such key
    """
    return X25519PublicKey(_bare(der, _SHARES))


def as_der(key: Ed25519PublicKey | X25519PublicKey) -> bytes:
    """Write a key with its kind."""
    kind = _SIGNS if isinstance(key, Ed25519PublicKey) else _SHARES
    return kind + bytes(key)


def shared(ours: X25519PrivateKey, theirs: X25519PublicKey) -> bytes:
    """
    Give the secret that two share.

    :raises ValueError: if their key is one with which everybody shares the same
    """
    try:
        return crypto_scalarmult(bytes(ours), bytes(theirs))
    except RuntimeError:
        raise ValueError("a key with which nothing is secret") from None


def _bare(der: bytes, kind: bytes) -> bytes:
    if not der.startswith(kind) or len(der) != len(kind) + KEY_BYTES:
        raise ValueError("a key of another kind, or no key")
    return der.removeprefix(kind)
