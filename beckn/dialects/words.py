"""Words that the dialects share: of what is done, and of people."""

from collections.abc import Mapping

from app.directory.kinds import Category
from app.patients.views import Sex

# As it is asked for, and as it is offered.
SERVICES: Mapping[str, frozenset[Category]] = {
    "CONSULTATION": frozenset({Category.NEW, Category.FOLLOW_UP}),
    "VACCINATION": frozenset({Category.VACCINATION}),
    "PROCEDURE": frozenset({Category.PROCEDURE}),
}
SERVICE: Mapping[Category, str] = {
    category: name for name, every in SERVICES.items() for category in every
}
GENDERS: Mapping[Sex, str] = {Sex.FEMALE: "F", Sex.MALE: "M", Sex.OTHER: "O"}
SEXES: Mapping[str, Sex] = {
    **{each.value: each for each in Sex},
    **{letter.lower(): sex for sex, letter in GENDERS.items()},
}

# How both say that money was taken already, and that it was not.
PAID, NOT_PAID = "PAID", "NOT-PAID"


def called(to: str) -> str:
    """Say that a number is called, and where to, if that has a name."""
    return f"Called to {to}" if to else "Called"
