"""What listings offer: slots of a day, free places, a month; and what rules say."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.accounts import internal as accounts
from app.availability import internal as availability
from app.booking import board, lean, loads, ruling
from app.booking.facts import Known
from app.booking.kinds import Kind
from app.booking.lean import Taken
from app.booking.occupancy import Claimed
from app.booking.rules import refusal
from app.booking.rules.case import Case, Judges, Rule
from app.booking.rules.daily_limit import DailyLimit
from app.booking.rules.required_role import RequiredRole
from app.booking.views import ColumnView, Opening, SlotView
from app.core.actor import Actor
from app.core.errors import RuleError
from app.core.spans import Span, day_span, local_date, union
from app.directory import internal as directory
from app.directory.kinds import Category
from app.directory.views import FacilityView, ResourceView, TypeView
from app.patients.views import PatientView

# Stands for every type where none is asked for: only rules for all types hold then.
ANY_TYPE = TypeView(0, UUID(int=0), "", "", Category.NEW, 0)


class Near(Struct, frozen=True):
    """
    What rules ask of the neighbourhood and of the patient, from what was read already.

    A listing is for everybody, and knows no patient, unless it is said for whom.
    """

    claims: Sequence[Claimed]
    known: Known | None = None

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
        """Tell when the patient was last seen, by that resource if one is named."""
        if self.known is None:
            return None
        return self.known.last_visit(resource_id, before)

    def last_of_type(
        self, patient: PatientView, type_id: int, before: datetime
    ) -> datetime | None:
        """Tell when the patient last had, or is to have, that type."""
        if self.known is None:
            return None
        return self.known.last_of_type(type_id, before)

    def active_on(self, patient: PatientView, resource_id: int, day: Span) -> list[str]:
        """Name the patient's live bookings with the resource on a day."""
        return self.known.active_on(resource_id, day) if self.known else []

    def overlapping(self, patient: PatientView, span: Span) -> list[str]:
        """Name the patient's live bookings that overlap a span."""
        return self.known.overlapping(span) if self.known else []


class Judge(Struct, frozen=True):
    """The rules for a type with a resource, put to one place after another."""

    facility: FacilityView
    resource: ResourceView
    kind: TypeView
    taken: Taken
    rules: Sequence[Rule]
    roles: frozenset[str]
    now: datetime
    near: Near
    limits: Sequence[DailyLimit]

    def refusal(self, span: Span) -> RuleError | None:
        """Give what refuses a place: the rule, why, and who may override it."""
        if not self.rules:
            return None
        return self.forbids(span) or self.theirs(span) or self._full(span)

    def to_all(self, span: Span) -> RuleError | None:
        """Give what refuses a place, whoever the patient is."""
        if not self.rules:
            return None
        return self.forbids(span) or self._full(span)

    def forbids(self, span: Span) -> RuleError | None:
        """Give the rule that refuses a place, however full its day is."""
        return refusal(self.rules, self._case(span), Judges.PLACE)

    def theirs(self, span: Span) -> RuleError | None:
        """Give the rule of the patient that refuses a place, if we know for whom."""
        if self.near.known is None:
            return None
        return refusal(self.rules, self._case(span), Judges.PATIENT)

    def _case(self, span: Span) -> Case:
        known = self.near.known
        return Case(
            facility=self.facility,
            resource=self.resource,
            type=self.kind,
            span=span,
            now=self.now,
            history=self.near,
            roles=self.roles,
            patient=known.patient if known else None,
        )

    def _full(self, span: Span) -> RuleError | None:
        if not self.limits:
            return None
        day = local_date(span.start, self.facility.zone)
        for limit in self.limits:
            if limit.per_type and self.kind is ANY_TYPE:
                # Another type may have room.
                continue
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
    known: Known | None = None,
) -> ColumnView:
    """Give the slots and open time of a day in two reads, with what refuses each."""
    window = day_span(day, facility.zone)
    offer = availability.offers(facility, [resource], window)[resource.id]
    near = around(resource, kind, window)
    taken = lean.judged(facility, resource, kind, near, now=now)
    judge = judge_of(facility, resource, kind, taken, by=by, now=now, known=known)
    column = board.column(resource, window, offer, taken.occupancy, {}, now, kind)
    names = _names(column)
    return replace(
        column,
        slots=tuple(
            _told(slot, judge.refusal(slot.span), names)
            for slot in column.slots
            if kind is None or not slot.types or kind.id in slot.types
        ),
    )


def _told(
    slot: SlotView, refused: RuleError | None, names: dict[int, TypeView]
) -> SlotView:
    """Say of a slot what refuses it and whom it is for; most have nothing to say."""
    if refused is None and not slot.types:
        return slot
    allowed = tuple(names[each] for each in sorted(slot.types))
    return replace(slot, refused=refused, allowed=allowed)


def openings(
    facility: FacilityView,
    resource: ResourceView,
    kind: TypeView,
    window: Span,
    length: timedelta,
    *,
    by: Actor,
    now: datetime,
    known: Known | None = None,
) -> list[Opening]:
    """Give every free place that no rule refuses, in order of time."""
    near = around(resource, kind, window)
    taken = lean.judged(facility, resource, kind, near, now=now)
    judge = judge_of(facility, resource, kind, taken, by=by, now=now, known=known)
    slots, gaps = free_places(facility, resource, kind, window, taken, now=now)
    found = [slot for slot in slots if judge.refusal(slot.span) is None]
    for gap in gaps:
        start = _first(gap, length, judge)
        if start is not None:
            span, times = Span(start, start + length), (gap.end - start) // length
            found.append(Opening(Kind.TIMED, resource, span, times=times))
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
    eye = board.eye(resource, offer.slots, taken.occupancy)
    slots = [
        Opening(Kind.TOKEN, resource, slot.span, left)
        for slot in offer.slots
        if slot.allows(kind.id)
        and window.holds(slot.span.start)
        and slot.span.end > now
        and (left := eye.see(slot).left) > 0
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


_ONE_DAY = timedelta(days=1)


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
    of: Collection[str] | None = None,
    known: Known | None = None,
) -> Judge:
    """
    Make who puts places with a resource before the rules that hold there.

    With `of`, before those of these kinds alone, and all that are of the patient; with
    `known`, these are asked of that patient.
    """
    found = taken.rules.of(resource, kind)
    if of is not None:
        theirs = Judges.PATIENT if known else None
        found = [rule for rule in found if rule.kind in of or rule.judges is theirs]
    asks_roles = any(rule.kind == RequiredRole.kind for rule in found)
    return Judge(
        facility=facility,
        resource=resource,
        kind=kind or ANY_TYPE,
        taken=taken,
        rules=found,
        roles=accounts.roles(by) if asks_roles else frozenset(),
        now=now,
        near=Near(taken.occupancy.claims[resource.id], known),
        limits=ruling.limits(found),
    )


def _names(column: ColumnView) -> dict[int, TypeView]:
    """Look up types only where a slot is for some alone."""
    return directory.types() if any(slot.types for slot in column.slots) else {}
