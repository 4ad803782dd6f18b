"""What patients are told: a file of words for each kind and language."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.directory.views import FacilityView
from app.notifications.kinds import Told

FOLDER = Path(__file__).with_name("words")
USUAL = "en"
# A file more is a kind more, a folder more a language more, from the next start on.
LANGUAGES = tuple(sorted(path.name for path in FOLDER.iterdir()))
# All that words may name.
VARIABLES = frozenset(
    {
        *("facility", "doctor", "type", "reference", "token"),
        *("when", "was_when", "until", "minutes", "paused"),
    }
)

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    autoescape=False,
    undefined=StrictUndefined,
)


def has(kind: Told) -> bool:
    """Say whether there are words of a kind for patients."""
    return (FOLDER / USUAL / f"{kind}.txt").exists()


def words(
    kind: Told, data: Mapping[str, Any], facility: FacilityView, language: str
) -> str:
    """Say it in a language, or in the usual one; times are those of the facility."""
    known = language if language in LANGUAGES else USUAL
    zone = facility.zone
    return _template(kind, known).render(
        facility=facility.name,
        doctor=data.get("with", ""),
        type=data.get("type", ""),
        reference=data.get("reference", ""),
        token=data.get("token") or "",
        when=_moment(data.get("starts_at"), zone),
        was_when=_moment(data.get("was_starts_at"), zone),
        until=_moment(data.get("until"), zone),
        minutes=data.get("late_minutes") or 0,
        paused=bool(data.get("paused")),
    )


def ending(language: str, stop: str) -> str:
    """Say in a language where messages are stopped."""
    known = language if language in LANGUAGES else USUAL
    return _template("stop", known).render(stop=stop)


@cache
def _template(kind: str, language: str) -> Template:
    written = (FOLDER / language / f"{kind}.txt").read_text(encoding="utf-8")
    return _ENVIRONMENT.from_string(written.strip())


def _moment(written: str | None, zone: ZoneInfo) -> str:
    """Write a moment in digits, which every language of ours reads."""
    if not written:
        return ""
    return f"{datetime.fromisoformat(written).astimezone(zone):%d/%m/%Y %H:%M}"
