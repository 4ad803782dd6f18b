"""
Who has proved that a phone is theirs; nothing is booked online for anybody else.

A prover is put into the app by whoever builds one. Without one the pages say that the
phone cannot be confirmed online, and whom to call.
"""

from typing import Protocol

from flask import Flask, current_app

_KEPT = "baari.booking_proof"


class Prover(Protocol):
    """How a browser proves a phone, which is given as E.164."""

    def proved(self, phone: str) -> bool:
        """Say whether this browser has proved that phone, and not long ago."""

    def address(self, phone: str, after: str) -> str:
        """Give the page on which it is proved; it leads on to `after`, a local path."""


def use(app: Flask, prover: Prover) -> None:
    """Let phones be proved in this way."""
    app.extensions[_KEPT] = prover


def proved(phone: str) -> bool:
    """Say whether this browser has proved that a phone is theirs."""
    prover = _prover()
    return prover is not None and prover.proved(phone)


def address(phone: str, after: str) -> str | None:
    """Give the page on which a phone is proved, if there is one."""
    prover = _prover()
    return None if prover is None else prover.address(phone, after)


def _prover() -> Prover | None:
    found: Prover | None = current_app.extensions.get(_KEPT)
    return found
