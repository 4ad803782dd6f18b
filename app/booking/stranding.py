"""Which live bookings lie where nothing is offered: now, or after a change."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, not_, select

from app.availability import internal as availability
from app.availability.views import (
    NewException,
    NewMaintenance,
    NewSchedule,
    Offer,
    OfferedSlot,
)
from app.booking.kinds import Kind
from app.booking.models import HELD, Appointment, BookingResource, TokenSlot
from app.booking.states import LIVE
from app.core.db import db
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView

Change = NewSchedule | NewException | NewMaintenance

_CAPACITY = "capacity"


class Use(Struct, frozen=True):
    """A resource used by a live booking, for its own part; tokens by their slot."""

    booking: Appointment
    resource_id: int
    span: Span
    allowance: int = 0


class Lost(Struct, frozen=True):
    """A use that nothing offers, and why not."""

    use: Use
    reason: str
    why: str = ""

    @property
    def key(self) -> tuple[int, int]:
        return self.use.booking.id, self.use.resource_id


def uses(
    facility: FacilityView,
    resource_ids: Sequence[int],
    after: datetime,
    until: datetime | None,
    *,
    now: datetime,
) -> list[Use]:
    """Give what live bookings use of these resources between two moments."""
    return sorted(
        [
            *_timed(facility, resource_ids, after, until, now),
            *_tokens(facility, resource_ids, after, until, now),
        ],
        key=lambda use: (use.span, use.booking.id, use.resource_id),
    )


def lost(
    facility: FacilityView,
    resources: Mapping[int, ResourceView],
    found: Sequence[Use],
    change: Change | None = None,
) -> list[Lost]:
    """Give the uses that nothing offers; with a change, once it were made."""
    if not found:
        return []
    window = Span(min(u.span.start for u in found), max(u.span.end for u in found))
    offers = availability.offers(facility, resources.values(), window, change)
    given: Counter[tuple[int, Span]] = Counter()
    told = []
    for use in found:
        offer, resource = offers[use.resource_id], resources[use.resource_id]
        if _is_token(use):
            given[use.resource_id, use.span] += 1
            place = given[use.resource_id, use.span]
            verdict = _token(use, place, offer, resource)
        else:
            verdict = _open(use, offer, resource)
        told += [verdict] if verdict else []
    return told


def _is_token(use: Use) -> bool:
    return use.booking.kind is Kind.TOKEN and use.resource_id == use.booking.resource_id


def _token(use: Use, place: int, offer: Offer, resource: ResourceView) -> Lost | None:
    slot = offer.slot_at(use.span.start)
    if slot is None or slot.span != use.span or not slot.allows(use.booking.type_id):
        return _refused(use, offer, resource, use.booking.type_id)
    return _over(use, place, slot)


def _over(use: Use, place: int, slot: OfferedSlot) -> Lost | None:
    """Say whether the slot has become too small for that many."""
    return Lost(use, _CAPACITY) if place > slot.tokens + use.allowance else None


def _open(use: Use, offer: Offer, resource: ResourceView) -> Lost | None:
    principal = use.resource_id == use.booking.resource_id
    type_id = use.booking.type_id if principal else None
    if use.booking.over_slots:
        offer = offer.opened()
    if offer.opening(use.span, type_id) is not None:
        return None
    return _refused(use, offer, resource, type_id)


def _refused(
    use: Use, offer: Offer, resource: ResourceView, type_id: int | None
) -> Lost:
    answer = offer.answer(use.span, type_id, active=resource.active)
    # Open time where a token slot was, or the other way, is another configuration.
    return Lost(use, answer.reason or "hours", answer.why)


def _timed(
    facility: FacilityView,
    resource_ids: Sequence[int],
    after: datetime,
    until: datetime | None,
    now: datetime,
) -> list[Use]:
    row = BookingResource
    found = (
        select(Appointment, row.resource_id, row.during)
        .join(row, row.appointment_id == Appointment.id)
        .where(
            row.resource_id.in_(resource_ids),
            row.active,
            row.current,
            func.upper(row.during) > after,
            Appointment.facility_id == facility.id,
            _live(now),
        )
    )
    if until is not None:
        found = found.where(func.lower(row.during) < until)
    return [Use(*each) for each in db.session.execute(found)]


def _tokens(
    facility: FacilityView,
    resource_ids: Sequence[int],
    after: datetime,
    until: datetime | None,
    now: datetime,
) -> list[Use]:
    found = (
        select(
            Appointment,
            Appointment.resource_id,
            Appointment.during,
            TokenSlot.allowance,
        )
        .join(TokenSlot, TokenSlot.id == Appointment.token_slot_id)
        .where(
            Appointment.resource_id.in_(resource_ids),
            Appointment.facility_id == facility.id,
            func.upper(Appointment.during) > after,
            _live(now),
        )
    )
    if until is not None:
        found = found.where(func.lower(Appointment.during) < until)
    return [Use(*each) for each in db.session.execute(found)]


def _live(now: datetime) -> ColumnElement[bool]:
    ran_out = and_(Appointment.phase == HELD, Appointment.hold_expires_at <= now)
    return and_(
        Appointment.status.in_(LIVE),
        not_(func.coalesce(ran_out, False)),
    )
