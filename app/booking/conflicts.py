"""Keeping the register of conflicts true: whenever something changes, and at night."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from app.availability.events import HoursChanged, HoursReset
from app.booking import events, register, troubles, twice
from app.booking.kinds import Outcome
from app.booking.models import Appointment
from app.booking.register import Found
from app.booking.states import LIVE, OFF, Status
from app.core import events as house
from app.core.actor import SYSTEM, Actor
from app.core.db import db, transaction
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.events import ResourceChanged
from app.directory.views import ResourceView

log = logging.getLogger("baari.conflicts")

_OVER = "nothing is wrong any more"
_WHY_OFF = {
    Status.CANCELLED: "the visit was called off",
    Status.DENIED: "the visit was denied",
    Status.EXPIRED: "nobody confirmed the visit in time",
    Status.NO_SHOW: "the patient did not come",
}


def listen() -> None:
    """Hear of everything that makes a conflict or ends one."""
    house.subscribe(HoursChanged, hours_changed)
    house.subscribe(HoursReset, hours_reset)
    house.subscribe(ResourceChanged, resource_changed)
    house.subscribe(events.Changed, changed)
    house.subscribe(events.Moved, moved)
    house.subscribe(events.Reassigned, moved)


def hours_changed(event: HoursChanged) -> None:
    """Put every booking in leave or maintenance on the list."""
    posts = _posts(event)
    used = troubles.uses([post.id for post in posts], event.now, event.during)
    found = []
    for post in posts:
        for use in used.get(post.id, ()):
            during = use.during.meet(event.during)
            here = use.facility_id == post.facility_id and not use.going_on
            if during is not None and here:
                found.append(troubles.overlap(post, use, during))
    register.write(found, by=event.by, now=event.now)


def hours_reset(event: HoursReset) -> None:
    """Put on the list what is not offered any more, and close what is again."""
    ids = {post.id for post in _posts(event)}
    how = {
        "schedule": "other hours",
        "added": "time was added",
        "revoked": "it was revoked",
    }[event.why]
    _reconcile(ids, Outcome.CANCELLED, how, by=event.by, now=event.now)


def resource_changed(event: ResourceChanged) -> None:
    """Put every booking that fits no more on the list, and close what fits again."""
    fits = event.before.active
    how = "it holds more again" if fits else "it is in use again"
    ids = {event.resource.id}
    _reconcile(ids, Outcome.CANCELLED, how, by=event.by, now=event.now)


def changed(event: events.Changed) -> None:
    """Close what an appointment that is off leaves behind; open it when it is back."""
    status, before = event.appointment.status, event.before.status
    if status in OFF:
        why = event.appointment.cancel_reason or _WHY_OFF[status]
        _left(event, Outcome.CANCELLED, why)
    elif before in OFF and status in LIVE:
        look_again(_used(event), by=event.by, now=event.now)


def moved(event: events.Moved | events.Reassigned) -> None:
    """Close what an appointment that went elsewhere leaves behind."""
    _left(event, Outcome.REASSIGNED, "the visit has another place")


def look_again(ids: Iterable[int], *, by: Actor, now: datetime) -> None:
    """Close what is no trouble any more on these resources, and open what is."""
    wanted = set(ids)
    _reconcile(wanted, Outcome.CANCELLED, _OVER, by=by, now=now)
    twice.look(directory.posts_of(wanted), how=_OVER, by=by, now=now)


def sweep(*, now: datetime) -> int:
    """
    Look through all that is to come for trouble nobody wrote down; tell how much.

    What it finds is put on the list, and what is over is closed. On a sound day that is
    nothing.
    """
    with transaction():
        found = 0
        for facility in directory.facilities().values():
            here = directory.resources(facility.id)
            ids = {each.id for each in here}
            unknown = _reconcile(ids, Outcome.CANCELLED, _OVER, by=SYSTEM, now=now)
            unknown += twice.look(here, how=_OVER, by=SYSTEM, now=now)
            for each in unknown:
                log.warning(
                    "%s of %s was not written down", each.type, each.resource.code
                )
            found += len(unknown)
        return found


def _reconcile(
    ids: Iterable[int],
    outcome: Outcome,
    how: str,
    *,
    by: Actor,
    now: datetime,
    shut: Span | None = None,
) -> list[Found]:
    """
    Let the register say of these resources what is so; give what it did not know.

    With `shut`, only of who lies within that span where a resource is not there.
    What is wrong for another reason still has an entry of its own, which stays open.
    What was approved stands approved: it is not put on the list once more.
    """
    posts = directory.posts_of(ids)
    if not posts:
        return []
    present = (
        troubles.of(posts, now=now)
        if shut is None
        else troubles.shut(posts, shut, now=now)
    )
    known = register.standing({post.id for post in posts}, now=now, shut=shut)
    keys = {each.key for each in present}
    over = [
        row
        for row in known
        if row.status is Outcome.UNRESOLVED and register.key(row) not in keys
    ]
    known_keys = {
        register.key(row) for row in known if row.status is Outcome.UNRESOLVED
    }
    approved = [row for row in known if row.status is not Outcome.UNRESOLVED]
    register.lift([row.id for row in over], outcome, how, by=by, now=now)
    fresh = [
        each
        for each in present
        if each.key not in known_keys
        and not any(register.explains(row, each) for row in approved)
    ]
    register.write(fresh, by=by, now=now)
    return fresh


def _left(
    event: events.Changed | events.Moved | events.Reassigned,
    outcome: Outcome,
    how: str,
) -> None:
    """
    Close the entries of an appointment that left a place.

    Others may fit now that did not before, or be in the way of somebody else instead.
    """
    number = db.session.scalar(
        select(Appointment.id).where(Appointment.public_id == event.appointment.id)
    )
    assert number is not None
    troubled = register.near(number, _used(event), event.before.span)
    if not troubled:
        return
    register.close(number, outcome, how, by=event.by, now=event.now)
    crowded = [each for each, is_so in troubled.items() if is_so]
    _reconcile(crowded, outcome, _OVER, by=event.by, now=event.now)
    for span in {event.before.span, event.appointment.span}:
        _reconcile(
            troubled.keys() - crowded,
            outcome,
            _OVER,
            by=event.by,
            now=event.now,
            shut=span,
        )


def _used(event: events.Changed | events.Moved | events.Reassigned) -> set[int]:
    told = event.before
    return {told.resource.id, *(claim.resource.id for claim in told.resources)}


def _posts(event: HoursChanged | HoursReset) -> Sequence[ResourceView]:
    """Give whose hours changed, as it serves in each facility they changed in."""
    if event.resource_id is None:
        assert event.facility_id is not None
        return directory.resources(event.facility_id)
    posts = directory.posts_of([event.resource_id])
    return [p for p in posts if event.facility_id in {None, p.facility_id}]
