"""Three counters of a token in one statement: its slot, its day and its number."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import text

from app.availability.views import OfferedSlot
from app.booking import loads, tokens
from app.booking.rules.daily_limit import DailyLimit
from app.booking.tokens import Drawn
from app.core.actor import Actor
from app.core.constant import Constant
from app.directory.views import ResourceView, TypeView


class Wanted(Struct, frozen=True):
    """A place in a slot on a day; with a number, unless only held or asked for."""

    resource: ResourceView
    type: TypeView
    slot: OfferedSlot
    day: date
    numbered: bool
    extra: int = 0


def take(
    wanted: Wanted, limits: Iterable[DailyLimit], *, by: Actor, now: datetime
) -> tuple[int, Drawn | None]:
    """
    Take one place in a slot, count it on its day and draw its number.

    Give the row number of the slot, and the number drawn. The caller holds the
    resource's lock; a refusal undoes all of it. The slot's row is made with its first
    place, and then claims the whole resource.

    :raises NotOfferedError: if the slot is closed
    :raises RuleError: naming the limit of the day that is reached
    :raises SlotFullError: if every place is taken
    :raises SlotTakenError: if a timed booking took the slot's time
    """
    resource, slot = wanted.resource, wanted.slot
    row = _count(wanted)
    if row is None:
        raise tokens.refusal(resource, slot, kept=max(0, -wanted.extra))
    if row.taken == 1:
        tokens.claim_whole(resource, slot, row.id, by=by, now=now)
    used = {int(kind): number for kind, number in row.used.items()}
    loads.check(used, resource, wanted.type.id, limits)
    if row.number is None:
        return row.id, None
    return row.id, Drawn(row.token_id, tokens.label(row.prefix, row.number))


def _count(wanted: Wanted) -> Any:
    """Count; None, and nothing is counted, if the slot is full or closed."""
    return _COUNT.send(
        {
            **tokens.counting(wanted.resource, wanted.slot, wanted.extra),
            "day": wanted.day,
            "types": [loads.ALL_TYPES, wanted.type.id],
            "numbered": wanted.numbered,
            "prefix": wanted.resource.token_prefix or "",
        },
    ).one_or_none()


# The slot first: the others count for each row that it gives, which is one or none.
_COUNT = Constant(
    text(
        f"""
WITH slot AS ({tokens.COUNTED}), loads AS (
  INSERT INTO daily_loads (resource_id, facility_id, day, type_id, used)
  SELECT :resource, :facility, :day, type_id, 1
  FROM slot, unnest(CAST(:types AS bigint[])) AS type_id
  ON CONFLICT (resource_id, facility_id, day, type_id)
  DO UPDATE SET used = daily_loads.used + 1
  RETURNING type_id, used
), series AS (
  INSERT INTO token_series (facility_id, resource_id, day, prefix, last)
  SELECT :facility, :resource, :day, :prefix, 1 FROM slot WHERE :numbered
  ON CONFLICT (facility_id, resource_id, day)
  DO UPDATE SET last = token_series.last + 1
  RETURNING id, last, prefix
), token AS (
  INSERT INTO tokens (series_id, number) SELECT id, last FROM series
  RETURNING id, number
)
SELECT slot.id, slot.taken, token.id AS token_id, token.number,
       (SELECT prefix FROM series) AS prefix,
       (SELECT json_object_agg(type_id, used) FROM loads) AS used
FROM slot LEFT JOIN token ON true
"""  # noqa: S608 - made of constants
    ).bindparams(tokens.SPAN)
)
