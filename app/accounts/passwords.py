"""Passwords: how long they are, and how they are kept."""

from argon2 import PasswordHasher

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
