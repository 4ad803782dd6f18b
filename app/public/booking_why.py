"""Why nothing is free, and who else of the department has a place."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.availability import queries as availability
from app.availability.kinds import Closed
from app.booking import queries
from app.booking.choosing import Asked, first_days
from app.core.errors import RuleError
from app.core.spans import Span, day_span
from app.directory.views import ResourceView
from app.doors import patient_rules
from app.doors.languages import Language
from app.public import booking_path


class Why(StrEnum):
    """Why a day has nothing free: the first is what may change by itself."""

    FULL = "full"
    RULE = "rule"
    AWAY = "away"
    OVER = "over"
    CLOSED = "closed"


def of_days(asked: Asked, first: date, count: int, *, now: datetime) -> dict[date, Why]:
    """Give why each day would have nothing free, if it has nothing."""
    (month,) = queries.month(
        asked.place, [asked.doctor], first, by=asked.by, now=now, days=count
    )
    last = day_span(month.days[-1].day, asked.place.zone)
    window = Span(day_span(first, asked.place.zone).start, last.end)
    offer = availability.offered(asked.place, asked.doctor, window, by=asked.by)
    away = [each.span for each in offer.closed if each.kind is not Closed.BREAK]
    offered = [each.span for each in offer.slots] + [each.span for each in offer.open]
    found = {}
    for each in month.days:
        day = day_span(each.day, asked.place.zone)
        if each.tokens_free or each.minutes_free:
            found[each.day] = Why.RULE
        elif each.tokens or each.minutes:
            # Nobody waits for a place that nobody can come to any more.
            lasts = any(span.overlaps(day) and span.end > now for span in offered)
            found[each.day] = Why.FULL if lasts else Why.OVER
        else:
            gone = any(span.overlaps(day) for span in away)
            found[each.day] = Why.AWAY if gone else Why.CLOSED
    return found


def told(
    days: Sequence[date], asked: Asked, language: Language, *, now: datetime
) -> dict[str, Any]:
    """Give what a page says of days with nothing free: of each, and of all in words."""
    whys = of_days(asked, days[0], len(days), now=now)
    why = next(each for each in Why if each in whys.values())
    words = language.words[f"why_{why}"]
    if why is Why.RULE:
        day = next(each for each in days if whys[each] is why)
        rule = _refused(asked, day, now=now)
        told = rule and patient_rules.tell(rule, language, asked.place.zone)
        words = told or words
    return {"whys": whys, "why": why, "why_told": words}


def _refused(asked: Asked, day: date, *, now: datetime) -> RuleError | None:
    """Give the rule that refuses the tokens of a day, if they are refused by one."""
    column = asked.column(day, now=now)
    return next((each.refused for each in column.slots if each.refused), None)


def others(asked: Asked, *, now: datetime) -> list[tuple[ResourceView, date]]:
    """Give who else of the department can be booked, with their next free day."""
    near = [
        each
        for each in booking_path.on_show(asked.place)
        if each.department_id == asked.doctor.department_id
        and each.id != asked.doctor.id
    ]
    free = first_days(asked.place, near, by=asked.by, now=now)
    return [(each, free[each.id]) for each in near if each.id in free]
