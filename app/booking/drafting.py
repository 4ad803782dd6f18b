"""Drafting: from what an order names to what can be placed, under the locks."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.availability.views import OpenSpan
from app.booking import candidates, links, places, rows, standing
from app.booking.claims import Claim
from app.booking.errors import OverError
from app.booking.kinds import How, Kind, Priority, Role
from app.booking.placing import Draft
from app.booking.states import Status
from app.booking.views import (
    AppointmentView,
    NewTimed,
    NewToken,
    Override,
    Want,
)
from app.core.actor import ONESELF, Actor
from app.core.errors import InputError
from app.core.text import clean
from app.directory import internal as directory
from app.directory.views import Bookable, FacilityView, ResourceView
from app.patients import internal as patients
from app.patients.views import PatientView


def token(
    order: NewToken, public_id: UUID, *, by: Actor, now: datetime, moves: bool = False
) -> Draft:
    """
    Draft a token, after freeing what held places there and has expired.

    `moves` if it stays with whom it is: who may change it has asked already.

    :raises NotFoundError: if the order names something that is not there
    :raises NotOfferedError: if no slot for that type starts at that moment
    :raises OverError: if the slot has ended
    """
    coming = _coming(order.patient_id, ())
    ask = partial(_may_request, by=by, moves=moves)
    what, stands = standing.of_token(order, coming, ask, now=now)
    candidates.learn(what.type)
    slot = places.token_slot(what, order.starts_at, now=now)
    return Draft(
        public_id=public_id,
        what=what,
        kind=Kind.TOKEN,
        span=slot.span,
        source=slot.source,
        rules=stands.rules.of(what.resource, what.type),
        patients=stands.people(coming),
        slot=slot,
        overbook=order.overbook,
        override=_reason(order.override),
        note=order.note,
        channel=order.channel,
        picks=order.picks,
    )


def timed(
    order: NewTimed,
    public_id: UUID,
    *,
    by: Actor,
    now: datetime,
    over_slots: bool = False,
    moves: bool = False,
) -> Draft:
    """
    Draft a timed booking, after freeing what held places there and has expired.

    `over_slots` lets it lie over token slots, which then must be closed for it.
    `moves` if it stays with whom it is: who may change it has asked already.

    :raises InputError: if the times or resources cannot be right
    :raises NotFoundError: if the order names something that is not there
    :raises NotOfferedError: if a resource does not offer its part as open time
    :raises OverError: if the time has gone by
    """
    places.count(order.resources)
    what = _principal(order, by=by, moves=moves)
    candidates.learn(what.type)
    span = places.timed_span(order.starts_at, order.ends_at, what.minutes, now=now)
    wanted = places.parts(order.resources, span, what)
    coming = _coming(order.patient_id, order.also_patients)
    stands = standing.read(what.facility, places.ids(wanted), coming, now=now)
    asked, opening, touched = _claimed(what, wanted, over_slots=over_slots)
    return Draft(
        public_id=public_id,
        what=what,
        kind=Kind.TIMED,
        span=span,
        source=opening.source,
        rules=stands.rules.of(what.resource, what.type),
        patients=stands.people(coming),
        along=_along(order, coming, stands),
        claims=asked,
        touched=touched,
        priority=_priority(order, what, wanted, by),
        override=_reason(order.override),
        double_book=_reason(order.double_book, field="double_book"),
        note=order.note,
        channel=order.channel,
        link=links.checked(order.link, what.facility),
        picks=order.picks,
    )


def _claimed(
    what: Bookable, wanted: Sequence[places.Part], *, over_slots: bool
) -> tuple[list[Claim], OpenSpan, list[places.Touched]]:
    """Turn parts into claims, and name the token slots which they lie over."""
    if over_slots:
        return places.claims_over_slots(what.facility, wanted, what.type)
    return *places.offered_claims(what.facility, wanted, what.type), []


def _priority(
    order: NewTimed, what: Bookable, wanted: Sequence[places.Part], by: Actor
) -> Priority:
    """Let only who may displace others book what nobody may displace."""
    if order.priority is Priority.EMERGENCY:
        scope = places.scope(what.facility, [part.resource for part in wanted])
        accounts.require(by, Permission.DISPLACE, scope)
    return order.priority


def people(first: UUID | None, others: Sequence[UUID]) -> list[PatientView]:
    """
    Look up who comes, each once.

    :raises NotFoundError: naming the first who is not there
    """
    return [patients.one(each) for each in _coming(first, others)]


def _coming(first: UUID | None, others: Sequence[UUID]) -> list[UUID]:
    return [*dict.fromkeys(([first] if first else []) + list(others))]


def _along(
    order: NewTimed, coming: Sequence[UUID], stands: standing.Standing
) -> dict[int, Role]:
    """
    Give who only comes along, by row number, and as what.

    :raises InputError: if nobody would be left whose visit it is
    """
    people = stands.people(coming)
    along = {
        each.id: order.roles[asked]
        for asked, each in zip(coming, people, strict=True)
        if asked in order.roles and not order.roles[asked].treated
    }
    if people and len(along) == len(people):
        raise InputError(field="participants", reason="nobody_treated")
    return along


def first_status(draft: Draft, *, request: bool, by: Actor) -> Status:
    """
    Say in which status a draft begins for this actor, and that they may.

    :raises ForbiddenError: if the actor may neither book nor request there
    """
    check_in_use(draft)
    if request:
        accounts.require(by, Permission.REQUEST, draft.scope)
        return Status.REQUESTED
    return status_for(draft.what, draft.used, by=by)


def check_in_use(draft: Draft) -> None:
    """
    Refuse a new booking of a type that is out of use; what is booked already stays.

    :raises InputError: naming the type
    """
    if not draft.what.type.active:
        raise InputError(
            field="type_id", reason="inactive_type", type=draft.what.type.name
        )


def status_for(what: Bookable, used: Sequence[ResourceView], *, by: Actor) -> Status:
    """
    Say what an actor makes of a place: a booking, or a request.

    A type or a place that needs approval begins as a request, but for who could
    approve it; nobody approves what they ask for themselves.

    :raises ForbiddenError: if the actor may neither book nor request there
    """
    scope = places.scope(what.facility, used)
    asks = what.type.needs_approval or any(each.needs_approval for each in used)
    if asks and (by == ONESELF or not accounts.allowed(by, Permission.APPROVE, scope)):
        accounts.require(by, Permission.REQUEST, scope)
        return Status.REQUESTED
    accounts.require(by, Permission.BOOK, scope)
    return Status.SCHEDULED


def require_approver(
    facility: FacilityView, coming: Sequence[ResourceView], *, by: Actor
) -> None:
    """
    Let nobody put a booking where it needs approval but who could give that.

    :raises ForbiddenError: naming the permission to approve
    """
    asks = [each for each in coming if each.needs_approval]
    if asks:
        accounts.require(by, Permission.APPROVE, places.scope(facility, asks))


def again(
    told: AppointmentView,
    patient_ids: tuple[UUID, ...],
    public_id: UUID,
    *,
    by: Actor,
    now: datetime,
) -> Draft:
    """Draft the same place once more, for a hold that ran out."""
    if told.kind is Kind.TOKEN:
        order = NewToken(
            facility_id=told.facility.public_id,
            resource_id=told.resource.public_id,
            patient_id=None,
            type_id=told.type.public_id,
            starts_at=told.span.start,
            note=told.note,
            channel=told.channel,
        )
        draft = token(order, public_id, by=by, now=now)
    else:
        draft = timed(
            NewTimed(
                facility_id=told.facility.public_id,
                patient_id=None,
                type_id=told.type.public_id,
                starts_at=told.span.start,
                ends_at=told.span.end,
                resources=tuple(
                    Want(claim.resource.public_id, claim.during, How(claim.how))
                    for claim in told.resources
                ),
                note=told.note,
                channel=told.channel,
                priority=told.priority,
            ),
            public_id,
            by=by,
            now=now,
        )
    draft.patients, draft.link = people(None, patient_ids), told.link
    draft.along = told.along
    return draft


def check_offered(told: AppointmentView, *, now: datetime) -> None:
    """
    See that an appointment's place is offered still.

    :raises NotOfferedError: if hours changed since
    :raises OverError: if its time has gone by
    """
    if told.span.end <= now:
        raise OverError(field="starts_at", ended=told.span.end)
    if told.kind is Kind.TOKEN:
        places.token_slot(rows.bookable(told), told.span.start, now=now)
    held = [places.Part(claim.resource, claim.during) for claim in told.resources]
    if held:
        kind = told.type if told.kind is Kind.TIMED else None
        places.offered_claims(told.facility, held, kind)


def _principal(order: NewTimed, *, by: Actor, moves: bool) -> Bookable:
    """Look up where it is, in whose list it stands, and what for."""
    first = order.resources[0].resource_id
    what = directory.bookable(order.facility_id, first, order.type_id)
    _may_request(what, by=by, moves=moves)
    return what


def _may_request(what: Bookable, *, by: Actor, moves: bool) -> None:
    """Let only who may request there go on; tell others nothing of it."""
    if not moves:
        scope = places.scope(what.facility, [what.resource])
        accounts.require(by, Permission.REQUEST, scope)


def _reason(override: Override | None, field: str = "override") -> str:
    if override is None:
        return ""
    return clean(override.reason, field=field, least=1, most=200)
