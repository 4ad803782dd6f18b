"""Passwords: how long they are, and how they are kept."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.core.errors import InputError

MIN_PASSWORD = 8
MAX_PASSWORD = 200

hasher = PasswordHasher()


def hashed(password: str) -> str:
    """
    Give what is kept of a password.

    :raises InputError: if it is too short or too long
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InputError(
            field="password", reason="length", least=MIN_PASSWORD, most=MAX_PASSWORD
        )
    return hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one kept; with none kept it takes as long."""
    try:
        return hasher.verify(kept or _nobody(), password[:MAX_PASSWORD])
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return hasher.hash(secrets.token_hex(16))
