"""How full the days of a month are: counted by runs of slots, not slot by slot."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from app.availability import internal as availability
from app.availability.views import Offer, OfferedRun, OpenSpan
from app.booking import board, lean, rules, ruling
from app.booking.facts import Known
from app.booking.lean import Taken
from app.booking.listing import ANY_TYPE, Judge, judge_of
from app.booking.occupancy import Occupancy, SlotRow
from app.booking.rules.case import Rule
from app.booking.views import DayView, MonthView
from app.core.actor import Actor
from app.core.errors import RuleError
from app.core.spans import Span, day_span, days, local_date, union
from app.directory.views import FacilityView, ResourceView, TypeView

_ONE_DAY = timedelta(days=1)


def month(
    facility: FacilityView,
    resources: Sequence[ResourceView],
    first: date,
    number: int,
    *,
    by: Actor,
    now: datetime,
    kind: TypeView | None = None,
    known: Known | None = None,
) -> list[MonthView]:
    """
    Give free and total of each day, for each resource, in two reads.

    A day carries the rule that refuses all of it to this actor: whatever the type, but
    for `kind`, of which only what takes it counts. With `known`, what a rule refuses
    that patient is not free.
    """
    asked = list(days(first, first + timedelta(days=number - 1)))
    zone = facility.zone
    window = Span(day_span(asked[0], zone).start, day_span(asked[-1], zone).end)
    offers = availability.offers(facility, resources, window, cut=False)
    taken = lean.read(facility, [each.id for each in resources], window, now=now)
    told = []
    for resource in resources:
        judge = judge_of(
            facility,
            resource,
            kind,
            taken,
            by=by,
            now=now,
            of=rules.OF_DAY,
            known=known,
        )
        offer = _taking(offers[resource.id], kind)
        near = _by_day(asked, facility, offer, taken, resource)
        shares = taken.rules.shares(resource)
        counted = (
            _load(*each, judge, shares) for each in zip(asked, near, strict=True)
        )
        told.append(MonthView(resource, tuple(counted)))
    return told


def _taking(offer: Offer, kind: TypeView | None) -> Offer:
    """Leave of an offer what takes a type, if one is asked for."""
    if kind is None:
        return offer
    return replace(
        offer,
        runs=tuple(r for r in offer.runs if not r.types or kind.id in r.types),
        open=tuple(piece for piece in offer.open if piece.allows(kind.id)),
    )


class _Near(Struct, frozen=True):
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


def _load(day: date, near: _Near, judge: Judge, shares: Sequence[Rule]) -> DayView:
    resource, now = judge.resource, judge.now
    whole = day_span(day, judge.facility.zone)
    counts = [_count(run, resource, near.taken, shares, now) for run in near.runs]
    spans = union(i for o in near.open if (i := o.span.meet(whole)))
    ahead = [Span(max(s.start, now), s.end) for s in spans if s.end > now]
    tokens = [run.span for run in near.runs]
    kind = None if judge.kind is ANY_TYPE else judge.kind
    left = board.free(resource, ahead, near.taken, tokens, kind) if ahead else []
    counted = DayView(
        day=day,
        tokens=sum(tokens for tokens, _ in counts),
        tokens_free=sum(free for _, free in counts),
        minutes=sum(each.minutes for each in spans),
        minutes_free=sum(each.minutes for each in left),
        over=not ahead and all(run.span.end <= now for run in near.runs),
    )
    if not judge.rules or not (counted.tokens_free or counted.minutes_free):
        return counted
    refused = _refused(near.runs, spans, judge)
    if refused or judge.near.known is None:
        return replace(counted, refused=refused)
    return _theirs(counted, near, left, judge)


def _theirs(
    counted: DayView, near: _Near, left: Sequence[Span], judge: Judge
) -> DayView:
    """Leave free what no rule refuses the patient; where that is nothing, say why."""
    places = [*_slots_left(near, judge), *((step, 0) for step in _steps(left))]
    barred = [(judge.theirs(span), span, free) for span, free in places]
    fine = [(span, free) for refused, span, free in barred if refused is None]
    if not fine:
        return replace(counted, refused=next(refused for refused, *_ in barred))
    return replace(
        counted,
        tokens_free=sum(free for _, free in fine),
        minutes_free=sum(span.minutes for span, free in fine if not free),
    )


def _slots_left(near: _Near, judge: Judge) -> Iterator[tuple[Span, int]]:
    """Give the token slots of a day with tokens left, and how many."""
    for run in near.runs:
        slots = [run.slot(each) for each in range(run.gone(judge.now), run.number)]
        sees = board.eye(judge.resource, slots, near.taken)
        for slot in slots:
            free = sees.see(slot).left
            if free:
                yield slot.span, free


def _steps(left: Sequence[Span]) -> Iterator[Span]:
    """Cut free time into the steps at which something could begin."""
    for gap in left:
        start = gap.start
        while start < gap.end:
            end = min(start + board.STEP, gap.end)
            yield Span(start, end)
            start = end


def _refused(
    runs: Sequence[OfferedRun], spans: Sequence[Span], judge: Judge
) -> RuleError | None:
    """Give the rule that refuses the last place of a day, and with it every one."""
    lasts = [run.slot(run.number - 1).span for run in runs]
    lasts += [Span(each.end - board.STEP, each.end) for each in spans]
    return judge.to_all(max(lasts, key=lambda each: each.start))


def _count(
    run: OfferedRun,
    resource: ResourceView,
    taken: Occupancy,
    shares: Sequence[Rule],
    now: datetime,
) -> tuple[int, int]:
    """
    Count the tokens of a run and those free still.

    Only slots that a claim or a row touches are looked at; the others are all alike.
    """
    near = [span for _, span in taken.slots]
    near += [c.claimed for c in taken.claims[resource.id] if c.active and c.exclusive]
    touched = {index for span in near for index in run.touched(span)}
    bookable = run.tokens - ruling.reserved(shares, run.tokens)
    if not touched:
        return run.number * run.tokens, (run.number - run.gone(now)) * bookable
    slots = {index: run.slot(index) for index in touched}
    sees = board.eye(resource, slots.values(), taken)
    gone = run.gone(now)
    alike = run.number - len(touched)
    tokens = alike * run.tokens
    ahead = run.number - gone - sum(each >= gone for each in touched)
    free = ahead * bookable
    for index, slot in slots.items():
        view = sees.see(slot)
        tokens += view.tokens
        free += view.left if index >= gone else 0
    return tokens, free


def _days_of(span: Span, facility: FacilityView) -> Iterator[date]:
    zone = facility.zone
    return days(local_date(span.start, zone), local_date(span.end, zone))
