"""What a patient may choose from: days with places left, and the times of a day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct

from app.booking import queries
from app.booking.kinds import Kind
from app.booking.views import ColumnView, Opening, Whom
from app.core.actor import Actor
from app.core.spans import Span, day_span, days, local_date
from app.directory.views import FacilityView, ResourceView, TypeView

AHEAD = 14
_MOST = 500
_NOON = 12


class DayChoice(Struct, frozen=True):
    """A day, and how many places are left on it: None where they are not counted."""

    day: date
    left: int | None

    @property
    def free(self) -> bool:
        return self.left != 0


class TimeChoice(Struct, frozen=True):
    """A time that may be chosen; `left` counts tokens, and is None of an exact time."""

    span: Span
    kind: Kind
    left: int | None = None

    @property
    def value(self) -> str:
        """Write it as the form sends it back."""
        return f"{self.kind}@{self.span.start.isoformat()}"


class Asked(Struct, frozen=True):
    """
    Whom a patient wants to see, where and what for, and who asks.

    A follow-up is due `until` a moment; `minutes` is how long, if not as usual. With
    `whom`, nothing is offered that a rule refuses them.
    """

    place: FacilityView
    doctor: ResourceView
    reason: TypeView
    by: Actor
    until: datetime | None = None
    minutes: int | None = None
    whom: Whom | None = None

    def in_time(self, span: Span) -> bool:
        """Say whether a follow-up is due still, then."""
        return self.until is None or span.start <= self.until

    def column(self, day: date, *, now: datetime) -> ColumnView:
        """Give a day as it stands, with what each place of it is refused by."""
        return queries.slots(
            self.place.public_id,
            self.doctor.public_id,
            day,
            by=self.by,
            now=now,
            type_id=self.reason.public_id,
            whom=self.whom,
        )

    def openings(self, after: datetime, now: datetime, most: int) -> list[Opening]:
        """Give the next free places that no rule refuses."""
        found = queries.openings(
            self.place,
            self.doctor,
            self.reason.public_id,
            after,
            by=self.by,
            now=now,
            minutes=self.minutes,
            most=most,
            whom=self.whom,
        )
        return [each for each in found if self.in_time(each.span)]


def day_choices(asked: Asked, *, now: datetime) -> list[DayChoice]:
    """Give the next two weeks, each day with what is free on it."""
    zone = asked.place.zone
    today = local_date(now, zone)
    left: dict[date, int] = defaultdict(int)
    uncounted: set[date] = set()
    for each in asked.openings(now, now, _MOST):
        day = local_date(each.span.start, zone)
        counted = each.left if each.kind is Kind.TOKEN else each.times
        left[day] += counted
        if not counted:
            uncounted.add(day)
    return [
        DayChoice(day, None if day in uncounted else left[day])
        for day in days(today, today + timedelta(days=AHEAD - 1))
    ]


def time_choices(
    asked: Asked, day: date, *, now: datetime
) -> tuple[list[TimeChoice], list[TimeChoice]]:
    """Give what is free in the morning and in the afternoon of a day."""
    zone = asked.place.zone
    span = day_span(day, zone)
    column = asked.column(day, now=now)
    opened = asked.openings(span.start, now, _MOST)
    found = sorted(
        [*_tokens(column, now), *_exact(column, opened)], key=lambda each: each.span
    )
    found = [each for each in found if asked.in_time(each.span)]
    early = [e for e in found if e.span.start.astimezone(zone).hour < _NOON]
    return early, found[len(early) :]


def whole_days(
    asked: Asked, kind: Kind, after: datetime, *, now: datetime, least: int
) -> list[TimeChoice]:
    """Give all that is free, day by day from a moment on, until there are so many."""
    opened = asked.openings(after, now, _MOST)
    zone = asked.place.zone
    found: list[TimeChoice] = []
    # In order, each once.
    for day in dict.fromkeys(
        local_date(each.span.start, zone) for each in opened if each.kind is kind
    ):
        early, late = time_choices(asked, day, now=now)
        found += [each for each in (*early, *late) if each.kind is kind]
        if len(found) >= least:
            break
    return found


def nearest(asked: Asked, after: datetime, *, now: datetime) -> list[TimeChoice]:
    """Give the next free places from a moment on."""
    return [
        TimeChoice(each.span, each.kind, each.left if each.kind is Kind.TOKEN else None)
        for each in asked.openings(after, now, 3)
    ]


def _tokens(column: ColumnView, now: datetime) -> Iterator[TimeChoice]:
    for slot in column.slots:
        if slot.left and slot.refused is None and slot.span.end > now:
            yield TimeChoice(slot.span, Kind.TOKEN, slot.left)


def _exact(column: ColumnView, opened: Iterable[Opening]) -> Iterator[TimeChoice]:
    """Part free open time into times, one after another from where it first is free."""
    firsts = [each.span for each in opened if each.kind is Kind.TIMED]
    for gap in column.free:
        first = next((each for each in firsts if gap.holds(each.start)), None)
        if first is None:
            continue
        length, start = first.end - first.start, first.start
        while start + length <= gap.end:
            yield TimeChoice(Span(start, start + length), Kind.TIMED)
            start += length


def first_days(
    place: FacilityView, doctors: list[ResourceView], *, by: Actor, now: datetime
) -> dict[int, date]:
    """Give the next day with a place left of each who has one, by row number."""
    if not doctors:
        return {}
    months = queries.month(
        place, doctors, local_date(now, place.zone), by=by, now=now, days=AHEAD
    )
    return {
        each.resource.id: day.day
        for each in months
        for day in reversed(each.days)
        if day.refused is None and (day.tokens_free or day.minutes_free)
    }
