"""
Where everything of a calendar stands: rows of five minutes, columns of resources.

Pure: views of booking go in, places on the grid come out. Templates turn places into
classes, since a strict content policy allows no inline style.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from app.availability.kinds import Closed
from app.availability.views import ClosedSpan
from app.booking.views import ColumnView, SlotView, VisitView
from app.core.spans import Span, union
from app.doors import times

STEP = timedelta(minutes=5)
HOUR = 12
DAY = 24 * HOUR
# What is shown of a day on which nothing is offered but somebody is away.
_OFFICE = (8 * HOUR, 18 * HOUR)
# Side by side, more than this cannot be read.
MOST_LANES = 4
# Rows below its hour that the time of now covers.
_BADGE = 3

# Tells how many steps after the start of its day a moment stands.
Ruler = Callable[[datetime, Span], float]


class Ground(StrEnum):
    OFFER = "offer"
    PAST = "past"


class Place(Struct, frozen=True):
    """Rows of the grid, from 1; `lane` only where things stand side by side."""

    row: int
    rows: int
    lane: str = ""


class Cell(Struct, frozen=True):
    """A thing at its place; `kind` is what templates tell things apart by."""

    at: Place
    thing: SlotView | VisitView | ClosedSpan | Span | Ground

    @property
    def kind(self) -> str:
        return _KINDS[type(self.thing)]


_KINDS: Mapping[type, str] = {
    SlotView: "slot",
    VisitView: "visit",
    ClosedSpan: "closed",
    Span: "free",
    Ground: "ground",
}


class Column(Struct, frozen=True):
    """One resource on one day; `starts_at` is the instant of the first row."""

    view: ColumnView
    starts_at: datetime
    grounds: tuple[Cell, ...]
    cells: tuple[Cell, ...]


class Grid(Struct, frozen=True):
    """
    A calendar laid out; `hours` are the rows that have a time beside them.

    `first` is the step of the day, of five minutes each, that the first row stands for.
    """

    first: int
    rows: int
    hours: tuple[tuple[int, str], ...]
    now_row: int | None
    columns: tuple[Column, ...]
    pace: str

    def covered(self, row: int) -> bool:
        """Say whether the time of now stands where this row's hour would."""
        return self.now_row is not None and 0 <= self.now_row - row < _BADGE

    @property
    def least(self) -> int:
        """Give the rows of what can be hit; a shorter gap is told, not pressed."""
        return {"pace-5": 1, "pace-10": 2}.get(self.pace, 3)

    @property
    def empty(self) -> bool:
        return not any(column.grounds or column.cells for column in self.columns)


def by_instant(moment: datetime, day: Span) -> float:
    """Measure along real time: right on days of 23 and of 25 hours."""
    return (moment - day.start) / STEP


def by_wall_clock(zone: ZoneInfo) -> Ruler:
    """Measure by the clock on the wall, so that the days of a week stand level."""

    def measure(moment: datetime, day: Span) -> float:
        if moment >= day.end:
            return DAY
        local = moment.astimezone(zone)
        return (local.hour * 60 + local.minute) / 5

    return measure


def lay_out(
    views: Sequence[ColumnView],
    *,
    zone: ZoneInfo,
    now: datetime,
    ruler: Ruler = by_instant,
    least_free: timedelta = timedelta(minutes=5),
) -> Grid:
    """
    Give everything its place, on the rows from the first to the last thing of the day.

    Free time shorter than `least_free` fits no visit, so it is not shown as free.
    """
    first, last = _extent(views, ruler)
    frame = _Frame(first, last, ruler)
    today = next((view.day for view in views if view.day.holds(now)), None)
    return Grid(
        first=first,
        rows=last - first,
        hours=tuple(_hours(views, first, last, zone, ruler)),
        now_row=frame.row(now, today) if today else None,
        columns=tuple(_column(view, frame, now, least_free) for view in views),
        pace=_pace(views),
    )


class _Frame(Struct, frozen=True):
    first: int
    last: int
    ruler: Ruler

    def place(self, span: Span, day: Span) -> Place | None:
        """Give the rows of a span, as far as they are shown."""
        inside = span.meet(day)
        if inside is None:
            return None
        start = max(self.first, round(self.ruler(inside.start, day)))
        end = min(self.last, round(self.ruler(inside.end, day)))
        if end <= self.first or start >= self.last:
            return None
        return Place(start - self.first + 1, max(1, end - start))

    def row(self, moment: datetime, day: Span) -> int | None:
        step = int(self.ruler(moment, day))
        return step - self.first + 1 if self.first <= step < self.last else None


def _extent(views: Sequence[ColumnView], ruler: Ruler) -> tuple[int, int]:
    """Tell the first and last step shown, at full hours."""
    marks = [
        (ruler(inside.start, view.day), ruler(inside.end, view.day))
        for view in views
        for span in _offered_or_taken(view)
        if (inside := span.meet(view.day))
    ]
    if not marks:
        return _OFFICE
    first = int(min(start for start, _ in marks)) // HOUR * HOUR
    last = max(end for _, end in marks)
    return first, -(-int(last + 0.999) // HOUR) * HOUR


def _offered_or_taken(view: ColumnView) -> Iterator[Span]:
    yield from view.open
    yield from (slot.span for slot in view.slots)
    yield from (visit.span for visit in view.visits)


def _hours(
    views: Sequence[ColumnView], first: int, last: int, zone: ZoneInfo, ruler: Ruler
) -> Iterator[tuple[int, str]]:
    for step in range(first, last, HOUR):
        if ruler is by_instant and views:
            label = times.clock(views[0].day.start + step * STEP, zone)
        else:
            label = f"{step // HOUR:02d}:00"
        yield step - first + 1, label


def _column(
    view: ColumnView, frame: _Frame, now: datetime, least_free: timedelta
) -> Column:
    closed = _told(view.closed)
    cells = [
        *_cells(view.slots, [slot.span for slot in view.slots], view, frame),
        *_cells(closed, [each.span for each in closed], view, frame),
        *_lanes(view, frame),
        *(
            Cell(at, span)
            for span in view.free
            if span.length >= least_free and (at := frame.place(span, view.day))
        ),
    ]
    return Column(
        view=view,
        starts_at=view.day.start + frame.first * STEP,
        grounds=tuple(_grounds(view, frame, now)),
        cells=tuple(sorted(cells, key=lambda cell: (cell.at.row, cell.at.lane))),
    )


def _told(closed: Sequence[ClosedSpan]) -> list[ClosedSpan]:
    """Leave out breaks of who is away all the while: one reason is enough."""
    away = [each.span for each in closed if each.kind is Closed.AWAY]
    return [
        each
        for each in closed
        if each.kind is not Closed.BREAK
        or not any(span.covers(each.span) for span in away)
    ]


def _cells(
    things: Iterable[SlotView | ClosedSpan],
    spans: Iterable[Span],
    view: ColumnView,
    frame: _Frame,
) -> Iterator[Cell]:
    for thing, span in zip(things, spans, strict=True):
        at = frame.place(span, view.day)
        if at is not None:
            yield Cell(at, thing)


def _grounds(view: ColumnView, frame: _Frame, now: datetime) -> Iterator[Cell]:
    """Give the bright ground of what is offered, and the flat one of what is over."""
    now = now.astimezone(UTC)
    for span in union([*view.open, *(slot.span for slot in view.slots)]):
        gone = span.end <= now
        parts = [(Ground.PAST if gone else Ground.OFFER, span)]
        if span.start < now < span.end:
            parts = [
                (Ground.PAST, Span(span.start, now)),
                (Ground.OFFER, Span(now, span.end)),
            ]
        for ground, part in parts:
            at = frame.place(part, view.day)
            if at is not None:
                yield Cell(at, ground)


def _lanes(view: ColumnView, frame: _Frame) -> Iterator[Cell]:
    """Put visits that run at once side by side; resources of capacity n have them."""
    for group in _at_once(view.visits):
        ends: list[datetime] = []
        taken: list[tuple[VisitView, int]] = []
        for visit in group:
            lane = next(
                (n for n, end in enumerate(ends) if end <= visit.span.start), len(ends)
            )
            ends[lane : lane + 1] = [visit.span.end]
            taken.append((visit, lane))
        lanes = min(len(ends), MOST_LANES)
        for visit, lane in taken:
            at = frame.place(visit.span, view.day)
            if at is not None:
                name = f"lane-{lane % lanes + 1}-{lanes}" if lanes > 1 else ""
                yield Cell(Place(at.row, at.rows, name), visit)


def _at_once(visits: Iterable[VisitView]) -> Iterator[list[VisitView]]:
    """Part visits into groups that touch no moment of one another."""
    group: list[VisitView] = []
    until: datetime | None = None
    for visit in sorted(visits, key=lambda visit: visit.span):
        if until is not None and visit.span.start >= until:
            yield group
            group, until = [], None
        group.append(visit)
        until = visit.span.end if until is None else max(until, visit.span.end)
    if group:
        yield group


def _pace(views: Sequence[ColumnView]) -> str:
    """Name the row height at which the shortest thing can still be hit and read."""
    lengths = [slot.span.minutes for view in views for slot in view.slots]
    lengths += [visit.span.minutes for view in views for visit in view.visits]
    shortest = min(lengths, default=15)
    if shortest < 10:
        return "pace-5"
    return "pace-10" if shortest < 15 else ""
