"""What the pages of patients say, in each language there is a file for."""

from collections.abc import Mapping
from datetime import tzinfo

from app.core.errors import DomainError
from app.doors import languages, patient_rules
from app.doors.languages import Language
from app.patients.views import PatientView

# Read once: a catalog more is a language more, from the next start on.
LANGUAGES: Mapping[str, Language] = languages.read("patient", "rule")


def of(patient: PatientView | None) -> Language:
    """Give the language that a patient reads; the usual one where nobody knows."""
    code = patient.language if patient else languages.USUAL
    return LANGUAGES.get(code, LANGUAGES[languages.USUAL])


def refusal(error: DomainError, language: Language, zone: tzinfo | None = None) -> str:
    """Say why not: by its rule, by the field that is wrong, or by its kind."""
    told = patient_rules.tell(error, language, zone)
    if told is not None:
        return told
    for name in (f"{error.code}_{error.field}", error.code):
        if name in language.words:
            return language.words[name]
    return language.words["refused"]
