"""Double bookings nobody let stand, and those on the list that are over."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app.booking import register, troubles
from app.booking.kinds import Outcome, Trouble
from app.booking.models import Appointment, BookingResource, ResourceConflict
from app.booking.register import Found
from app.booking.states import LIVE
from app.core.actor import Actor
from app.core.db import db
from app.directory.views import ResourceView


def look(
    posts: Sequence[ResourceView], *, how: str, by: Actor, now: datetime
) -> list[Found]:
    """
    Write down who stands beside others without an entry; close entries that are over.

    Whoever books beside others has one from then on: it is only lost if the register
    is. What is found so is open, since who let it stand is lost as well.
    """
    ids = {post.id for post in posts}
    register.lift(_over(ids, now), Outcome.CANCELLED, how, by=by, now=now)
    lone = _without_entry(ids, now)
    if not lone:
        return []
    found = troubles.beside(posts, lone, now=now)
    register.write(found, by=by, now=now)
    return found


def _without_entry(resource_ids: Iterable[int], now: datetime) -> set[int]:
    """Give the claims to come beside others that no entry is about."""
    claim, entry = BookingResource, ResourceConflict
    about = select(entry.id).where(
        entry.type == Trouble.DOUBLE_BOOKING,
        entry.status.in_([Outcome.UNRESOLVED, Outcome.OVERRIDE_APPROVED]),
        entry.resource_id == claim.resource_id,
        or_(
            entry.appointment1_id == claim.appointment_id,
            entry.appointment2_id == claim.appointment_id,
        ),
        entry.during.bool_op("&&")(claim.claimed),
    )
    found = select(claim.id).where(
        claim.resource_id.in_(resource_ids),
        claim.active,
        claim.overridden,
        func.upper(claim.during) > now,
        ~about.exists(),
    )
    return set(db.session.scalars(found))


def _over(resource_ids: Iterable[int], now: datetime) -> list[int]:
    """Give the open entries to come whose two are not there together any more."""
    entry, one, two = ResourceConflict, aliased(BookingResource), aliased(Appointment)
    stands = select(one.id).where(
        one.active,
        one.resource_id == entry.resource_id,
        one.claimed.bool_op("&&")(entry.during),
    )
    # The other one may be there through its token slot.
    sits = select(two.id).where(
        two.id == entry.appointment2_id,
        two.token_slot_id.is_not(None),
        two.resource_id == entry.resource_id,
        two.status.in_(LIVE),
        two.during.bool_op("&&")(entry.during),
    )
    first = stands.where(one.appointment_id == entry.appointment1_id).exists()
    second = stands.where(one.appointment_id == entry.appointment2_id).exists()
    found = select(entry.id).where(
        entry.resource_id.in_(resource_ids),
        entry.type == Trouble.DOUBLE_BOOKING,
        entry.status == Outcome.UNRESOLVED,
        func.upper(entry.during) > now,
        ~and_(first, or_(second, sits.exists(), entry.appointment2_id.is_(None))),
    )
    return list(db.session.scalars(found))
