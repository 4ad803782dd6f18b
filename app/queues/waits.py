"""How long it will take: a range from what was observed. Pure, but for one read."""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

from msgspec import Struct
from sqlalchemy import func, select

from app.core.db import db
from app.queues.kinds import EncounterIs
from app.queues.models import Encounter

# Fewer visits than these say little; a wider guess is asked then.
ENOUGH = 5
LOOKED_AT = 200
ALL_TYPES = "0"
# Where nothing was observed: nine of ten visits take no longer than this many times
# what is usual.
SLOW = 1.6
# Who is in the room longer than usual will be out in a quarter of the usual time.
LEFT_AT_LEAST = 0.25


class Pace(Struct, frozen=True):
    """The time in the room: half take `p50` seconds at the most, nine of ten `p90`."""

    p50: float
    p90: float


class Wait(Struct, frozen=True):
    """A wait in seconds: as likely shorter as longer than `low`; `high` seldom."""

    low_s: int
    high_s: int


class Ahead(Struct, frozen=True):
    """Somebody before one in the queue; `since_s` is how long they are in the room."""

    pace: Pace
    since_s: float | None = None


def observe(resource_id: int) -> dict[str, list[int]]:
    """Read the paces of a doctor from the last visits, by type and over all."""
    recent = (
        select(Encounter.type_id, Encounter.room_seconds)
        .where(
            Encounter.resource_id == resource_id,
            Encounter.state == EncounterIs.ENDED,
            Encounter.room_seconds.is_not(None),
        )
        .order_by(Encounter.ended_at.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    # A rollup: one row for each type, and one for all of them.
    rows = db.session.execute(
        select(
            func.coalesce(recent.c.type_id, 0),
            func.percentile_cont(0.5).within_group(recent.c.room_seconds),
            func.percentile_cont(0.9).within_group(recent.c.room_seconds),
            func.count(),
        ).group_by(func.rollup(recent.c.type_id))
    )
    return {str(kind): [round(p50), round(p90), n] for kind, p50, p90, n in rows if n}


def pace(paces: Mapping[str, Sequence[int]], type_id: int, usual_minutes: int) -> Pace:
    """Give the pace of a type: as observed, else of all types, else as is usual."""
    for kind in (str(type_id), ALL_TYPES):
        found = paces.get(kind)
        if found is not None and found[2] >= ENOUGH:
            return Pace(found[0], found[1])
    return Pace(usual_minutes * 60, usual_minutes * 60 * SLOW)


def estimate(ahead: Iterable[Ahead], *, rooms: int = 1, late_minutes: int = 0) -> Wait:
    """
    Say how long somebody will wait behind others, with so many rooms at work.

    Medians are added; what is above them adds like independent errors, by squares: that
    all before one are slow at once is unlikely.
    """
    middle, spread = 0.0, 0.0
    for each in ahead:
        left = each.pace.p50
        if each.since_s is not None:
            left = max(left - each.since_s, left * LEFT_AT_LEAST)
        middle += left
        spread += (each.pace.p90 - each.pace.p50) ** 2
    low = middle / rooms + late_minutes * 60
    return Wait(round(low), round(low + sqrt(spread) / rooms))
