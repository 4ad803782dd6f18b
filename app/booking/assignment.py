"""
Choosing chairs, rooms and machines for what an appointment needs.

What the patient used before comes first, then what they prefer, then the first by name.
The same question always has the same answer, and it says why: for what was chosen, and
for all that was passed over. Candidates are locked before anything of them is read, but
where it is only foreseen what would be chosen. What somebody picked by hand is had, or
refused by its name.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct, field
from sqlalchemy import func, select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.availability import internal as availability
from app.booking import claims, clashes, guard, holding, needs, places
from app.booking.claims import Claim, buffered
from app.booking.errors import NoneFreeError, SlotTakenError
from app.booking.kinds import How
from app.booking.models import Appointment, BookingResource, Participant
from app.booking.needs import Need
from app.booking.states import TAKES_PLACE
from app.booking.views import Choice, Foreseen, Passed
from app.core.actor import Actor, ActorKind
from app.core.db import db
from app.core.errors import ForbiddenError, InputError
from app.core.holding import hold_all
from app.core.spans import Span
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients.views import PatientView

# Why a place is nobody's who lacks this: it is for authorised people, or to approve.
_CLOSED = {"authorised": Permission.REQUEST, "approval": Permission.APPROVE}
# Why a place was chosen that Baari would not have.
PICKED = "picked"


class Wish(Struct, frozen=True):
    """What resources are sought for: where, what for, when, for whom; what of them."""

    facility: FacilityView
    type: TypeView
    span: Span
    have: Sequence[ResourceView]
    patients: Sequence[PatientView] = ()
    kept: Sequence[int] = ()
    picks: Collection[UUID] = ()


class _Field(Struct):
    """All that could be chosen, as it stands, and how good each would be."""

    all: Sequence[ResourceView]
    rated: dict[int, tuple[str, list[object]]]
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

    :raises ForbiddenError: if a pick is not for this actor
    :raises InputError: if a pick is of no use here
    :raises NoneFreeError: naming the need and why each candidate is not free
    :raises NotOfferedError: if a pick is not offered then
    :raises SlotTakenError: naming what is in the way of a pick
    """
    wanted = needs.unmet(needs.of(wish.type), wish.have)
    if not wanted:
        return [], []
    candidates = _candidates(wish, wanted)
    # Had already by an act that named them; whoever did not waits for them here.
    hold_all(guard.keys_of([each.public_id for each in candidates]))
    holding.expire([each.id for each in candidates], now=now)
    found = _look(candidates, wish, by)
    _refuse_picks(wish, found, by)
    own = _match(wanted, found)
    chosen = _match(wanted, found, wish.picks) if wish.picks else own
    used = {resource.id for resource in chosen.values()}
    choices, taken = [], []
    for need in wanted:
        had = chosen[need]
        why = found.rated[had.id][0] if had == own[need] else PICKED
        choices.append(Choice(need.name, had, why, _passed(need, found, used)))
        how = How.MANUAL if why == PICKED else How.AUTO
        taken.append(buffered(had, wish.span, None, how))
    if not {each.public_id for each in chosen.values()}.issuperset(wish.picks):
        raise InputError(field="picks", reason="choice")
    return choices, taken


def foresee(wish: Wish, *, by: Actor, now: datetime) -> list[Foreseen]:
    """
    Say what would be chosen for each open need, and what could be; nothing is held.

    A pick that is not to be had is passed over, and says why like any other.
    """
    wanted = needs.unmet(needs.of(wish.type), wish.have)
    candidates = _candidates(wish, wanted)
    if not wanted:
        return []
    ran_out = holding.ran_out([each.id for each in candidates], now=now)
    found = _look(candidates, wish, by, ran_out)
    lacking = needs.unmet(wanted, found.free)
    met = [need for need in wanted if need not in lacking]
    own, chosen = _match(met, found), _match(met, found, wish.picks)
    used = {resource.id for resource in chosen.values()}
    told = []
    for need in wanted:
        had, why = chosen.get(need), ""
        if had is not None:
            why = found.rated[had.id][0] if had == own[need] else PICKED
        free = tuple(each for each in found.free if need.met_by(each))
        told.append(
            Foreseen(
                need=need.name,
                resource=had,
                usual=own.get(need),
                why=why,
                free=free,
                passed=_passed(need, found, used),
            )
        )
    return told


def _candidates(wish: Wish, wanted: Sequence[Need]) -> list[ResourceView]:
    have = {resource.id for resource in wish.have}
    return [
        each
        for each in directory.resources(wish.facility.id)
        if each.id not in have and any(need.met_by(each) for need in wanted)
    ]


def _refuse_picks(wish: Wish, found: _Field, by: Actor) -> None:
    """Refuse, by its name, what was picked and is not to be had."""
    for each in found.all:
        passed = found.out.get(each.id)
        if passed is None or each.public_id not in wish.picks:
            continue
        if passed.why in _CLOSED:
            raise ForbiddenError(permission=_CLOSED[passed.why].value)
        part = places.Part(each, wish.span)
        claimed, _ = places.offered_claims(wish.facility, [part], None)
        _, held = claims.in_the_way(claimed, None)[0]
        raise SlotTakenError(clashes=clashes.told(each.name, held, by))


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
    wanted: Sequence[Need], found: _Field, picks: Collection[UUID] = ()
) -> dict[Need, ResourceView]:
    """Take the best for each need in turn that leaves enough for the others."""
    left = sorted(found.free, key=lambda each: each.public_id not in picks)
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


def _look(
    candidates: Sequence[ResourceView],
    wish: Wish,
    by: Actor,
    ran_out: Collection[int] = (),
) -> _Field:
    """See of each whether it may be had, is offered and free; the best come first."""
    shut = closed(candidates, wish.facility, by)
    found = _Field(candidates, ranks(candidates, wish), out=dict(shut))
    asked = [
        buffered(each, wish.span, None, How.AUTO)
        for each in candidates
        if each.id not in shut
    ]
    if not asked:
        return found
    offers = availability.offers(
        wish.facility, [claim.resource for claim in asked], places.around(asked)
    )
    open_ = []
    for claim in asked:
        refused = places.refusal(claim, offers[claim.resource.id])
        if refused is None:
            open_.append(claim)
        else:
            why = str(refused.params["reason"])
            told = str(refused.params.get("why") or "")
            found.out[claim.resource.id] = Passed(claim.resource, why, told)
    room = claims.with_room(open_, ran_out)
    for claim in open_:
        if claim.resource.id in room:
            found.free.append(claim.resource)
        else:
            found.out[claim.resource.id] = Passed(claim.resource, "taken")
    found.free.sort(key=lambda each: found.rated[each.id][1])
    return found


def closed(
    candidates: Sequence[ResourceView], facility: FacilityView, by: Actor
) -> dict[int, Passed]:
    """
    Pass over places that are for authorised people, or need an approval.

    Baari itself is nobody of theirs: it chooses none of them either.
    """
    found: dict[int, Passed] = {}
    for name, why in (("restricted", "authorised"), ("needs_approval", "approval")):
        asked = [each for each in candidates if getattr(each, name)]
        may = accounts.asking(by, _CLOSED[why])
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


def _passed(need: Need, found: _Field, used: set[int]) -> tuple[Passed, ...]:
    """Say of every other candidate of a need why it was not chosen."""
    told = []
    for each in sorted(found.all, key=lambda r: (_natural(r.name), r.id)):
        if not need.met_by(each) or each.id in used:
            continue
        told.append(found.out.get(each.id) or Passed(each, "after"))
    return tuple(told)


def _natural(name: str) -> list[object]:
    """Sort Chair 2 before Chair 10."""
    parts = re.split(r"(\d+)", name)
    return [int(p) if at % 2 else p.casefold() for at, p in enumerate(parts)]
