"""Three counters of a token in one statement: its slot, its day and its number."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Integer, Text, column, func, null, select, text, true

from app.availability.views import OfferedSlot
from app.booking import loads, tokens, writing
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


class Counted(Struct, frozen=True):
    """The row of the slot, the number if one was drawn, and what was written."""

    slot_id: int
    drawn: Drawn | None
    appointment_id: int | None


def take(
    wanted: Wanted,
    limits: Iterable[DailyLimit],
    booking: Mapping[str, Any] | None = None,
    *,
    by: Actor,
    now: datetime,
) -> Counted:
    """
    Take one place in a slot, count it on its day and draw its number.

    With the columns of a `booking` and its `patient`, write that in the same statement.
    The caller holds the resource's lock; a refusal undoes all of it. The slot's row is
    made with its first place, and then claims the whole resource.

    :raises NotOfferedError: if the slot is closed
    :raises RuleError: naming the limit of the day that is reached
    :raises SlotFullError: if every place is taken
    :raises SlotTakenError: if a timed booking took the slot's time
    """
    resource, slot = wanted.resource, wanted.slot
    row = _count(wanted, booking)
    if row is None:
        raise tokens.refusal(resource, slot, kept=max(0, -wanted.extra))
    if row.taken == 1:
        tokens.claim_whole(resource, slot, row.id, by=by, now=now)
    used = {int(kind): number for kind, number in row.used.items()}
    loads.check(used, resource, wanted.type.id, limits)
    drawn = None
    if row.number is not None:
        drawn = Drawn(row.token_id, tokens.label(row.prefix, row.number))
    return Counted(row.id, drawn, row.appointment_id)


def _count(wanted: Wanted, booking: Mapping[str, Any] | None) -> Any:
    """Count; None, and nothing is counted, if the slot is full or closed."""
    named = {
        **tokens.counting(wanted.resource, wanted.slot, wanted.extra),
        "day": wanted.day,
        "types": [loads.ALL_TYPES, wanted.type.id],
        "numbered": wanted.numbered,
        "prefix": wanted.resource.token_prefix or "",
    }
    if booking is None:
        return _COUNT.send(named).one_or_none()
    return _BOOK.send({**booking, **named}).one_or_none()


# The slot first: the others count for each row that it gives, which is one or none.
_SLOT = (
    text(tokens.COUNTED)
    .bindparams(tokens.SPAN)
    .columns(column("id", BigInteger), column("taken", Integer))
    .cte("slot")
)
_LOADS = (
    text(
        """
INSERT INTO daily_loads (resource_id, facility_id, day, type_id, used)
SELECT :resource, :facility, :day, type_id, 1
FROM slot, unnest(CAST(:types AS bigint[])) AS type_id
ON CONFLICT (resource_id, facility_id, day, type_id)
DO UPDATE SET used = daily_loads.used + 1
RETURNING type_id, used
"""
    )
    .columns(column("type_id", BigInteger), column("used", Integer))
    .cte("loads")
)
_SERIES = (
    text(
        """
INSERT INTO token_series (facility_id, resource_id, day, prefix, last)
SELECT :facility, :resource, :day, :prefix, 1 FROM slot WHERE :numbered
ON CONFLICT (facility_id, resource_id, day)
DO UPDATE SET last = token_series.last + 1
RETURNING id, last, prefix
"""
    )
    .columns(column("id", BigInteger), column("last", Integer), column("prefix", Text))
    .cte("series")
)
_TOKEN = (
    text(
        "INSERT INTO tokens (series_id, number) SELECT id, last FROM series"
        " RETURNING id, number"
    )
    .columns(column("id", BigInteger), column("number", Integer))
    .cte("token")
)
_ALL = (
    select(
        _SLOT.c.id,
        _SLOT.c.taken,
        _TOKEN.c.id.label("token_id"),
        _TOKEN.c.number,
        select(_SERIES.c.prefix).scalar_subquery().label("prefix"),
        select(func.json_object_agg(_LOADS.c.type_id, _LOADS.c.used))
        .scalar_subquery()
        .label("used"),
    )
    .join_from(_SLOT, _TOKEN, true(), isouter=True)
    .add_cte(_SLOT, _LOADS, _SERIES, _TOKEN)
)
_MADE, _COMES = writing.beside(_SLOT.c.id, select(_TOKEN.c.id).scalar_subquery())
_COUNT = Constant(_ALL.add_columns(null().label("appointment_id")))
_BOOK = Constant(
    _ALL.add_columns(
        select(_MADE.c.id).scalar_subquery().label("appointment_id")
    ).add_cte(_MADE, _COMES)
)
