"""Schedules, exceptions both ways, and maintenance."""

from collections.abc import Iterator

from app.availability import internal as availability
from app.availability import service
from app.availability.kinds import Offered
from app.availability.views import (
    NewException,
    NewMaintenance,
    NewSchedule,
    NewSession,
)
from app.core.errors import InputError
from app.exchange import fields
from app.exchange.desk import Desk, Done, Item, Named, between
from app.exchange.entry import Entry


def schedule(entry: Entry) -> Iterator[Item]:
    facility = entry.take("facility", fields.text)
    resource = entry.take("resource", fields.text)
    yield _schedule(entry, "schedules", facility, resource)


def of_facility(entry: Entry, slug: str) -> Item:
    """Read the hours of a facility itself; rooms and machines follow them."""
    item = _schedule(entry, "hours", slug, None)
    entry.close()
    return item


def _schedule(entry: Entry, section: str, facility: str, resource: str | None) -> Item:
    valid_from = entry.take("valid_from", fields.day)
    valid_till = entry.take("valid_till", fields.day, None)
    weekly = _sessions(entry)

    def act(desk: Desk) -> Done:
        place = desk.facility(facility)
        found = desk.resource(resource, place) if resource else None
        sessions = tuple(
            _session(each, types, index, desk)
            for index, (each, types) in enumerate(weekly)
        )
        resource_id = found.public_id if found else None
        order = NewSchedule(
            place.public_id, resource_id, valid_from, valid_till, sessions
        )
        kept = availability.schedules(place, found)
        if any(_same(order, each) for each in kept):
            return Done.SAME
        service.set_schedule(order, by=desk.by, now=desk.now)
        return Done.ADDED

    return Item(entry, section, act, stage=5, uses=_uses(resource))


def _uses(resource: str | None) -> tuple[Named, ...]:
    """Name the resource whose hours change; the facility's own name none."""
    return (Named("resource", resource),) if resource else ()


def _sessions(entry: Entry) -> list[tuple[NewSession, tuple[str, ...]]]:
    """Read the weekly sessions; types stay codes until the file is acted on."""
    found = []
    for each in entry.entries("sessions", required=True):
        kind = each.take("type", fields.one_of(Offered), Offered.OPEN)
        types = each.take("types", fields.texts, ())
        tokens = kind is Offered.TOKENS
        session = NewSession(
            kind=kind,
            weekdays=each.take("weekdays", fields.weekdays),
            start=each.take("start", fields.clock),
            end=each.take("end", fields.clock),
            slot_minutes=_size(each, "slot_minutes", required=tokens),
            tokens_per_slot=_size(each, "tokens_per_slot", required=tokens),
            label=each.take("label", fields.text, ""),
        )
        found.append((session, types))
        entry.good = each.close() and entry.good
    return found


def _size(entry: Entry, name: str, *, required: bool) -> int:
    if required:
        return entry.take(name, fields.whole)
    return entry.take(name, fields.whole, 0)


def _session(
    session: NewSession, types: tuple[str, ...], index: int, desk: Desk
) -> NewSession:
    field = f"sessions[{index}].types"
    return NewSession(
        kind=session.kind,
        weekdays=session.weekdays,
        start=session.start,
        end=session.end,
        slot_minutes=session.slot_minutes,
        tokens_per_slot=session.tokens_per_slot,
        types=tuple(desk.type(code, field).id for code in types),
        label=session.label,
    )


def _same(order: NewSchedule, kept: NewSchedule) -> bool:
    dates = (order.valid_from, order.valid_till) == (kept.valid_from, kept.valid_till)
    return dates and _weekly(order) == _weekly(kept)


def _weekly(order: NewSchedule) -> set[tuple[object, ...]]:
    return {
        (
            weekday,
            each.kind,
            each.start,
            each.end,
            each.slot_minutes,
            each.tokens_per_slot,
            frozenset(each.types),
            each.label,
        )
        for each in order.sessions
        for weekday in each.weekdays
    }


def exception(entry: Entry) -> Iterator[Item]:
    facility = entry.take("facility", fields.text)
    resource = entry.take("resource", fields.text, None)
    available = entry.take("available", fields.flag)
    kind = entry.take("type", fields.one_of(Offered), Offered.OPEN)
    start = entry.take("start", fields.moment)
    end = entry.take("end", fields.moment)
    slot_minutes = entry.take("slot_minutes", fields.whole, None)
    tokens_per_slot = entry.take("tokens_per_slot", fields.whole, None)
    reason = entry.take("reason", fields.text, "")
    if (slot_minutes is None) != (tokens_per_slot is None):
        entry.note(InputError(reason="both_or_none"), "slot_minutes")

    def act(desk: Desk) -> Done:
        place = desk.facility(facility)
        found = desk.resource(resource, place) if resource else None
        order = NewException(
            facility_id=place.public_id,
            resource_id=found.public_id if found else None,
            is_available=available,
            during=between(start, end, place.zone),
            kind=kind,
            slot_minutes=slot_minutes,
            tokens_per_slot=tokens_per_slot,
            reason=reason,
        )
        kept = availability.exceptions(place, found, order.during)
        if any(_alike(order, each) for each in kept):
            return Done.SAME
        service.add_exception(order, by=desk.by, now=desk.now)
        return Done.ADDED

    yield Item(entry, "exceptions", act, stage=6, uses=_uses(resource))


def _alike(order: NewException, kept: NewException) -> bool:
    """Say whether both do the same to the hours; a size not given takes any."""
    if (order.is_available, order.during) != (kept.is_available, kept.during):
        return False
    if not order.is_available:
        return True
    size = (order.slot_minutes, order.tokens_per_slot)
    kept_size = (kept.slot_minutes, kept.tokens_per_slot)
    return order.kind is kept.kind and size in {kept_size, (None, None)}


def maintenance(entry: Entry) -> Iterator[Item]:
    facility = entry.take("facility", fields.text)
    resource = entry.take("resource", fields.text)
    start = entry.take("start", fields.moment)
    end = entry.take("end", fields.moment)
    reason = entry.take("reason", fields.text, "")

    def act(desk: Desk) -> Done:
        place = desk.facility(facility)
        found = desk.resource(resource, place)
        during = between(start, end, place.zone)
        if during in availability.repairs(found, during):
            return Done.SAME
        order = NewMaintenance(place.public_id, found.public_id, during, reason)
        service.add_maintenance(order, by=desk.by, now=desk.now)
        return Done.ADDED

    yield Item(entry, "maintenance", act, stage=6, uses=_uses(resource))
