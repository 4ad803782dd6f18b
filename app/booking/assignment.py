"""
Choosing chairs, rooms and machines for what an appointment needs.

What the patient used before comes first, then what they prefer, then the first by name.
The same question always has the same answer, and it says why: for what was chosen, and
for all that was passed over. Candidates are locked before anything of them is read.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field
from sqlalchemy import func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.availability import internal as availability
from app.booking import claims, guard, holding, needs, places
from app.booking.claims import Claim, buffered
from app.booking.errors import NoneFreeError
from app.booking.kinds import How
from app.booking.models import Appointment, BookingResource, Participant
from app.booking.needs import Need
from app.booking.states import TAKES_PLACE
from app.booking.views import Choice, Passed
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.holding import hold_all
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients.views import PatientView


class Wish(Struct, frozen=True):
    """What resources are sought for: where, what for, when and for whom."""

    facility: FacilityView
    type: TypeView
    span: Span
    have: Sequence[ResourceView]
    patients: Sequence[PatientView] = ()
    kept: Sequence[int] = ()


class _Field(Struct):
    """All that could be chosen, as it stands under the locks."""

    free: list[ResourceView] = field(default_factory=list)
    out: dict[int, Passed] = field(default_factory=dict)


def keys_for(appointment: UUID) -> list[str]:
    """Name the locks of all that could be chosen for an appointment."""
    found = db.session.execute(
        select(Appointment.facility_id, Appointment.type_id).where(
            Appointment.public_id == appointment
        )
    ).one_or_none()
    return guard.keys_of(directory.able_at(*found)) if found else []


def choose(wish: Wish, *, by: Actor, now: datetime) -> tuple[list[Choice], list[Claim]]:
    """
    Choose a resource for every need that is open still, of what the actor may book.

    :raises NoneFreeError: naming the need and why each candidate is not free
    """
    wanted = needs.unmet(needs.of(wish.type), wish.have)
    if not wanted:
        return [], []
    have = {resource.id for resource in wish.have}
    candidates = [
        each
        for each in directory.resources(wish.facility.id)
        if each.id not in have and any(need.met_by(each) for need in wanted)
    ]
    # Had already by an act that named them; whoever did not waits for them here.
    hold_all(guard.keys_of([each.public_id for each in candidates]))
    holding.expire([each.id for each in candidates], now=now)
    shut = closed(candidates, wish.facility, by)
    field_ = _look([each for each in candidates if each.id not in shut], wish)
    field_.out |= shut
    rated = ranks(candidates, wish)
    chosen = _match(wanted, field_, rated)
    used = {resource.id for resource in chosen.values()}
    choices = [
        Choice(
            need=need.name,
            resource=chosen[need],
            why=rated[chosen[need].id][0],
            passed=_passed(need, candidates, field_, used),
        )
        for need in wanted
    ]
    taken = [buffered(chosen[n], wish.span, None, How.AUTO) for n in wanted]
    return choices, taken


def for_trail(choices: Sequence[Choice]) -> list[dict[str, object]]:
    """Say what the audit trail keeps of choices."""
    return [
        {
            "need": choice.need,
            "resource": choice.resource.code,
            "why": choice.why,
            "passed": {each.resource.code: each.why for each in choice.passed},
        }
        for choice in choices
    ]


def _match(
    wanted: Sequence[Need], found: _Field, ranks: dict[int, tuple[str, list[object]]]
) -> dict[Need, ResourceView]:
    """Take the best for each need in turn that leaves enough for the others."""
    left = sorted(found.free, key=lambda each: ranks[each.id][1])
    chosen: dict[Need, ResourceView] = {}
    for index, need in enumerate(wanted):
        later = wanted[index + 1 :]
        for each in left:
            rest = [other for other in left if other.id != each.id]
            if need.met_by(each) and not needs.unmet(later, rest):
                chosen[need], left = each, rest
                break
        else:
            lacking = next(iter(needs.unmet([need, *later], left)), need)
            raise NoneFreeError(
                need=lacking.name,
                passed=tuple(
                    each for each in found.out.values() if lacking.met_by(each.resource)
                ),
            )
    return chosen


def _look(candidates: Sequence[ResourceView], wish: Wish) -> _Field:
    """See of each candidate whether it is in use, offered and free."""
    found = _Field()
    asked = [buffered(each, wish.span, None, How.AUTO) for each in candidates]
    if not asked:
        return found
    offers = availability.offers(wish.facility, candidates, places.around(asked))
    open_ = []
    for claim in asked:
        refused = places.refusal(claim, offers[claim.resource.id])
        if refused is None:
            open_.append(claim)
        else:
            why = str(refused.params["reason"])
            told = str(refused.params.get("why") or "")
            found.out[claim.resource.id] = Passed(claim.resource, why, told)
    room = claims.with_room(open_)
    for claim in open_:
        if claim.resource.id in room:
            found.free.append(claim.resource)
        else:
            found.out[claim.resource.id] = Passed(claim.resource, "taken")
    return found


def closed(
    candidates: Sequence[ResourceView], facility: FacilityView, by: Actor
) -> dict[int, Passed]:
    """
    Pass over places that are for authorised people, or need an approval.

    Baari itself is nobody of theirs: it chooses none of them either.
    """
    found: dict[int, Passed] = {}
    for name, permission, why in (
        ("restricted", Permission.REQUEST, "authorised"),
        ("needs_approval", Permission.APPROVE, "approval"),
    ):
        asked = [each for each in candidates if getattr(each, name)]
        may = accounts.asking(by, permission)
        found |= {
            each.id: Passed(each, why)
            for each in asked
            if by.kind is ActorKind.SYSTEM or not may(places.scope(facility, [each]))
        }
    return found


def ranks(
    candidates: Sequence[ResourceView], wish: Wish
) -> dict[int, tuple[str, list[object]]]:
    """Give each candidate's reason to be chosen, and its place among all."""
    before = _used_before(candidates, wish)
    liked = [each for patient in wish.patients for each in patient.prefers]
    found: dict[int, tuple[str, list[object]]] = {}
    for each in candidates:
        by_name = [_natural(each.name), each.id]
        if each.id in wish.kept:
            found[each.id] = ("kept", [0, wish.kept.index(each.id), *by_name])
        elif each.id in before:
            found[each.id] = ("previous", [1, before.index(each.id), *by_name])
        elif each.public_id in liked:
            at = liked.index(each.public_id)
            found[each.id] = ("preferred", [2, at, *by_name])
        else:
            found[each.id] = ("first", [3, 0, *by_name])
    return found


def _used_before(candidates: Sequence[ResourceView], wish: Wish) -> list[int]:
    """Give what these patients had at earlier visits, the latest first."""
    if not wish.patients or not candidates:
        return []
    latest = func.max(func.lower(Appointment.during))
    found = db.session.execute(
        select(BookingResource.resource_id)
        .join(Appointment, Appointment.id == BookingResource.appointment_id)
        .join(Participant, Participant.appointment_id == Appointment.id)
        .where(
            Participant.patient_id.in_([patient.id for patient in wish.patients]),
            BookingResource.resource_id.in_([each.id for each in candidates]),
            BookingResource.current,
            Appointment.status.in_(TAKES_PLACE),
            func.lower(Appointment.during) < wish.span.start,
        )
        .group_by(BookingResource.resource_id)
        .order_by(latest.desc(), BookingResource.resource_id)
    )
    return list(found.scalars())


def _passed(
    need: Need,
    candidates: Sequence[ResourceView],
    found: _Field,
    used: set[int],
) -> tuple[Passed, ...]:
    """Say of every other candidate of a need why it was not chosen."""
    told = []
    for each in sorted(candidates, key=lambda r: (_natural(r.name), r.id)):
        if not need.met_by(each) or each.id in used:
            continue
        told.append(found.out.get(each.id) or Passed(each, "after"))
    return tuple(told)


def _natural(name: str) -> list[object]:
    """Sort Chair 2 before Chair 10."""
    parts = re.split(r"(\d+)", name)
    return [int(p) if at % 2 else p.casefold() for at, p in enumerate(parts)]
