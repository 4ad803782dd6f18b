"""What the pages of patients say, in each language there is a file for."""

from collections.abc import Mapping
from pathlib import Path

from app.core.errors import DomainError
from app.doors import languages
from app.doors.languages import Language

_HERE = Path(__file__)

# Read once: a file more in each is a language more, from the next start on.
LANGUAGES: Mapping[str, Language] = languages.read(
    _HERE.with_name("patient_languages"), _HERE.with_name("visit_languages")
)


def refusal(error: DomainError, language: Language) -> str:
    """Say why somebody is not checked in, by the field that is wrong or by its kind."""
    for name in (f"{error.code}_{error.field}", error.code):
        if name in language.words:
            return language.words[name]
    return language.words["refused"]
