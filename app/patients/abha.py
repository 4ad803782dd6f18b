"""ABHA numbers: fourteen digits that India gives a person for all their health care."""

import re
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from msgspec import Struct

from app.core.errors import InputError
from app.patients.views import PatientView

_DIGITS = re.compile(r"[0-9]{14}")
_ADDRESS = re.compile(r"([a-z0-9][a-z0-9._]{6,16}[a-z0-9])@(?:abdm|sbx)", re.IGNORECASE)
# The tables of Verhoeff's check: the symmetries of a pentagon, and a permutation that
# is done once more with every place.
_TIMES = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_TURN = "1576283094"


class Verifier(Protocol):
    """Asks whoever gives the numbers whether one is a person's."""

    def verified(self, number: str, *, name: str, birth_year: int | None) -> bool:
        """Say whether that number, of fourteen digits, is this person's."""


class Holder(Struct, frozen=True):
    """Whose a number is, as who gives the numbers knows them; the phone is E.164."""

    number: str
    name: str
    birth_year: int
    phone: str


@runtime_checkable
class Registry(Verifier, Protocol):
    """A verifier that can also ask somebody to prove that a number is theirs."""

    holders: tuple[Holder, ...]
    """Who may be tried in a demo; otherwise nobody."""

    def ask(self, number: str, *, address: str, now: datetime) -> UUID:
        """
        Have a code sent to whoever has that number, and give what it is answered by.

        A number that nobody has is answered alike. `address` is where the wish is from.
        """

    def answer(self, asked: UUID, code: str, *, now: datetime) -> Holder:
        """
        Give whose the number is, if that is the code.

        :raises CodeError: if it is not, or there is none to be had any more
        """


class ChecksumOnly:
    """What ships: a number is well formed, and nothing is known of whose it is."""

    def verified(self, number: str, *, name: str, birth_year: int | None) -> bool:
        del number, name, birth_year
        return False


_verifier: Verifier = ChecksumOnly()


def use(verifier: Verifier) -> None:
    """Say at composition who verifies numbers."""
    global _verifier  # noqa: PLW0603 - one process, one verifier
    _verifier = verifier


def verifier() -> Verifier:
    """Give who verifies numbers here."""
    return _verifier


def is_of(number: str, who: PatientView) -> bool:
    """Say whether a number is verified to be a patient's."""
    return verifier().verified(number, name=who.name, birth_year=who.born_in)


def registry() -> Registry | None:
    """Give who lets people prove a number here, if anybody does."""
    return _verifier if isinstance(_verifier, Registry) else None


def read(written: str) -> str:
    """
    Read a number as people write it, with hyphens or spaces; give its fourteen digits.

    :raises InputError: if that is none, or a digit of it is wrong
    """
    digits = re.sub(r"[\s-]", "", written)
    if not _DIGITS.fullmatch(digits) or _sum(digits) != 0:
        raise InputError(field="abha", reason="abha")
    return digits


def is_address(written: str) -> bool:
    """
    Tell whether that can be an ABHA address, as asha.nair_90@abdm.

    Before @abdm, or @sbx of the sandbox, there are 8 to 18 letters and digits, with one
    dot and one underscore at most, and neither of them first or last.
    """
    found = _ADDRESS.fullmatch(written)
    name = found[1] if found else ""
    return bool(found) and max(map(name.count, "._")) <= 1


def shown(number: str) -> str:
    """Write a number as cards do: 12-3456-7890-1234."""
    return "-".join((number[:2], number[2:6], number[6:10], number[10:]))


def _sum(digits: str) -> int:
    found = 0
    for place, digit in enumerate(reversed(digits)):
        turned = int(digit)
        for _ in range(place % 8):
            turned = int(_TURN[turned])
        found = int(_TIMES[found][turned])
    return found
