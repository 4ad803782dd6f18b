"""Kinds of bookings and of ways a resource is assigned."""

from enum import StrEnum


class Kind(StrEnum):
    TIMED = "timed"
    TOKEN = "token"  # noqa: S105 - a queue number, not a secret


class How(StrEnum):
    MANUAL = "manual"
    AUTO = "auto"
    SWAP = "swap"
