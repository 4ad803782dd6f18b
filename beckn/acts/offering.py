"""What may be had through the network: what the public page offers, and no more."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from app.booking.choosing import Asked, TimeChoice, time_choices
from app.booking.kinds import Kind
from app.booking.views import AppointmentView
from app.core.actor import SYSTEM, Actor
from app.core.errors import NotFoundError
from app.core.regions import currency_of
from app.core.spans import Span, day_span, local_date
from app.directory import queries as directory
from app.directory.kinds import Category
from app.directory.registries import NOBODYS, RegistryIds
from app.directory.views import FacilityView, ResourceView, TypeView
from beckn import fulfilments
from beckn.fulfilments import PATH, Slot
from beckn.problems import Code, Problem
from beckn.results import Offer, Quote

_T = TypeVar("_T", ResourceView, TypeView)

# ISO 4217 for no money at all: where it is not plain what is paid with.
NO_CURRENCY = "XXX"
_MOST = 500


def places() -> list[FacilityView]:
    """Give the facilities that are open to patients."""
    return [each for each in directory.facilities(by=SYSTEM) if each.active]


def on_show(place: FacilityView) -> list[ResourceView]:
    """Give what patients book themselves there."""
    every = directory.resources(place, by=SYSTEM)
    return [each for each in every if each.on_show]


def types() -> list[TypeView]:
    """Give what anybody may come for; who may come again only the facility knows."""
    return [
        each
        for each in directory.types(by=SYSTEM)
        if each.on_show and each.category is not Category.FOLLOW_UP
    ]


def quote(place: FacilityView, kind: TypeView) -> Quote:
    """Tell what a visit costs; nothing, where that is told at the desk."""
    price = (kind.price or Decimal()).quantize(Decimal("0.01"))
    return Quote(price, currency_of(place.region) or NO_CURRENCY)


def offer(asked: Asked, choice: TimeChoice, ids: RegistryIds = NOBODYS) -> Offer:
    """Make an offer of a place that is free; a catalog tells the ids of registries."""
    made = _offer(
        asked.place, asked.doctor, asked.reason, choice.kind, choice.span, choice.left
    )
    hfr_id = ids.facilities.get(asked.place.id, "")
    hpr_id = ids.resources.get(asked.doctor.id, "")
    return replace(made, hfr_id=hfr_id, hpr_id=hpr_id) if hfr_id or hpr_id else made


def offer_of(told: AppointmentView) -> Offer:
    """Tell the place of an appointment as it was offered."""
    return _offer(told.facility, told.resource, told.type, told.kind, told.span, None)


def _offer(  # noqa: PLR0917 - a place is this much
    place: FacilityView,
    doctor: ResourceView,
    kind: TypeView,
    how: Kind,
    span: Span,
    left: int | None,
) -> Offer:
    slot = Slot(place.public_id, doctor.public_id, kind.public_id, how, span.start)
    return Offer(
        fulfilment=fulfilments.write(slot),
        facility=place,
        resource=doctor,
        type=kind,
        span=span,
        quote=quote(place, kind),
        left=1 if left is None else left,
        approval=kind.needs_approval or doctor.needs_approval,
    )


def asked_for(slot: Slot, *, by: Actor) -> Asked:
    """
    Give what a fulfilment is about.

    :raises Problem: if that is not offered to patients
    """
    place = next((e for e in places() if e.public_id == slot.facility_id), None)
    if place is None:
        raise Problem(Code.PROVIDER_NOT_FOUND, PATH, "there is no such provider")
    doctor = _one(on_show(place), slot.resource_id)
    kind = _one(types(), slot.type_id)
    if doctor is None or kind is None:
        raise Problem(Code.FULFILMENT_UNAVAILABLE, PATH, "that is not offered")
    return Asked(place, doctor, kind, by)


def _one(every: Iterable[_T], public_id: UUID) -> _T | None:
    return next((each for each in every if each.public_id == public_id), None)


def checked(slot: Slot, provider: str, item: str, *, by: Actor) -> Asked:
    """
    Give what a fulfilment is about, if it is of the provider and item that are named.

    :raises Problem: if one of them is another's
    """
    asked = asked_for(slot, by=by)
    if provider != asked.place.slug:
        path = "message.order.provider.id"
        raise Problem(Code.PROVIDER_NOT_FOUND, path, "it is another provider's")
    if item != asked.reason.code:
        raise Problem(
            Code.ITEM_NOT_FOUND, "message.order.items[0].id", "it is of another item"
        )
    return asked


def free(asked: Asked, slot: Slot, *, now: datetime) -> TimeChoice:
    """
    Find a place among those that are free.

    :raises Problem: saying whether it is over, taken, or nobody's time
    """
    day = local_date(slot.starts_at, asked.place.zone)
    if abs(slot.starts_at.year - now.year) > 2:
        raise Problem(Code.FULFILMENT_UNAVAILABLE, PATH, "that is not offered")
    for half in time_choices(asked, day, now=now):
        for each in half:
            if (each.kind, each.span.start) == (slot.kind, slot.starts_at):
                return each
    raise _why_not(asked, slot, now=now)


def _why_not(asked: Asked, slot: Slot, *, now: datetime) -> Problem:
    if slot.starts_at <= now:
        return Problem(Code.FULFILMENT_UNAVAILABLE, PATH, "that time has gone by")
    day = local_date(slot.starts_at, asked.place.zone)
    try:
        column = asked.column(day, now=now)
    except NotFoundError:
        return Problem(Code.FULFILMENT_UNAVAILABLE, PATH, "that is not offered")
    if any(each.span.holds(slot.starts_at) for each in column.closed):
        return Problem(Code.AGENT_UNAVAILABLE, PATH, "they are not there at that time")
    if slot.kind is Kind.TOKEN:
        offered = any(each.span.start == slot.starts_at for each in column.slots)
    else:
        offered = any(each.holds(slot.starts_at) for each in column.open)
    if offered:
        return Problem(Code.QUANTITY_UNAVAILABLE, PATH, "that place is taken")
    return Problem(Code.FULFILMENT_UNAVAILABLE, PATH, "that time is not offered")


def choices(asked: Asked, window: Span, *, now: datetime) -> Iterator[TimeChoice]:
    """Give what is free in a span of time, in order of time."""
    opened = asked.openings(window.start, now, _MOST)
    tokens = [
        TimeChoice(each.span, Kind.TOKEN, each.left)
        for each in opened
        if each.kind is Kind.TOKEN and each.span.start < window.end
    ]
    found = [each for each in tokens if each.span.start >= window.start]
    days = {
        local_date(each.span.start, asked.place.zone)
        for each in opened
        if each.kind is Kind.TIMED and each.span.start < window.end
    }
    for day in days:
        whole = day_span(day, asked.place.zone)
        for half in time_choices(asked, day, now=now):
            found += [
                each
                for each in half
                if each.kind is Kind.TIMED
                and window.start <= each.span.start < window.end
                and whole.holds(each.span.start)
            ]
    yield from sorted(found, key=lambda each: each.span)
