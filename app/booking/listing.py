"""What listings offer: slots of a day, free places, a month; and what rules say."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from app.accounts import internal as accounts
from app.accounts.permissions import Role
from app.availability import internal as availability
from app.availability.views import Offer
from app.booking import board, lean, loads, ruling
from app.booking.kinds import Kind
from app.booking.lean import Taken
from app.booking.occupancy import Claimed, Occupancy
from app.booking.rules import refusal
from app.booking.rules.case import Case, Judges, Rule
from app.booking.rules.required_role import RequiredRole
from app.booking.views import ColumnView, DayView, MonthView, Opening
from app.core.actor import Actor
from app.core.errors import RuleError
from app.core.spans import Span, day_span, days, local_date, union
from app.directory import internal as directory
from app.directory.kinds import Category
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients.views import PatientView

# Stands for every type where none is asked for: only rules for all types hold then.
ANY_TYPE = TypeView(0, UUID(int=0), "", "", Category.NEW, 0)


@dataclass(frozen=True, slots=True)
class Near:
    """What place rules ask of the neighbourhood, from what was read already."""

    claims: Sequence[Claimed]

    def neighbours(self, resource: ResourceView, span: Span) -> list[Span]:
        """Give what else the resource is claimed for within a span."""
        return [
            claim.during
            for claim in self.claims
            if claim.resource_id == resource.id
            and claim.slot_id is None
            and claim.during.overlaps(span)
        ]

    def last_visit(
        self, patient: PatientView, *, resource_id: int | None, before: datetime
    ) -> datetime | None:
        """Know no patients: a listing is for everybody."""

    def last_of_type(
        self, patient: PatientView, type_id: int, before: datetime
    ) -> datetime | None:
        """Know no patients: a listing is for everybody."""

    def active_on(self, patient: PatientView, resource_id: int, day: Span) -> list[str]:
        """Know no patients: a listing is for everybody."""
        return []

    def overlapping(self, patient: PatientView, span: Span) -> list[str]:
        """Know no patients: a listing is for everybody."""
        return []


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules for a type with a resource, put to one place after another."""

    facility: FacilityView
    resource: ResourceView
    kind: TypeView
    taken: Taken
    rules: Sequence[Rule]
    roles: frozenset[Role]
    now: datetime

    def refusal(self, span: Span) -> RuleError | None:
        """Give what refuses a place: the rule, why, and who may override it."""
        if not self.rules:
            return None
        case = Case(
            facility=self.facility,
            resource=self.resource,
            type=self.kind,
            span=span,
            now=self.now,
            history=Near(self.taken.occupancy.claims[self.resource.id]),
            roles=self.roles,
        )
        return refusal(self.rules, case, Judges.PLACE) or self._full(case.day)

    def _full(self, day: date) -> RuleError | None:
        for limit in ruling.limits(self.rules):
            counted = self.kind.id if limit.per_type else loads.ALL_TYPES
            used = self.taken.loads.get((self.resource.id, day, counted), 0)
            if used >= limit.limit:
                return loads.refusal(limit, self.resource)
        return None


def day(
    facility: FacilityView,
    resource: ResourceView,
    day: date,
    kind: TypeView | None,
    *,
    by: Actor,
    now: datetime,
) -> ColumnView:
    """Give the slots and open time of a day in two reads, with what refuses each."""
    window = day_span(day, facility.zone)
    offer = availability.offers(facility, [resource], window)[resource.id]
    taken = lean.read(facility, [resource.id], window, now=now)
    judge = _judge(facility, resource, kind, taken, by=by, now=now)
    column = board.column(resource, window, offer, taken.occupancy, {}, now)
    names = _names(column)
    return replace(
        column,
        slots=tuple(
            replace(
                slot,
                refused=judge.refusal(slot.span),
                allowed=tuple(names[each] for each in sorted(slot.types)),
            )
            for slot in column.slots
            if kind is None or not slot.types or kind.id in slot.types
        ),
    )


def openings(
    facility: FacilityView,
    resource: ResourceView,
    kind: TypeView,
    window: Span,
    length: timedelta,
    *,
    by: Actor,
    now: datetime,
) -> list[Opening]:
    """Give every free place that no rule refuses, in order of time."""
    taken = lean.read(facility, [resource.id], window, now=now)
    judge = _judge(facility, resource, kind, taken, by=by, now=now)
    slots, gaps = free_places(facility, resource, kind, window, taken, now=now)
    found = [slot for slot in slots if judge.refusal(slot.span) is None]
    for gap in gaps:
        start = _first(gap, length, judge)
        if start is not None:
            found.append(Opening(Kind.TIMED, resource, Span(start, start + length)))
    return sorted(found, key=lambda opening: opening.span)


def free_places(
    facility: FacilityView,
    resource: ResourceView,
    kind: TypeView,
    window: Span,
    taken: Taken,
    *,
    now: datetime,
) -> tuple[list[Opening], list[Span]]:
    """Give the token slots with places left for a type, and its free open time."""
    offer = availability.offers(facility, [resource], window)[resource.id]
    slots = [
        Opening(Kind.TOKEN, resource, slot.span, left)
        for slot in offer.slots
        if slot.allows(kind.id)
        and slot.span.end > now
        and (left := board.slot_view(resource, slot, taken.occupancy).left) > 0
    ]
    around = [slot.span for slot in offer.slots]
    open_time = union(piece.span for piece in offer.open if piece.allows(kind.id))
    return slots, board.free(resource, open_time, taken.occupancy, around)


def month(
    facility: FacilityView,
    resources: Sequence[ResourceView],
    first: date,
    number: int,
    *,
    now: datetime,
) -> list[MonthView]:
    """Give free and total of each day, for each resource, in two reads."""
    asked = list(days(first, first + timedelta(days=number - 1)))
    zone = facility.zone
    window = Span(day_span(asked[0], zone).start, day_span(asked[-1], zone).end)
    offers = availability.offers(facility, resources, window)
    taken = lean.read(facility, [each.id for each in resources], window, now=now)
    return [
        MonthView(
            resource,
            tuple(
                _load(day, resource, facility, near, now)
                for day, near in zip(
                    asked,
                    _by_day(asked, facility, offers[resource.id], taken, resource),
                    strict=True,
                )
            ),
        )
        for resource in resources
    ]


@dataclass(frozen=True, slots=True)
class _Near:
    """What of an offer, and of what is taken, touches one day."""

    offer: Offer
    taken: Occupancy


def _by_day(
    asked: Sequence[date],
    facility: FacilityView,
    offer: Offer,
    taken: Taken,
    resource: ResourceView,
) -> Iterator[_Near]:
    """Sort everything into its days once, so that no day looks through the month."""
    zone = facility.zone
    slots, open_time, claims = (defaultdict(list) for _ in range(3))
    for slot in offer.slots:
        slots[local_date(slot.span.start, zone)].append(slot)
    for piece in offer.open:
        for each in _days_of(piece.span, facility):
            open_time[each].append(piece)
    for claim in taken.occupancy.claims[resource.id]:
        for each in _days_of(claim.claimed.widen(_ONE_DAY, _ONE_DAY), facility):
            claims[each].append(claim)
    for each in asked:
        near = Offer(slots=tuple(slots[each]), open=tuple(open_time[each]))
        mine = Occupancy(slots=taken.occupancy.slots, rules=taken.rules)
        mine.claims[resource.id] = claims[each]
        yield _Near(near, mine)


def _load(
    day: date,
    resource: ResourceView,
    facility: FacilityView,
    near: _Near,
    now: datetime,
) -> DayView:
    whole = day_span(day, facility.zone)
    views = [board.slot_view(resource, each, near.taken) for each in near.offer.slots]
    spans = union(i for o in near.offer.open if (i := o.span.meet(whole)))
    ahead = [Span(max(s.start, now), s.end) for s in spans if s.end > now]
    around = [slot.span for slot in near.offer.slots]
    left = board.free(resource, ahead, near.taken, around)
    return DayView(
        day=day,
        tokens=sum(each.tokens for each in views),
        tokens_free=sum(each.left for each in views if each.span.end > now),
        minutes=sum(each.minutes for each in spans),
        minutes_free=sum(each.minutes for each in left),
    )


_ONE_DAY = timedelta(days=1)


def _days_of(span: Span, facility: FacilityView) -> Iterator[date]:
    zone = facility.zone
    return days(local_date(span.start, zone), local_date(span.end, zone))


def _first(gap: Span, length: timedelta, judge: Judge) -> datetime | None:
    """Give the first start within a gap that no rule refuses."""
    start = board.on_step(gap.start)
    while start + length <= gap.end:
        if judge.refusal(Span(start, start + length)) is None:
            return start
        start += board.STEP
    return None


def _judge(
    facility: FacilityView,
    resource: ResourceView,
    kind: TypeView | None,
    taken: Taken,
    *,
    by: Actor,
    now: datetime,
) -> Judge:
    found = taken.rules.of(resource, kind)
    asks_roles = any(rule.kind == RequiredRole.kind for rule in found)
    return Judge(
        facility=facility,
        resource=resource,
        kind=kind or ANY_TYPE,
        taken=taken,
        rules=found,
        roles=accounts.roles(by) if asks_roles else frozenset(),
        now=now,
    )


def _names(column: ColumnView) -> dict[int, TypeView]:
    """Look up types only where a slot is for some alone."""
    return directory.types() if any(slot.types for slot in column.slots) else {}
