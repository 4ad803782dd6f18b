"""What messages say: list, look at, write, register, and go back to the usual."""

from typing import Any
from uuid import UUID

from msgspec.structs import asdict

from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.texts import (
    RegisteredOnlySchema,
    SeenTextsSchema,
    TextOfKindSchema,
    TextsAskedSchema,
    TextsSchema,
    TryingSchema,
    Writing,
    WritingSchema,
)
from app.core import clock
from app.core.errors import NotFoundError
from app.directory.views import FacilityView
from app.doors import current
from app.notifications import queries, service
from app.notifications.kinds import OUTWARD, Channel, Told
from app.notifications.views import TextView

bp = Part("texts", "What messages to patients say, and as what it is registered")

_ONE = "/facilities/<uuid:facility_id>/texts/<kind>/<language>/<channel>"

Answer = dict[str, Any]


@bp.get("/facilities/<uuid:facility_id>/texts")
@bp.arguments(TextsAskedSchema, location="query")
@bp.response(200, TextsSchema)
def index(asked: Answer, facility_id: UUID) -> Answer:
    """List what a facility says by a channel: its own words, and the usual ones."""
    known = queries.texts(facility_of(facility_id), by=current.actor())
    channel = Channel(asked["channel"])
    found = [
        known.of(kind, language, channel)
        for kind in queries.told_kinds(channel)
        for language in queries.told_languages()
        if kind is asked.get("kind", kind)
        and language == asked.get("language", language)
    ]
    return {"texts": found, "registered_only": known.registered_only}


@bp.put("/facilities/<uuid:facility_id>/texts")
@bp.arguments(RegisteredOnlySchema)
@bp.response(200, RegisteredOnlySchema)
def set_rule(asked: Answer, facility_id: UUID) -> Answer:
    """Let registered texts alone go out by SMS and WhatsApp, or any."""
    place, on = facility_of(facility_id), asked["registered_only"]
    service.send_registered_only(place, on=on, by=current.actor(), now=clock.now())
    return asked


@bp.get(_ONE)
@bp.response(200, TextOfKindSchema)
def show(facility_id: UUID, kind: str, language: str, channel: str) -> Answer:
    """Read a text."""
    return _told(_text(facility_of(facility_id), kind, language, channel))


@bp.put(_ONE)
@bp.arguments(WritingSchema)
@bp.response(200, TextOfKindSchema)
def write(
    asked: Writing, facility_id: UUID, kind: str, language: str, channel: str
) -> Answer:
    """Say it in these words from now on, or register what is said."""
    place = facility_of(facility_id)
    order = service.NewText(
        *_named(kind, language, channel),
        asked.written,
        asked.template_id,
        asked.sender,
        unregister=asked.unregister,
    )
    return _told(service.write_text(place, order, by=current.actor(), now=clock.now()))


@bp.post(f"{_ONE}/preview")
@bp.arguments(TryingSchema)
@bp.response(200, SeenTextsSchema)
def preview(
    asked: Answer, facility_id: UUID, kind: str, language: str, channel: str
) -> Answer:
    """See how words would read, beside the other languages; nothing is kept."""
    place = facility_of(facility_id)
    order = service.NewText(*_named(kind, language, channel), asked["written"])
    seen = queries.preview(place, order, by=current.actor(), now=clock.now())
    return {
        "texts": [
            {"language": text.language, "says": says, "sms_parts": parts}
            for text, says, parts in seen
        ]
    }


@bp.post(f"{_ONE}/usual")
@bp.response(200, TextOfKindSchema)
def usual(facility_id: UUID, kind: str, language: str, channel: str) -> Answer:
    """Go back to the usual words; a registration goes with those it was for."""
    place, named = facility_of(facility_id), _named(kind, language, channel)
    return _told(service.usual_text(place, *named, by=current.actor(), now=clock.now()))


def _text(place: FacilityView, kind: str, language: str, channel: str) -> TextView:
    known = queries.texts(place, by=current.actor())
    return known.of(*_named(kind, language, channel))


def _named(kind: str, language: str, channel: str) -> tuple[Told, str, Channel]:
    """
    Read what an address names.

    :raises NotFoundError: if nobody is told of that, in that language or that way
    """
    for way in OUTWARD:
        for told in queries.told_kinds(way):
            if (kind, channel) == (told, way) and language in queries.told_languages():
                return told, language, way
    raise NotFoundError("text")


def _told(text: TextView) -> Answer:
    return asdict(text) | {"variables": queries.told_variables(text.kind)}
