"""A refusal as a form tells it: a sentence, the field it is about, what to do."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.core.errors import DomainError
from app.doors.problems import problem_of
from app.doors.words import say

# Another place helps against these; nearest ones are offered with the refusal.
_PLACE = frozenset({"slot_taken", "slot_full", "not_offered", "none_free", "over"})

# Rooms name the fields of their orders; the forms have names of their own.
_FIELDS: Mapping[str, str] = {
    "starts_at": "time",
    "ends_at": "minutes",
    "patient_id": "patient",
    "type_id": "type",
    "resource_id": "with",
    "name": "new_name",
    "phone": "new_phone",
    "birth_date": "new_born",
    "birth_year": "new_born",
}


class Refusal(Struct, frozen=True):
    title: str
    text: str
    field: str
    about_place: bool


def refusal_of(error: DomainError, zone: ZoneInfo) -> Refusal:
    """Put a refusal into words and beside its field."""
    field = error.field or ""
    if field.startswith("resources"):
        field = "time"
    place = error.code in _PLACE
    if place and not field:
        field = "time"
    return Refusal(
        title=problem_of(error).title,
        text=say(error, zone),
        field=_FIELDS.get(field, field),
        about_place=place,
    )
