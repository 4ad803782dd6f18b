"""Who is known in this browser, and may see their last doctor again."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app.booking import own_queries
from app.booking.choosing import Asked, TimeChoice, nearest
from app.core.actor import ONESELF
from app.directory.views import FacilityView, ResourceView
from app.public import booking_path, booking_reasons, families, proving

MOST = 4


class Again(Struct, frozen=True):
    """Somebody who may come again: what for, and the first time that is free."""

    patient: UUID
    name: str
    asked: Asked
    time: TimeChoice


def offers(place: FacilityView, *, now: datetime) -> list[Again]:
    """Give who of this browser's phone may see their last doctor again, and when."""
    who = proving.known(now=now)
    family = {each.public_id: each for each in families.of(place, who)}
    if who is None or not family:
        return []
    doctors = {each.public_id: each for each in booking_path.on_show(place)}
    found = []
    for last in own_queries.lately(place, list(family), by=ONESELF, now=now)[:MOST]:
        doctor = doctors.get(last.resource)
        asked = doctor and _again(place, doctor, last.type, now)
        times = nearest(asked, now, now=now) if asked else []
        if asked and times:
            name = families.called(family[last.patient], who)
            found.append(Again(last.patient, name, asked, times[0]))
    return found


def _again(
    place: FacilityView, doctor: ResourceView, kind: UUID, now: datetime
) -> Asked | None:
    """Take the follow-up that is due, else what they came for last, else anything."""
    found = booking_reasons.of(place, doctor, now=now)
    if not found:
        return None
    best = max(found, key=lambda e: (e.until is not None, e.type.public_id == kind))
    return Asked(place, doctor, best.type, booking_path.read().actor, best.until)
