"""The registry's question to a subscriber: X25519, then AES-256 of one block each."""

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_der_public_key

_BLOCK_BITS = 128


class ChallengeError(Exception):
    """The question cannot be read with these keys."""


def registry_key(spki: str) -> X25519PublicKey:
    """
    Read the registry's public key, base64 of DER.

    :raises ChallengeError: if it is no such key
    """
    try:
        found = load_der_public_key(base64.b64decode(spki, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        raise ChallengeError from None
    if not isinstance(found, X25519PublicKey):
        raise ChallengeError
    return found


def answer(challenge: str, ours: X25519PrivateKey, registry: X25519PublicKey) -> str:
    """
    Decrypt a challenge, base64, with the secret we share with the registry.

    :raises ChallengeError: if it was not encrypted for us
    """
    # Networks ask it so; nothing secret is carried by it, only that we have the key.
    cipher = Cipher(algorithms.AES(ours.exchange(registry)), modes.ECB())  # noqa: S305
    try:
        decryptor = cipher.decryptor()
        padded = decryptor.update(base64.b64decode(challenge, validate=True))
        padded += decryptor.finalize()
        unpadder = padding.PKCS7(_BLOCK_BITS).unpadder()
        return (unpadder.update(padded) + unpadder.finalize()).decode()
    except (binascii.Error, ValueError):
        raise ChallengeError from None
