"""A week of hours as it is painted: days side by side, sessions at their times."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from app.availability.kinds import Closed, Offered
from app.availability.views import NewSession, Offer, Origin, SessionView
from app.core.spans import Span, day_span
from app.doors import times
from app.web.hours_words import DAYS, hours_told, repeats_told, what_told

# Rows of five minutes; what begins or ends between them is drawn on the next one.
STEP = 5
_DAY = 24 * 60
_FIRST, _LAST = 8 * 60, 18 * 60
_LANES = 4
AWAY = "block-away"


class Block(Struct, frozen=True):
    """Something on one day, in minutes of it; `mark` is new, gone, away or nothing."""

    day: int
    start: int
    end: int
    look: str
    hours: str
    words: tuple[str, ...] = ()
    mark: str = ""
    act: str = ""
    on: bool = False
    lane: str = ""
    row: int = 1
    rows: int = 1


class Painted(Struct, frozen=True):
    """The whole week: which hours are shown, and what stands on each day."""

    heads: tuple[str, ...]
    hours: tuple[str, ...]
    rows: int
    first: int
    days: tuple[tuple[Block, ...], ...]


def paint(blocks: Sequence[Block], heads: Sequence[str] = DAYS) -> Painted:
    """Lay blocks out on the grid; whole hours, and never fewer than a working day."""
    offered = [each for each in blocks if each.look != AWAY]
    first = min([_FIRST, *(each.start for each in offered)]) // 60 * 60
    last = -(-max([_LAST, *(each.end for each in offered)]) // 60) * 60
    # A night away says nothing where nobody would be there.
    blocks = [
        replace(each, start=max(each.start, first), end=min(each.end, last))
        for each in blocks
        if each.end > first and each.start < last
    ]
    days = tuple(
        tuple(_placed(_laned([b for b in blocks if b.day == day]), first))
        for day in range(len(heads))
    )
    hours = tuple(f"{minute // 60:02}:00" for minute in range(first, last, 60))
    return Painted(tuple(heads), hours, (last - first) // STEP, first, days)


def pattern(sessions: Iterable[SessionView], names: dict[int, str]) -> list[Block]:
    """Give the blocks of a version."""
    return [
        each
        for view in sessions
        for each in of_session(view.session, view.weekday, names)
    ]


def of_session(
    session: NewSession, weekday: int, names: dict[int, str], **more: object
) -> list[Block]:
    """Give the blocks of a session: two, when it runs over midnight."""
    start = session.start.hour * 60 + session.start.minute
    end = session.end.hour * 60 + session.end.minute
    told = hours_told(session.start, session.end)
    block = replace(
        Block(weekday, start, end, f"block-{session.kind.value}", told),
        words=words_of(session, names),
        **more,
    )
    if end > start:
        return [block]
    over = replace(block, day=(weekday + 1) % 7, start=0, end=end)
    until = replace(block, end=_DAY)
    return [until, over] if end else [until]


def words_of(session: NewSession, names: dict[int, str]) -> tuple[str, ...]:
    """Give what is written in a block, one line for each thing."""
    if session.kind is Offered.BREAK:
        return (what_told(session),)
    kind = "Tokens" if session.kind is Offered.TOKENS else ""
    types = ", ".join(names[each] for each in session.types if each in names)
    label = session.label if session.kind is Offered.TOKENS else ""
    told = (kind, what_told(session), label, types or "any type")
    repeats = repeats_told(session.every_weeks, session.nth)
    return tuple(filter(None, (*told, repeats)))


def week_of(
    offer: Offer, monday: date, zone: ZoneInfo, names: dict[int, str]
) -> list[Block]:
    """Give the blocks of a week as it will be, leave and added time included."""
    blocks: list[Block] = []
    words: tuple[str, ...]
    for day in range(7):
        window = day_span(monday + timedelta(days=day), zone)
        for run in offer.runs:
            words = (
                "Tokens",
                f"{run.number} × {run.tokens}, {run.step.seconds // 60} min",  # noqa: RUF001 - a times sign
                _types(run.types, names),
            )
            mark = "new" if run.source.origin is Origin.EXCEPTION else ""
            blocks += _cut(run.span, window, day, zone, "block-tokens", words, mark)
        for piece in offer.open:
            words = ("Open time", _types(piece.types, names))
            mark = "new" if piece.source.origin is Origin.EXCEPTION else ""
            blocks += _cut(piece.span, window, day, zone, "block-open", words, mark)
        for shut in offer.closed:
            kind = Closed.BREAK if shut.kind is Closed.BREAK else Closed.AWAY
            words = (shut.reason or _CLOSED[shut.kind],)
            mark = "" if kind is Closed.BREAK else "gone"
            look = "block-break" if kind is Closed.BREAK else AWAY
            blocks += _cut(shut.span, window, day, zone, look, words, mark)
    return blocks


_CLOSED = {
    Closed.BREAK: "Break",
    Closed.AWAY: "Away",
    Closed.MAINTENANCE: "Maintenance",
}


def _types(asked: frozenset[int], names: dict[int, str]) -> str:
    return ", ".join(sorted(names[n] for n in asked if n in names)) or "any type"


def _cut(  # noqa: PLR0917 - a block is made of this much
    span: Span,
    window: Span,
    day: int,
    zone: ZoneInfo,
    look: str,
    words: tuple[str, ...],
    mark: str,
) -> list[Block]:
    inside = span.meet(window)
    if inside is None:
        return []
    start = _minute(inside.start, zone)
    end = _minute(inside.end, zone) if inside.end < window.end else _DAY
    told = times.between(inside, zone)
    if (start, end) == (0, _DAY):
        told = "All day"
    return [Block(day, start, max(end, start + STEP), look, told, words, mark)]


def _minute(moment: datetime, zone: ZoneInfo) -> int:
    local: time = moment.astimezone(zone).time()
    return local.hour * 60 + local.minute


def _laned(blocks: list[Block]) -> list[Block]:
    """Put blocks that overlap beside each other."""
    told: list[Block] = []
    group: list[Block] = []
    for each in sorted(blocks, key=lambda b: (b.start, b.end)):
        if group and each.start >= max(b.end for b in group):
            told += _beside(group)
            group = []
        group.append(each)
    return told + _beside(group)


def _beside(group: list[Block]) -> list[Block]:
    ends: list[int] = []
    lanes: list[int] = []
    for each in group:
        lane = next((n for n, end in enumerate(ends) if end <= each.start), len(ends))
        ends[lane : lane + 1] = [each.end]
        lanes.append(lane)
    many = min(len(ends), _LANES)
    if many <= 1:
        return group
    return [
        replace(each, lane=f"lane-{min(lane, many - 1) + 1}-{many}")
        for each, lane in zip(group, lanes, strict=True)
    ]


def _placed(blocks: list[Block], first: int) -> list[Block]:
    placed = []
    for each in blocks:
        row = -(-(each.start - first) // STEP) + 1
        rows = max(1, -(-(each.end - first) // STEP) + 1 - row)
        placed.append(replace(each, row=row, rows=rows))
    return placed
