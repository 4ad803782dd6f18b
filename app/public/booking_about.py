"""What machines read of a place where patients book, in the words of schema.org."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import url_for

from app.availability import queries as availability
from app.availability.views import SessionView
from app.core.actor import SYSTEM
from app.core.spans import local_date
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView
from app.public import branding

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Weeks = Mapping[UUID | None, Sequence[SessionView]]


def told(
    place: FacilityView, doctors: Sequence[ResourceView], *, now: datetime
) -> dict[str, object]:
    """
    Tell of a place, its departments, whom patients book there, and the hours of all.

    Hours are local to the place: its own where it has any, else those of its doctors.
    """
    weeks = _weeks(place, now)
    theirs = [day for each in doctors for day in weeks.get(each.public_id, ())]
    named = groupby(doctors, key=lambda each: each.department)
    departments = {name: list(found) for name, found in named}
    address = _known(
        {"@type": "PostalAddress", "streetAddress": place.address}
        | ({"addressCountry": place.region} if place.region else {})
    )
    return {"@context": "https://schema.org"} | _known(
        {
            "@type": "Hospital" if len(departments) > 1 else "MedicalClinic",
            "name": place.name,
            "url": _at(place),
            "telephone": place.phone,
            "address": address if place.address else None,
            "logo": branding.logo_of(place, whole=True) if place.logo else None,
            "openingHoursSpecification": _hours(weeks.get(None) or theirs),
            "department": [
                {
                    "@type": "MedicalClinic",
                    "name": name,
                    "url": _at(place, department=name),
                    "member": [_physician(place, each, weeks) for each in found],
                }
                for name, found in departments.items()
                if name
            ],
            "member": [
                _physician(place, each, weeks) for each in departments.get("", ())
            ],
            "potentialAction": {"@type": "ReserveAction", "target": _at(place)},
        }
    )


def _physician(
    place: FacilityView, doctor: ResourceView, weeks: Weeks
) -> dict[str, object]:
    person = doctor.kind is ResourceKind.PRACTITIONER
    return _known(
        {
            "@type": "Physician" if person else "MedicalClinic",
            "name": doctor.name,
            "url": _at(place, doctor=doctor.code),
            "openingHoursSpecification": _hours(weeks.get(doctor.public_id, ())),
        }
    )


def _at(place: FacilityView, **entry: str) -> str:
    return url_for(
        "booking_online.landing", facility=place.slug, _external=True, **entry
    )


def _weeks(place: FacilityView, now: datetime) -> Weeks:
    """Give the sessions of each week of whom there are hours, by the version of now."""
    today = local_date(now, place.zone)
    found: dict[UUID | None, Sequence[SessionView]] = {}
    for each in availability.standing(place, today, by=SYSTEM):
        # Every second week, or the first Monday, is nothing that schema.org can say.
        weekly = [
            day
            for day in each.sessions
            if day.session.every_weeks == 1 and not day.session.nth
        ]
        found.setdefault(each.resource_id, weekly)
    return found


def _hours(sessions: Iterable[SessionView]) -> list[dict[str, object]]:
    """Say when something is open, each time of day with the days it is for."""
    days: dict[int, list[tuple[time, time]]] = defaultdict(list)
    for each in sorted(sessions, key=lambda it: (it.weekday, it.session.start)):
        _join(days[each.weekday], each.session.start, each.session.end)
    times: dict[tuple[time, time], list[str]] = defaultdict(list)
    for weekday, spans in sorted(days.items()):
        for span in spans:
            times[span].append(_DAYS[weekday])
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": weekdays,
            "opens": f"{opens:%H:%M}",
            "closes": f"{closes:%H:%M}",
        }
        for (opens, closes), weekdays in times.items()
    ]


def _join(spans: list[tuple[time, time]], start: time, end: time) -> None:
    """Add a time of one day, as one with the last if they meet; nights stay alone."""
    last = spans[-1] if spans else None
    if last is not None and last[0] < last[1] and start <= last[1] and start < end:
        spans[-1] = (last[0], max(last[1], end))
    elif (start, end) not in spans:
        spans.append((start, end))


def _known(told: dict[str, Any]) -> dict[str, object]:
    return {name: value for name, value in told.items() if value}
