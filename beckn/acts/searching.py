"""Search: what is free, by who gives it, what for and when."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from app.booking.choosing import Asked
from app.core.actor import ONESELF, Actor
from app.core.spans import Span, local_date
from app.directory import queries as directory
from app.directory.registries import RegistryIds
from app.directory.views import ResourceView
from beckn.acts import offering
from beckn.commands import FindDoctors, Search
from beckn.context import Context
from beckn.ordering import rows
from beckn.results import Catalog, Doctors, Found, Offer

DAYS = 7
# A catalog of more is no help to anybody, and a burden to both sides.
MOST_A_DAY = 300
_NOT_A_LETTER = re.compile(r"\W+")


def search(wanted: Search, context: Context, *, now: datetime) -> Found:
    """Give a catalog for each day of the next seven, or of the days that were asked."""
    found: dict[date, list[Offer]] = defaultdict(list)
    for asked, free in _free(wanted, rows.actor(context), now=now):
        for each in free:
            day = found[local_date(each.span.start, asked.place.zone)]
            if len(day) < MOST_A_DAY:
                day.append(each)
    days = tuple(Catalog(tuple(found[day])) for day in sorted(found))
    return Found(days or (Catalog(()),))


def doctors(wanted: FindDoctors, context: Context, *, now: datetime) -> Doctors:
    """Give who has something free in the same days, and the first place of each."""
    found = _firsts(wanted, rows.actor(context), now=now)
    return Doctors(tuple(tuple(offers) for offers in found.values() if offers))


def on_offer(*, now: datetime) -> tuple[int, int]:
    """Count whom a search of anybody may find, and who of them has something free."""
    found = _firsts(FindDoctors(), ONESELF, now=now)
    return len(found), sum(bool(offers) for offers in found.values())


def _firsts(
    wanted: Search, by: Actor, *, now: datetime
) -> dict[tuple[str, str], list[Offer]]:
    """Give the first free place of each type, by who gives it where."""
    found: dict[tuple[str, str], list[Offer]] = defaultdict(list)
    for asked, free in _free(wanted, by, now=now):
        offers = found[asked.place.slug, asked.doctor.code]
        offers += islice(free, 1)
    return found


def _free(
    wanted: Search, by: Actor, *, now: datetime
) -> Iterator[tuple[Asked, Iterator[Offer]]]:
    """Give who is asked for what, and what they have free of it, in order of time."""
    ids = directory.registry_ids()
    # Whoever comes here comes in person.
    for asked in () if wanted.remote else _asked(wanted, ids, by):
        window = _window(wanted, asked.place.zone, now)
        yield (
            asked,
            (
                offering.offer(asked, choice, ids)
                for choice in offering.choices(asked, window, now=now)
            ),
        )


def _window(wanted: Search, zone: ZoneInfo, now: datetime) -> Span:
    start = max(aware(wanted.after or now, zone), now)
    last = start + timedelta(days=DAYS)
    return Span(start, max(start, min(aware(wanted.before or last, zone), last)))


def aware(moment: datetime, zone: ZoneInfo) -> datetime:
    """Take a moment that tells no zone as local time of a provider."""
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return local.astimezone(UTC)


def _asked(wanted: Search, ids: RegistryIds, by: Actor) -> list[Asked]:
    return [
        Asked(place, doctor, kind, by)
        for place in offering.places()
        if not wanted.provider or _is(wanted.provider, place.slug, place.name)
        for doctor in offering.on_show(place)
        if _suits(doctor, wanted, ids.resources.get(doctor.id))
        for kind in offering.types()
        if not wanted.services or kind.category in wanted.services
        if not wanted.item or _is(wanted.item, kind.code, kind.name)
    ]


def _suits(doctor: ResourceView, wanted: Search, hpr_id: str | None) -> bool:
    sought = wanted.doctor
    named = not sought or sought == hpr_id or _is(sought, doctor.code, doctor.name)
    return named and (
        not wanted.department
        or plain(wanted.department) == (plain(doctor.department) or None)
    )


def _is(sought: str, code: str, name: str) -> bool:
    """Tell whether a thing is sought; a sign without letters is no name of all."""
    words = plain(sought)
    return sought == code or (bool(words) and words in plain(name))


def plain(words: str) -> str:
    """Write words as codes are written: GENERAL_MEDICINE."""
    return _NOT_A_LETTER.sub("_", words.strip()).strip("_").upper()
