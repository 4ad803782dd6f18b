"""
Claims: which resource, and which unit of it, is taken when.

Callers hold the resources' locks. A claim is refused exactly when some moment of it is
at capacity already; where the free moments lie on different units, the claims of that
stretch are numbered anew so that one unit is free throughout.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import and_, bindparam, case, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.booking import clashes, register
from app.booking.errors import SlotTakenError
from app.booking.kinds import How
from app.booking.models import Appointment, BookingResource
from app.booking.units import Held, colours, first_full, free_unit
from app.booking.views import Clash
from app.core.actor import Actor
from app.core.constant import Constant
from app.core.db import SpanType, db, table
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.views import ResourceView, TypeView


class Claim(Struct, frozen=True):
    """A resource wanted for a span; `claimed` has the buffers around it."""

    resource: ResourceView
    during: Span
    claimed: Span
    how: How = How.MANUAL


def buffered(
    resource: ResourceView,
    during: Span,
    kind: TypeView | None,
    how: How = How.MANUAL,
) -> Claim:
    """Make a claim with the longer of the resource's and the type's buffers."""
    return Claim(resource, during, during.widen(*resource.margins(kind)), how)


class Owner(Struct, frozen=True):
    """Who claims: an appointment or a token slot, by row number."""

    appointment_id: int | None = None
    token_slot_id: int | None = None


def take(
    claims: Sequence[Claim],
    owner: Owner,
    *,
    by: Actor,
    now: datetime,
    override: str = "",
) -> None:
    """
    Take all claims or none.

    With a reason to override, a claim without room stands beside those in its way: it
    is marked, and the double booking is written down.

    :raises SlotTakenError: naming every claim that is in the way
    """
    if not claims:
        return
    held = _held(claims)
    rows, doubled = [], []
    for claim in claims:
        row = _row(claim, 1, owner, by, now)
        try:
            row["unit"] = _unit(claim, held, by)
        except SlotTakenError:
            if not override:
                raise
            row |= _beside(claim, held[claim.resource.id], override, by)
            doubled.append((claim, held[claim.resource.id]))
        rows.append(row)
    _insert(rows, claims)
    for claim, rivals in doubled:
        register.doubled(
            claim.resource,
            claim.claimed,
            owner.appointment_id,
            rivals,
            why=override,
            by=by,
            now=now,
        )


def near(claims: Sequence[Claim]) -> dict[int, list[Held]]:
    """Give what is taken of each resource in the time of its claims."""
    return _held(claims) if claims else {}


def with_room(claims: Sequence[Claim], without: Collection[int] = ()) -> set[int]:
    """Give the resources that could take their claim, `without` some rows of others."""
    if not claims:
        return set()
    held = _held(claims)
    found = set()
    for claim in claims:
        others = [h for h in held.get(claim.resource.id, []) if h.id not in without]
        full = first_full(others, claim.claimed, claim.resource.capacity)
        if full is None or not claim.resource.exclusive:
            found.add(claim.resource.id)
    return found


def in_the_way(
    asked: Sequence[Claim], without: UUID | None
) -> list[tuple[Claim, list[Held]]]:
    """Give who would refuse each claim, leaving out one appointment's own claims."""
    if not asked:
        return []
    own = set(
        db.session.scalars(
            select(BookingResource.id)
            .join(Appointment, Appointment.id == BookingResource.appointment_id)
            .where(Appointment.public_id == without)
        )
    )
    held = _held(asked)
    found = []
    for claim in asked:
        others = [
            each
            for each in held.get(claim.resource.id, [])
            if each.id not in own and each.span.overlaps(claim.claimed)
        ]
        full = first_full(others, claim.claimed, claim.resource.capacity)
        if claim.resource.exclusive and full is not None:
            found.append((claim, full))
    return found


def take_whole(claim: Claim, owner: Owner, *, by: Actor, now: datetime) -> None:
    """
    Take every unit of a resource for a span, as a token slot does.

    :raises SlotTakenError: if any unit is taken at any moment of it
    """
    others = _held([claim]).get(claim.resource.id, [])
    if others:
        raise SlotTakenError(clashes=clashes.told(claim.resource.name, others, by))
    units = range(1, claim.resource.capacity + 1)
    _insert([_row(claim, unit, owner, by, now) for unit in units], [claim])


def release(owner: Owner, *, for_good: bool = False) -> None:
    """Give the owner's places back; `for_good` when a move leaves them behind."""
    mine = (
        BookingResource.appointment_id == owner.appointment_id
        if owner.appointment_id is not None
        else BookingResource.token_slot_id == owner.token_slot_id
    )
    values = {"active": False} | ({"current": False} if for_good else {})
    freed = db.session.execute(
        update(BookingResource)
        .where(mine, or_(BookingResource.active, BookingResource.current))
        .values(**values)
        .returning(BookingResource.resource_id, BookingResource.claimed)
        .execution_options(synchronize_session="fetch")
    )
    settle([(resource_id, claimed) for resource_id, claimed in freed])


def drop(row_ids: Sequence[int]) -> None:
    """Give single places of an arrangement back, keeping them as its history."""
    freed = db.session.execute(
        update(BookingResource)
        .where(BookingResource.id.in_(row_ids))
        .values(active=False, current=False)
        .returning(BookingResource.resource_id, BookingResource.claimed)
        .execution_options(synchronize_session="fetch")
    )
    settle([(resource_id, claimed) for resource_id, claimed in freed])


def settle(freed: Sequence[tuple[int, Span]]) -> None:
    """Put overridden claims back under the constraint where they fit by now."""
    if not freed:
        return
    near = or_(
        *(
            and_(
                BookingResource.resource_id == resource_id,
                BookingResource.claimed.bool_op("&&")(span),
            )
            for resource_id, span in freed
        )
    )
    marked = db.session.execute(
        select(BookingResource.id, BookingResource.resource_id, BookingResource.claimed)
        .where(near, BookingResource.active, BookingResource.overridden)
        .order_by(BookingResource.id)
    ).all()
    if not marked:
        return
    resources = {r.id: r for r in directory.posts_of(row[1] for row in marked)}
    for row_id, resource_id, claimed in marked:
        _fit_in(row_id, Claim(resources[resource_id], claimed, claimed))


def _fit_in(row_id: int, claim: Claim) -> None:
    """
    Clear an override when nobody else holds the place.

    Other overridden claims do not count: of several, the first to fit is a plain
    booking and the rest are its rivals.
    """
    others = _read([claim.resource.id], claim.claimed).get(claim.resource.id, [])
    unit = _plain_unit(claim, others)
    if unit is None:
        return
    db.session.execute(
        update(BookingResource)
        .where(BookingResource.id == row_id)
        .values(overridden=False, unit=unit)
        .execution_options(synchronize_session="fetch")
    )


def _beside(
    claim: Claim, others: Sequence[Held], why: str, by: Actor
) -> dict[str, object]:
    """
    Say how a claim stands beside others that have leave, or with leave of its own.

    Where overridden claims alone are in its way it is a plain one, as in `_fit_in`.
    """
    unit = _plain_unit(claim, others)
    leave = {"override_by": by.key, "override_reason": why}
    return leave | ({"overridden": True} if unit is None else {"unit": unit})


def _plain_unit(claim: Claim, others: Sequence[Held]) -> int | None:
    """Give the unit that a claim has if overridden ones do not count, or none."""
    plain = [held for held in others if not held.overridden]
    if first_full(plain, claim.claimed, claim.resource.capacity) is not None:
        return None
    return free_unit(plain, claim.resource.capacity) or _recolour(claim)


def _insert(rows: list[dict[str, object]], claims: Sequence[Claim]) -> None:
    if sum(len(_TAKE.send(row).all()) for row in rows) < len(rows):
        # The constraint saw a claim that the read under the lock did not.
        raise SlotTakenError(
            clashes=[Clash(claim.resource.name, claim.during) for claim in claims]
        )


_CLAIM = table(BookingResource).c
_GIVEN = [column for column in _CLAIM if column is not _CLAIM.id]
_TAKE = Constant(
    insert(table(BookingResource))
    .values({column.name: bindparam(column.name) for column in _GIVEN})
    .on_conflict_do_nothing()
    .returning(_CLAIM.id)
)


def _unit(claim: Claim, held: dict[int, list[Held]], by: Actor) -> int:
    """Find the unit to take, numbering others anew when that makes one free."""
    resource = claim.resource
    others = held.get(resource.id, [])
    if not resource.exclusive:
        return 1
    full = first_full(others, claim.claimed, resource.capacity)
    if full is not None:
        raise SlotTakenError(clashes=clashes.told(claim.resource.name, full, by))
    return free_unit(others, resource.capacity) or _recolour(claim)


def _recolour(claim: Claim) -> int:
    """
    Number the overlapping claims anew, so that one unit is free for this one.

    Rows leave the constraint while they change: two that swap their units would
    break it in the middle of one statement.
    """
    stretch = [held for held in _stretch(claim) if not held.overridden]
    mine = Held(0, 0, claim.claimed)
    numbered = colours([*stretch, mine])
    moved = {h.id: numbered[h] for h in stretch if numbered[h] != h.unit}
    if moved:
        renumbered = update(BookingResource).where(BookingResource.id.in_(moved))
        db.session.execute(renumbered.values(active=False))
        number = case(moved, value=BookingResource.id)
        db.session.execute(renumbered.values(unit=number, active=True))
        db.session.expire_all()
    return numbered[mine]


def _stretch(claim: Claim) -> list[Held]:
    """Give every claim linked to this one by a chain of overlaps."""
    reach = claim.claimed
    while True:
        found = _read([claim.resource.id], reach).get(claim.resource.id, [])
        start = min([reach.start, *(held.span.start for held in found)])
        end = max([reach.end, *(held.span.end for held in found)])
        if Span(start, end) == reach:
            return found
        reach = Span(start, end)


def _held(claims: Sequence[Claim]) -> dict[int, list[Held]]:
    """Read what is taken around the claims, in one statement."""
    hull = Span(
        min(claim.claimed.start for claim in claims),
        max(claim.claimed.end for claim in claims),
    )
    found = _read([claim.resource.id for claim in claims], hull)
    wanted = {
        resource_id: [c.claimed for c in claims if c.resource.id == resource_id]
        for resource_id in found
    }
    return {
        resource_id: [
            each for each in held if any(map(each.span.overlaps, wanted[resource_id]))
        ]
        for resource_id, held in found.items()
    }


def _read(resource_ids: Iterable[int], window: Span) -> dict[int, list[Held]]:
    asked = {"resource_ids": sorted(set(resource_ids)), "window": window}
    rows = _OVERLAPPING.send(asked)
    found: dict[int, list[Held]] = {}
    for resource_id, row_id, unit, start, end, overridden in rows:
        held = Held(row_id, unit, Span(start, end), overridden)
        found.setdefault(resource_id, []).append(held)
    return found


# Asked in the words of the constraint, so that its index answers however many claims of
# earlier years there are; what is left out of it is few, and has an index of its own.
_OVERLAPPING = Constant(
    text(
        """
WITH wanted AS (SELECT unnest(CAST(:resource_ids AS bigint[])) AS id)
SELECT c.resource_id, c.id, c.unit, lower(c.claimed), upper(c.claimed), c.overridden
FROM wanted JOIN booking_resources c
  ON int8range(c.resource_id, c.resource_id, '[]')
    && int8range(wanted.id, wanted.id, '[]')
WHERE c.active AND c.exclusive AND NOT c.overridden
  AND c.claimed && CAST(:window AS tstzrange)
UNION ALL
SELECT c.resource_id, c.id, c.unit, lower(c.claimed), upper(c.claimed), c.overridden
FROM wanted JOIN booking_resources c ON c.resource_id = wanted.id
WHERE c.active AND c.exclusive AND c.overridden
  AND c.claimed && CAST(:window AS tstzrange)
ORDER BY 2
"""
    ).bindparams(bindparam("window", type_=SpanType))
)


def _row(
    claim: Claim, unit: int, owner: Owner, by: Actor, now: datetime
) -> dict[str, object]:
    return {
        "appointment_id": owner.appointment_id,
        "token_slot_id": owner.token_slot_id,
        "resource_id": claim.resource.id,
        "unit": unit,
        "during": claim.during,
        "claimed": claim.claimed,
        "active": True,
        "current": True,
        "exclusive": claim.resource.exclusive,
        "overridden": False,
        "override_by": None,
        "override_reason": None,
        "how": claim.how,
        "assigned_by": by.trace,
        "assigned_at": now,
    }
