"""What patients are told: the words of their facility, or else the usual ones."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct
from sqlalchemy import select

from app.core.db import db
from app.directory.views import FacilityView
from app.notifications import house
from app.notifications.kinds import BY_PHONE, OUTWARD, Channel, Told
from app.notifications.models import MessageRule, MessageText
from app.notifications.views import TextView

FOLDER = Path(__file__).with_name("words")
USUAL = "en"
# A file more is a kind more, a folder more a language more, from the next start on.
LANGUAGES = tuple(sorted(path.name for path in FOLDER.iterdir()))
CHANNELS = OUTWARD
# All that words may name, by kind; what a kind knows nothing of is not offered there.
_WHOSE = ("facility", "doctor", "reference", "token", "stop")
_VISIT = (*_WHOSE, "type", "when")
_MORE: Mapping[Told, tuple[str, ...]] = {
    Told.MOVED: (*_VISIT, "was_when"),
    Told.DISPLACED: (*_VISIT, "was_when", "moved", "emergency"),
    Told.PROPOSED: (*_VISIT, "was_when", "link"),
    Told.OFFERED: (*_VISIT, "until", "link"),
    Told.DELAYED: (*_WHOSE, "minutes", "paused"),
    Told.NEAR: (*_WHOSE, "ahead", "link"),
    Told.FEEDBACK: (*_VISIT, "link"),
    Told.CODE: ("facility", "code"),
}

ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined)

Key = tuple[Told, str, Channel]


def has(kind: Told) -> bool:
    """Say whether there are words of a kind for patients."""
    return (FOLDER / USUAL / f"{kind}.txt").exists()


def kinds(way: Channel) -> list[Told]:
    """Give the kinds that patients are told of by a way: codes go to phones alone."""
    return [
        kind
        for kind in Told
        if has(kind) and (kind is not Told.CODE or way in BY_PHONE)
    ]


def languages() -> tuple[str, ...]:
    """Give the languages in which patients are told."""
    return LANGUAGES


def variables(kind: Told) -> tuple[str, ...]:
    """Give what words of a kind may name."""
    return _MORE.get(kind, _VISIT)


class Texts(Struct, frozen=True):
    """All words of a facility; those it has not written are the usual ones."""

    own: Mapping[Key, TextView]
    registered_only: bool

    def of(self, kind: Told, language: str, channel: Channel) -> TextView:
        """Give the text for a way; undecided, or here, it is that of an SMS."""
        known = language if language in LANGUAGES else USUAL
        way = channel if channel in CHANNELS else Channel.SMS
        found = self.own.get((kind, known, way))
        return found or TextView(kind, known, way, usual(kind, known))

    def goes_out(self, text: TextView) -> bool:
        """Say whether the facility lets a text go: to phones, maybe registered ones."""
        by_phone = text.channel in BY_PHONE
        return bool(text.template_id) or not (by_phone and self.registered_only)


def load(facility_id: int, *kinds: Told) -> Texts:
    """Read the words of a facility, of these kinds or all."""
    found = select(MessageText).where(MessageText.facility_id == facility_id)
    if kinds:
        found = found.where(MessageText.kind.in_(kinds))
    rule = select(MessageRule.registered_only)
    only = db.session.scalar(rule.where(MessageRule.facility_id == facility_id))
    texts = [view(row) for row in db.session.scalars(found)]
    return Texts(
        {(each.kind, each.language, each.channel): each for each in texts}, bool(only)
    )


def view(row: MessageText) -> TextView:
    return TextView(
        row.kind,
        row.language,
        Channel(row.channel),
        row.written,
        own=True,
        template_id=row.template_id,
        sender=row.sender,
    )


def ending(language: str, stop: str) -> str:
    """Say in a language where messages are stopped."""
    known = language if language in LANGUAGES else USUAL
    return _template(_file("stop", known)).render(stop=stop)


def usual(kind: Told, language: str) -> str:
    """Give the words of the house for a kind; there is none for staff's own."""
    return _file(kind, language)


@cache
def _file(name: str, language: str) -> str:
    return (FOLDER / language / f"{name}.txt").read_text(encoding="utf-8").strip()


def say(text: TextView, data: Mapping[str, Any], facility: FacilityView | None) -> str:
    """Say what a message holds in the words of a text; times are the facility's."""
    return _template(text.written).render(values(data, facility))


def said_values(
    text: TextView, data: Mapping[str, Any], facility: FacilityView | None
) -> tuple[str, ...]:
    """Give the value of each variable in the order in which the words say them."""
    known = values(data, facility)
    return tuple(str(known[name]) for name in _said(text.written))


def names_place(text: TextView) -> bool:
    """Say whether the words name the facility that says them."""
    return "facility" in _said(text.written)


def values(data: Mapping[str, Any], facility: FacilityView | None) -> dict[str, object]:
    """Give all that any words may name, from what a message holds."""
    zone = facility.zone if facility else ZoneInfo("UTC")
    secret = data.get("secret")
    return {
        "facility": facility.name if facility else "",
        "doctor": data.get("with", ""),
        "type": data.get("type", ""),
        "reference": data.get("reference", ""),
        "token": data.get("token") or "",
        "when": _moment(data.get("starts_at"), zone),
        "was_when": _moment(data.get("was_starts_at"), zone),
        "until": _moment(data.get("until"), zone),
        "minutes": data.get("late_minutes") or 0,
        "paused": bool(data.get("paused")),
        "ahead": str(data.get("ahead", "")),
        "stop": data.get("stop", ""),
        "moved": data.get("outcome") == "moved",
        "emergency": bool(data.get("emergency", True)),
        "link": house.at(f"/a/{secret}") if secret else "",
        "code": data.get("code", ""),
    }


@lru_cache(maxsize=512)
def _template(written: str) -> Template:
    return ENVIRONMENT.from_string(written)


@lru_cache(maxsize=512)
def _said(written: str) -> tuple[str, ...]:
    """Find the variables that are said, and none of those that are only asked for."""
    said = ENVIRONMENT.parse(written).find_all(nodes.Output)
    return tuple(
        each.name for out in said for each in out.nodes if isinstance(each, nodes.Name)
    )


def _moment(written: str | None, zone: ZoneInfo) -> str:
    """Write a moment in digits, which every language of ours reads."""
    if not written:
        return ""
    return f"{datetime.fromisoformat(written).astimezone(zone):%d/%m/%Y %H:%M}"
