"""What listings offer: slots of a day, free places, a month; and what rules say."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from app.accounts import internal as accounts
from app.availability import internal as availability
from app.availability.views import Offer, OfferedRun, OfferedSlot, OpenSpan
from app.booking import board, lean, loads, ruling
from app.booking.kinds import Kind
from app.booking.lean import Taken
from app.booking.occupancy import Claimed, Occupancy, SlotRow
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
    roles: frozenset[str]
    now: datetime

    def refusal(self, span: Span) -> RuleError | None:
        """Give what refuses a place: the rule, why, and who may override it."""
        if not self.rules:
            return None
        return self.forbids(span) or self._full(self._case(span).day)

    def forbids(self, span: Span) -> RuleError | None:
        """Give the rule that refuses a place, however full its day is."""
        return refusal(self.rules, self._case(span), Judges.PLACE)

    def _case(self, span: Span) -> Case:
        return Case(
            facility=self.facility,
            resource=self.resource,
            type=self.kind,
            span=span,
            now=self.now,
            history=Near(self.taken.occupancy.claims[self.resource.id]),
            roles=self.roles,
        )

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
    near = around(resource, kind, window)
    taken = lean.judged(facility, resource, kind, near, now=now)
    judge = judge_of(facility, resource, kind, taken, by=by, now=now)
    column = board.column(resource, window, offer, taken.occupancy, {}, now, kind)
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
    near = around(resource, kind, window)
    taken = lean.judged(facility, resource, kind, near, now=now)
    judge = judge_of(facility, resource, kind, taken, by=by, now=now)
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
    """
    Give the token slots with places left for a type, and its free open time.

    `taken` must have been read for what is `around` the window.
    """
    near = around(resource, kind, window)
    if near != window:
        # A slot that began before it may reach into what has to stay empty.
        near = Span(near.start - _ONE_DAY, near.end)
    offer = availability.offers(facility, [resource], near)[resource.id]
    rivals = board.in_the_way(resource, offer.slots, taken.occupancy)
    slots = [
        Opening(Kind.TOKEN, resource, slot.span, left)
        for slot in offer.slots
        if slot.allows(kind.id)
        and window.holds(slot.span.start)
        and slot.span.end > now
        and (left := _left(resource, slot, taken, rivals)) > 0
    ]
    tokens = [slot.span for slot in offer.slots]
    open_time = union(
        inside
        for piece in offer.open
        if piece.allows(kind.id) and (inside := piece.span.meet(window))
    )
    return slots, board.free(resource, open_time, taken.occupancy, tokens, kind)


def around(resource: ResourceView, kind: TypeView | None, window: Span) -> Span:
    """Give a window and what its bookings keep empty before and after it."""
    return window.widen(*resource.margins(kind))


def _left(
    resource: ResourceView, slot: OfferedSlot, taken: Taken, rivals: Sequence[Claimed]
) -> int:
    return board.slot_view(resource, slot, taken.occupancy, rivals).left


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
    offers = availability.offers(facility, resources, window, cut=False)
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

    runs: Sequence[OfferedRun]
    open: Sequence[OpenSpan]
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
    runs, open_time, claims = (defaultdict(list) for _ in range(3))
    rows: dict[date, dict[tuple[int, Span], SlotRow]] = defaultdict(dict)
    for run in offer.runs:
        for each in _in_days(run, facility):
            runs[local_date(each.span.start, zone)].append(each)
    for piece in offer.open:
        for day in _days_of(piece.span, facility):
            open_time[day].append(piece)
    for claim in taken.occupancy.claims[resource.id]:
        for day in _days_of(claim.claimed.widen(_ONE_DAY, _ONE_DAY), facility):
            claims[day].append(claim)
    for (resource_id, span), row in taken.occupancy.slots.items():
        if resource_id == resource.id:
            rows[local_date(span.start, zone)][resource_id, span] = row
    for day in asked:
        mine = Occupancy(slots=rows[day], rules=taken.rules)
        mine.claims[resource.id] = claims[day]
        yield _Near(runs[day], open_time[day], mine)


def _in_days(run: OfferedRun, facility: FacilityView) -> Iterator[OfferedRun]:
    """Cut a run that goes on after midnight: a slot is of the day it starts in."""
    zone = facility.zone
    if run.span.end <= day_span(local_date(run.span.start, zone), zone).end:
        yield run
        return
    for number in range(run.number):
        yield replace(run, span=run.slot(number).span)


def _load(
    day: date,
    resource: ResourceView,
    facility: FacilityView,
    near: _Near,
    now: datetime,
) -> DayView:
    whole = day_span(day, facility.zone)
    counts = [_count(run, resource, near.taken, now) for run in near.runs]
    spans = union(i for o in near.open if (i := o.span.meet(whole)))
    ahead = [Span(max(s.start, now), s.end) for s in spans if s.end > now]
    tokens = [run.span for run in near.runs]
    left = board.free(resource, ahead, near.taken, tokens) if ahead else []
    return DayView(
        day=day,
        tokens=sum(tokens for tokens, _ in counts),
        tokens_free=sum(free for _, free in counts),
        minutes=sum(each.minutes for each in spans),
        minutes_free=sum(each.minutes for each in left),
    )


def _count(
    run: OfferedRun, resource: ResourceView, taken: Occupancy, now: datetime
) -> tuple[int, int]:
    """
    Count the tokens of a run and those free still.

    Only slots that a claim or a row touches are looked at; the others are all alike.
    """
    near = [span for _, span in taken.slots]
    near += [c.claimed for c in taken.claims[resource.id] if c.active and c.exclusive]
    touched = {index for span in near for index in run.touched(span)}
    bookable = run.tokens - taken.rules.reserved(resource, run.tokens)
    if not touched:
        return run.number * run.tokens, (run.number - run.gone(now)) * bookable
    slots = {index: run.slot(index) for index in touched}
    rivals = board.in_the_way(resource, slots.values(), taken)
    gone = run.gone(now)
    alike = run.number - len(touched)
    tokens = alike * run.tokens
    ahead = run.number - gone - sum(each >= gone for each in touched)
    free = ahead * bookable
    for index, slot in slots.items():
        view = board.slot_view(resource, slot, taken, rivals)
        tokens += view.tokens
        free += view.left if index >= gone else 0
    return tokens, free


_ONE_DAY = timedelta(days=1)


def _days_of(span: Span, facility: FacilityView) -> Iterator[date]:
    zone = facility.zone
    return days(local_date(span.start, zone), local_date(span.end, zone))


def _first(gap: Span, length: timedelta, judge: Judge) -> datetime | None:
    """
    Give the first start within a gap that no rule refuses.

    On a step of the clock, unless the gap holds it off the clock alone.
    """
    start = board.on_step(gap.start)
    while start + length <= gap.end:
        if judge.refusal(Span(start, start + length)) is None:
            return start
        start += board.STEP
    if gap.length < length:
        return None
    refused = judge.refusal(Span(gap.start, gap.start + length))
    return gap.start if refused is None else None


def judge_of(
    facility: FacilityView,
    resource: ResourceView,
    kind: TypeView | None,
    taken: Taken,
    *,
    by: Actor,
    now: datetime,
) -> Judge:
    """Make who puts places with a resource before the rules that hold there."""
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
