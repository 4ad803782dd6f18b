"""What the pages on which patients book say, in each language there is a file for."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from app.core.errors import DomainError
from app.doors import languages
from app.doors.languages import Language

LANGUAGES: Mapping[str, Language] = languages.read(
    Path(__file__).with_name("booking_languages")
)


def refusal(error: DomainError, language: Language) -> str:
    """Say what is wrong, by its field, by what it is, or that it is not possible."""
    for name in (f"{error.code}_{error.field}", error.code):
        if name in language.words:
            return language.words[name]
    return language.words["refused"]


def day(which: date, language: Language) -> str:
    """Write a day as Tue 24 Nov, with the names of the language."""
    names = language.words["weekdays"].split(), language.words["months"].split()
    return f"{names[0][which.weekday()]} {which.day} {names[1][which.month - 1]}"
