"""
How full the days of a month are, as weeks of cells.

Pure: what booking counted goes in; places, shares and steps of heat come out.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from app.booking.views import DayView, MonthView
from app.core.errors import RuleError

STEPS = 5
# A token and so much open time weigh the same in a day's share.
_A_PLACE = 15


class Cell(Struct, frozen=True):
    """
    One day: what it offers over all resources, and how much of that is free.

    Minutes are of open time. `over` days are past, or all their hours are: nothing of
    them is free any more, which says nothing about how full they were. Free is what may
    be booked; `barred` says why the rest of what nobody took may not, if that is all
    there is.
    """

    day: date
    inside: bool
    over: bool
    tokens: int = 0
    tokens_free: int = 0
    minutes: int = 0
    minutes_free: int = 0
    taken: int = 0
    barred: RuleError | None = None

    @property
    def offered(self) -> bool:
        return bool(self.tokens or self.minutes)

    @property
    def share(self) -> int:
        """Tell how full it is, in percent."""
        total = self.tokens * _A_PLACE + self.minutes
        return round(100 * self.taken / total) if total else 0

    @property
    def full(self) -> bool:
        return self.offered and not (self.open or self.barred)

    @property
    def open(self) -> bool:
        return bool(self.tokens_free or self.minutes_free)

    @property
    def heat(self) -> int:
        """Give the step of heat, from 1 to 5; 0 where there is nothing to fill."""
        if not self.offered or self.over:
            return 0
        return min(STEPS, 1 + self.share * STEPS // 100)


Week = tuple[Cell, ...]


def lay_out(first: date, months: Sequence[MonthView], today: date) -> tuple[Week, ...]:
    """Give the weeks of a month from Monday to Sunday, with the days that border it."""
    counted = [
        _sum(days, today) for days in zip(*(m.days for m in months), strict=True)
    ]
    if not counted:
        return ()
    start = first - timedelta(days=first.weekday())
    before = [_outside(start, n, today) for n in range(first.weekday())]
    whole = [*before, *counted]
    whole += [_outside(start, n, today) for n in range(len(whole), _full(len(whole)))]
    return tuple(tuple(whole[n : n + 7]) for n in range(0, len(whole), 7))


def _sum(days: Sequence[DayView], today: date) -> Cell:
    """Add one day up over all resources."""
    may = [each for each in days if each.refused is None]
    held = [each for each in days if each.tokens or each.minutes]
    cell = Cell(
        days[0].day,
        inside=True,
        over=days[0].day < today or (bool(held) and all(each.over for each in held)),
        tokens=sum(each.tokens for each in days),
        tokens_free=sum(each.tokens_free for each in may),
        minutes=sum(each.minutes for each in days),
        minutes_free=sum(each.minutes_free for each in may),
        taken=sum(_taken(each) for each in days),
    )
    if cell.open:
        return cell
    return replace(cell, barred=next((d.refused for d in days if d.refused), None))


def _taken(day: DayView) -> int:
    tokens, minutes = day.tokens - day.tokens_free, day.minutes - day.minutes_free
    return tokens * _A_PLACE + minutes


def _outside(start: date, number: int, today: date) -> Cell:
    day = start + timedelta(days=number)
    return Cell(day, inside=False, over=day < today)


def _full(days: int) -> int:
    """Round up to whole weeks."""
    return -(-days // 7) * 7
