"""Digests that only this installation can make: its secret key goes into each."""

import hmac

_key = b""


def use(secret: str) -> None:
    """Say at composition which key this process makes digests with."""
    global _key  # noqa: PLW0603 - one process, one installation
    _key = secret.encode()


def digest(purpose: str, *parts: object) -> str:
    """
    Give the digest of some parts for a purpose, as 64 hexadecimal digits.

    Whoever reads the database cannot try out what it was made of: a code has only a
    million values.
    """
    told = "\0".join((purpose, *map(str, parts)))
    return hmac.new(_key, told.encode(), "sha256").hexdigest()
