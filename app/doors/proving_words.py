"""What the pages say on which a patient proves a phone, in each language of a file."""

from collections.abc import Mapping

from app.core.errors import DomainError, RuleError
from app.doors import languages, patient_words
from app.doors.languages import Language

# Read once: a catalog more is a language more, from the next start on.
LANGUAGES: Mapping[str, Language] = languages.read("patient", "proving")
_HOUR = 3600


def of(language: Language) -> Language:
    """Give these words in the language of a page; in English where there are none."""
    return LANGUAGES.get(language.code, LANGUAGES[languages.USUAL])


def refusal(error: DomainError, page: Language) -> str:
    """Say why something is refused, by its field, else by its kind."""
    told = of(page)
    seconds, left = error.params.get("seconds", 0), error.params.get("left")
    name = error.code
    if seconds >= _HOUR:
        name = "codes_no_more"
    if left == 0:
        return told.words["code_spent"]
    if isinstance(error, RuleError) or error.code == "slot_full":
        name = "full"
    for each in (f"{error.code}_{error.field}", name):
        if each in told.words:
            return told.say(each, count=seconds, **error.params)
    return patient_words.refusal(error, page)
