"""Where a patient stands on the way to a visit: kept in their own browser's cookie."""

import secrets
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, session, url_for
from msgspec import Struct, field
from msgspec.structs import asdict, replace

from app.booking.kinds import Kind
from app.core.actor import SYSTEM, Actor, ActorKind
from app.core.errors import NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView, ResourceView
from app.doors import booking_words, languages
from app.doors.languages import Reading

_KEPT = "booking"


class Path(Struct, frozen=True):
    """
    What was chosen and said so far; `key` is the browser's, which has one live hold.

    `at` and `until` are ISO instants. Without `hold` the place is not kept yet; `once`
    tells one choice from another of the same time.
    """

    key: str
    facility: str = ""
    doctor: str = ""
    reason: str = ""
    kind: str = ""
    at: str = ""
    once: str = ""
    hold: str = ""
    until: str = ""
    who: dict[str, str] = field(default_factory=dict)
    booked: str = ""

    @property
    def actor(self) -> Actor:
        """Give the patient who acts: nobody knows yet who it is."""
        return Actor(ActorKind.PATIENT, "Online booking", reference=self.key)

    @property
    def starts_at(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def until_at(self) -> datetime:
        return datetime.fromisoformat(self.until)

    @property
    def is_token(self) -> bool:
        return self.kind == Kind.TOKEN

    @property
    def chosen(self) -> str:
        """Name the choice, so that a form says which one it was about."""
        return f"{self.doctor}/{self.reason}/{self.at}"

    def kept(self, now: datetime) -> bool:
        """Say whether the place is kept at this moment."""
        return bool(self.hold) and self.until_at > now


def read() -> Path:
    """Give where this browser stands."""
    told = session.get(_KEPT)
    return Path(**told) if told else Path(secrets.token_urlsafe(16))


def write(path: Path, **changed: Any) -> Path:
    """Remember where this browser stands now."""
    path = replace(path, **changed)
    session[_KEPT] = asdict(path)
    return path


def place_of(slug: str) -> FacilityView:
    """
    Give a facility that is open to patients.

    :raises NotFoundError: if there is none of that name in use
    """
    place = directory.facility(slug, by=SYSTEM)
    if not place.active:
        raise NotFoundError("facility")
    return place


def on_show(place: FacilityView) -> list[ResourceView]:
    """Give what patients book themselves there."""
    every = directory.resources(place, by=SYSTEM)
    return [each for each in every if each.on_show]


def doctor_of(place: FacilityView, code: str) -> ResourceView:
    """
    Give one whom patients book themselves, by code.

    :raises NotFoundError: if it is not marked public there
    """
    for each in on_show(place):
        if each.code == code:
            return each
    raise NotFoundError("resource")


def reading() -> Reading:
    """Give the language of this reader, which holds from step to step."""
    offered = booking_words.LANGUAGES
    languages.remember()
    same = dict(request.view_args or {})
    if "department" in request.args:
        same["department"] = request.args["department"]
    # A form that was refused is read again at the page it stands on.
    here = str(request.endpoint)
    others = tuple(
        (code, each.name, url_for(here, lang=code, **same))
        for code, each in offered.items()
    )
    return Reading(languages.here(offered), others)


def day_words(which: date) -> str:
    """Write a day in the reader's language."""
    return reading().language.short_day(which)


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """Write a day and a time in the reader's language, by the clocks of a zone."""
    language, here = reading().language, at.astimezone(zone)
    day = language.short_day(here.date())
    return language.say("day_time", day=day, time=f"{here:%H:%M}")
