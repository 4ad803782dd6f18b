"""Search: what is free, by who gives it, what for and when."""

import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.booking.choosing import Asked
from app.core.actor import Actor
from app.core.spans import Span, local_date
from app.directory.views import ResourceView
from beckn.acts import offering
from beckn.commands import Search
from beckn.context import Context
from beckn.ordering import rows
from beckn.results import Catalog, Found, Offer

DAYS = 7
# A catalog of more is no help to anybody, and a burden to both sides.
MOST_A_DAY = 300
_NOT_A_LETTER = re.compile(r"\W+")


def search(wanted: Search, context: Context, *, now: datetime) -> Found:
    """Give a catalog for each day of the next seven, or of the days that were asked."""
    found: dict[date, list[Offer]] = defaultdict(list)
    for asked in _asked(wanted, rows.actor(context)):
        window = _window(wanted, asked.place.zone, now)
        for choice in offering.choices(asked, window, now=now):
            day = found[local_date(choice.span.start, asked.place.zone)]
            if len(day) < MOST_A_DAY:
                day.append(offering.offer(asked, choice))
    days = tuple(Catalog(tuple(found[day])) for day in sorted(found))
    return Found(days or (Catalog(()),))


def _window(wanted: Search, zone: ZoneInfo, now: datetime) -> Span:
    start = max(aware(wanted.after or now, zone), now)
    last = start + timedelta(days=DAYS)
    return Span(start, max(start, min(aware(wanted.before or last, zone), last)))


def aware(moment: datetime, zone: ZoneInfo) -> datetime:
    """Take a moment that tells no zone as local time of a provider."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return local.astimezone(UTC)


def _asked(wanted: Search, by: Actor) -> list[Asked]:
    return [
        Asked(place, doctor, kind, by)
        for place in offering.places()
        if not wanted.provider or _is(wanted.provider, place.slug, place.name)
        for doctor in offering.on_show(place)
        if _suits(doctor, wanted)
        for kind in offering.types()
        if not wanted.services or kind.category in wanted.services
        if not wanted.item or _is(wanted.item, kind.code, kind.name)
    ]


def _suits(doctor: ResourceView, wanted: Search) -> bool:
    named = not wanted.doctor or _is(wanted.doctor, doctor.code, doctor.name)
    return named and (
        not wanted.department or (plain(wanted.department) == plain(doctor.department))
    )


def _is(sought: str, code: str, name: str) -> bool:
    return sought == code or plain(sought) in plain(name)


def plain(words: str) -> str:
    """Write words as codes are written: GENERAL_MEDICINE."""
    return _NOT_A_LETTER.sub("_", words.strip()).strip("_").upper()
