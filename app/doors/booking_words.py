"""What the pages on which patients book say, in each language there is a file for."""

from collections.abc import Mapping
from datetime import tzinfo

from app.core.errors import DomainError
from app.doors import languages, patient_rules
from app.doors.languages import Language

LANGUAGES: Mapping[str, Language] = languages.read("booking", "rule")


def refusal(error: DomainError, language: Language, zone: tzinfo | None = None) -> str:
    """Say what is wrong: by its rule, by its field, or by what it is."""
    told = patient_rules.tell(error, language, zone)
    if told is not None:
        return told
    for name in (f"{error.code}_{error.field}", error.code):
        if name in language.words:
            return language.words[name]
    return language.words["refused"]
