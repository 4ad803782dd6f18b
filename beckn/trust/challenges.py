"""The registry's question to a subscriber: X25519, then AES-256 of one block each."""

import base64
import binascii

from beckn.trust.curves import X25519PrivateKey, X25519PublicKey, shared, x25519

_BLOCK_BITS = 128


class ChallengeError(Exception):
    """The question cannot be read with these keys."""


def registry_key(spki: str) -> X25519PublicKey:
    """
    Read the registry's public key, base64 of DER.

    :raises ChallengeError: if it is no such key
    """
    try:
        return x25519(base64.b64decode(spki, validate=True))
    except (binascii.Error, ValueError):
        raise ChallengeError from None


def answer(challenge: str, ours: X25519PrivateKey, registry: X25519PublicKey) -> str:
    """
    Decrypt a challenge, base64, with the secret we share with the registry.

    :raises ChallengeError: if it was not encrypted for us
    """
    try:
        secret = shared(ours, registry)
        return _decrypted(base64.b64decode(challenge, validate=True), secret).decode()
    except (binascii.Error, ValueError):
        raise ChallengeError from None


def _decrypted(message: bytes, secret: bytes) -> bytes:
    # A house is asked once in months, and each worker would keep its seven megabytes.
    from cryptography.hazmat.primitives import padding  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers import (  # noqa: PLC0415
        Cipher,
        algorithms,
        modes,
    )

    # Networks ask it so; nothing secret is carried by it, only that we have the key.
    decryptor = Cipher(algorithms.AES(secret), modes.ECB()).decryptor()  # noqa: S305
    padded = decryptor.update(message) + decryptor.finalize()
    unpadder = padding.PKCS7(_BLOCK_BITS).unpadder()
    return unpadder.update(padded) + unpadder.finalize()
