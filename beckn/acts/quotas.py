"""How many places of one session a buyer's app may have: a rule of the facility."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from app.booking import queries
from app.booking.rules.buyer_quota import BuyerQuota
from app.booking.states import LIVE, Status
from app.booking.views import AppointmentView
from app.core.actor import SYSTEM
from app.core.spans import Span, local_date, union
from beckn.acts import policies
from beckn.context import Context
from beckn.fulfilments import PATH
from beckn.ordering import rows
from beckn.problems import Code, Problem

_PAGE = 200


def require(taken: AppointmentView, context: Context, *, now: datetime) -> None:
    """
    Refuse a place that was taken just now, if this buyer has enough of its session.

    Whoever takes a place of a resource has its lock until the end, so nobody counts
    beside this one.

    :raises Problem: with what was taken to be undone
    """
    most = _most(taken)
    if most is None:
        return
    session = _session(taken, now=now)
    live = [each.id for each in _visits(taken, session) if _counts(each, now)]
    if rows.number_of(context.bap_id, live) > most:
        raise Problem(
            Code.POLICY, PATH, f"one buyer's app has at most {most} places of a session"
        )


def _most(taken: AppointmentView) -> int | None:
    """Give the least of what the rules allow; None where there is none."""
    found = policies.settings(BuyerQuota.kind, taken)
    return min((int(each["places"]) for each in found), default=None)


def _session(taken: AppointmentView, *, now: datetime) -> Span:
    """Give the time about a place for which the doctor sits without a break."""
    day = local_date(taken.span.start, taken.facility.zone)
    column = queries.slots(
        taken.facility.public_id, taken.resource.public_id, day, by=SYSTEM, now=now
    )
    sat = union([*(slot.span for slot in column.slots), *column.open])
    return next((each for each in sat if each.holds(taken.span.start)), taken.span)


def _visits(taken: AppointmentView, session: Span) -> Iterator[AppointmentView]:
    after: tuple[datetime, UUID] | None = None
    while True:
        found = queries.appointments(
            taken.facility,
            session,
            by=SYSTEM,
            resource_id=taken.resource.public_id,
            limit=_PAGE,
            after=after,
        )
        yield from found
        if len(found) < _PAGE:
            return
        after = (found[-1].span.start, found[-1].id)


def _counts(visit: AppointmentView, now: datetime) -> bool:
    """Tell whether a place is taken by it: one that is over is, one run out is not."""
    if visit.status is Status.HELD:
        return visit.hold_expires_at is not None and visit.hold_expires_at > now
    return visit.status in LIVE or visit.status is Status.COMPLETED
