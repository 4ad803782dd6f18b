"""
Slot arithmetic: from weekly rules and exceptions to dated slots and spans.

Everything here is pure. Rules are local wall-clock time; what comes out is absolute.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from app.availability.kinds import Closed, Offered
from app.availability.views import (
    ClosedSpan,
    Offer,
    OfferedRun,
    OpenSpan,
    Repeat,
    Source,
)
from app.core.spans import Span, at, days, local_date, subtract

ONE_DAY = timedelta(days=1)


class Session(Struct, frozen=True):
    """A weekly session; an end at or before the start is on the next day."""

    kind: Offered
    weekday: int
    start: time
    end: time
    slot_minutes: int
    tokens: int
    types: frozenset[int]
    label: str
    source: Source
    every_weeks: int = 1
    nth: frozenset[int] = frozenset()


class Pattern(Struct, frozen=True):
    """The sessions of one schedule, and the local days on which they hold."""

    zone: ZoneInfo
    first: date
    last: date | None
    sessions: tuple[Session, ...]
    weeks_from: date | None = None

    @property
    def since(self) -> date:
        """Tell from which day's week on every n weeks counts."""
        return self.weeks_from or self.first

    def holds_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Piece(Struct, frozen=True):
    """A dated session, or a piece of an exception that adds time."""

    kind: Offered
    span: Span
    slot_minutes: int
    tokens: int
    types: frozenset[int]
    label: str
    source: Source


def dated(pattern: Pattern, window: Span) -> Iterator[Piece]:
    """Lay the sessions of a pattern over the days whose sessions touch the window."""
    first = local_date(window.start, pattern.zone) - ONE_DAY
    on: dict[int, list[Session]] = defaultdict(list)
    for session in pattern.sessions:
        on[session.weekday].append(session)
    for day in days(first, local_date(window.end, pattern.zone)):
        if not pattern.holds_on(day):
            continue
        for session in on[day.weekday()]:
            if not recurs(session, day, pattern.since):
                continue
            span = _on(day, session, pattern.zone)
            if span is not None and span.overlaps(window):
                yield Piece(
                    session.kind,
                    span,
                    session.slot_minutes,
                    session.tokens,
                    session.types,
                    session.label,
                    session.source,
                )


def recurs(session: Session, day: date, since: date) -> bool:
    """
    Say whether a session is on that day.

    Every n weeks counts from the week of `since`; `nth` are the weekday's places in its
    month, -1 the last.
    """
    return session.weekday == day.weekday() and _in_turn(
        session.every_weeks, session.nth, day, since
    )


def repeated(during: Span, repeat: Repeat, zone: ZoneInfo) -> Iterator[Span]:
    """Repeat a span at the same wall-clock times on later days."""
    start, end = during.start.astimezone(zone), during.end.astimezone(zone)
    first, lasts = start.date(), end.date() - start.date()
    for day in days(first, repeat.until):
        if day.weekday() != first.weekday():
            continue
        if not _in_turn(repeat.every_weeks, frozenset(repeat.nth), day, first):
            continue
        begins, ends = at(day, start.time(), zone), at(day + lasts, end.time(), zone)
        if begins < ends:
            yield Span(begins, ends)


def _in_turn(every_weeks: int, nth: frozenset[int], day: date, since: date) -> bool:
    if every_weeks > 1 and (_monday(day) - _monday(since)).days // 7 % every_weeks:
        return False
    return not nth or bool(nth & _places(day))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _places(day: date) -> set[int]:
    """Tell a weekday's place in its month, and -1 if it is the last."""
    last = (day + timedelta(days=7)).month != day.month
    return {(day.day - 1) // 7 + 1} | ({-1} if last else set())


def _on(day: date, session: Session, zone: ZoneInfo) -> Span | None:
    """Give the session's span on that day; None when the clocks jump over all of it."""
    start = at(day, session.start, zone)
    last = day if session.end > session.start else day + ONE_DAY
    end = at(last, session.end, zone)
    return Span(start, end) if start < end else None


def offer(
    pieces: Iterable[Piece],
    extras: Iterable[Piece],
    closures: Iterable[ClosedSpan],
    window: Span,
) -> Offer:
    """
    Work out what is offered within the window.

    Extras add only time the pattern does not offer already. A slot that a closure
    touches is closed whole; open time loses just the closed part. A slot belongs to the
    window it starts in; open and closed time is cut to the window. Token slots are told
    as runs alone.
    """
    pieces, closed = list(pieces), list(closures)
    offered = _with_extras([p for p in pieces if p.kind is not Offered.BREAK], extras)
    shut = [closure.span for closure in closed]
    runs = sorted(
        (
            run
            for piece in offered
            if piece.kind is Offered.TOKENS
            for run in _runs(piece, shut, window)
        ),
        key=lambda run: run.span,
    )
    open_time = [
        OpenSpan(inside, piece.types, piece.source)
        for piece in offered
        if piece.kind is Offered.OPEN
        for left in subtract([piece.span], shut)
        if (inside := left.meet(window))
    ]
    closed += _breaks(pieces, offered)
    return Offer(
        runs=tuple(runs),
        open=tuple(sorted(open_time, key=lambda o: o.span)),
        closed=tuple(
            replace(closure, span=inside)
            for closure in sorted(closed, key=lambda c: c.span)
            if (inside := closure.span.meet(window))
        ),
    )


def _with_extras(pattern: list[Piece], extras: Iterable[Piece]) -> list[Piece]:
    offered = list(pattern)
    for extra in extras:
        known = [piece.span for piece in offered]
        offered += [replace(extra, span=s) for s in subtract([extra.span], known)]
    return offered


def _breaks(pieces: list[Piece], offered: list[Piece]) -> Iterator[ClosedSpan]:
    """Give the breaks, but for time an extra offers after all."""
    known = [piece.span for piece in offered]
    for piece in pieces:
        if piece.kind is Offered.BREAK:
            for left in subtract([piece.span], known):
                yield ClosedSpan(left, Closed.BREAK, piece.label)


def _runs(piece: Piece, shut: list[Span], window: Span) -> Iterator[OfferedRun]:
    """
    Cut a tokens session into its slots, by absolute minutes from its start.

    Where the clocks change inside a session its last slot may be shorter; no offered
    minute is lost and no slot reaches over the end.
    """
    step = timedelta(minutes=piece.slot_minutes)
    whole = OfferedRun(piece.span, step, piece.tokens, piece.types, piece.source)
    if window.covers(piece.span) and not any(map(piece.span.overlaps, shut)):
        yield whole
        return
    for number in whole.touched(window):
        span = whole.slot(number).span
        if window.holds(span.start) and not any(map(span.overlaps, shut)):
            yield replace(whole, span=span)
