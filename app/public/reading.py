"""In which language a patient reads, and how they come to another one."""

from typing import Any

from flask import request, url_for

from app.doors import languages, patient_words
from app.doors.languages import Language, Reading


def language() -> Language:
    """Give the language of the address, the form, the way so far, or the browser."""
    return languages.here(patient_words.LANGUAGES)


def asked() -> str | None:
    """Give the language that links take along, where one was asked for."""
    return language().code if request.values.get("lang") else None


def reading(endpoint: str, **args: Any) -> Reading:
    """Say how a page is read, which is found again by its endpoint and arguments."""
    others = tuple(
        (code, each.name, url_for(endpoint, lang=code, **args))
        for code, each in patient_words.LANGUAGES.items()
    )
    return Reading(language(), others)
